"""Courses that residents have taken elsewhere: what they say of them, the document, and who has confirmed it.

Revision 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STATES = ("reported", "confirmed", "declined")


def upgrade() -> None:
    state = sa.Enum(*STATES, name="reportstate", native_enum=False, create_constraint=True, length=30)
    op.create_table(
        "course_reports",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("objectives", sa.ARRAY(sa.String(length=6)), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint("cardinality(objectives) > 0", name=op.f("ck_course_reports_objectives")),
        sa.CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_course_reports_decided"),
        ),
        sa.CheckConstraint("(state = 'declined') = (reason <> '')", name=op.f("ck_course_reports_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_course_reports_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_course_reports_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_reports")),
    )
    op.create_index(op.f("ix_course_reports_person_id"), "course_reports", ["person_id"], unique=False)
    op.create_table(
        "report_documents",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=30), nullable=False),
        sa.Column("sealed", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["course_reports.id"],
            name=op.f("fk_report_documents_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_documents")),
    )


def downgrade() -> None:
    op.drop_table("report_documents")
    op.drop_table("course_reports")
