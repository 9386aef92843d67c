"""Evaluations: what is asked about a session, whom, and the sealed box of the answers.

Revision 0034, after 0033.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_forms",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_question_forms_version")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_question_forms_course_id")),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_question_forms_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_forms")),
        sa.UniqueConstraint("course_id", "version", name="uq_question_forms_version"),
    )
    op.create_table(
        "evaluations",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (asked IS NULL) AND (closed_at IS NULL) = (answered IS NULL)",
            name=op.f("ck_evaluations_closed"),
        ),
        sa.CheckConstraint("answered BETWEEN 0 AND asked", name=op.f("ck_evaluations_answered")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_evaluations_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_evaluations")),
    )
    op.create_table(
        "evaluations_asked",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("has_answered", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["evaluations.session_id"], name=op.f("fk_evaluations_asked_session_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_evaluations_asked_person_id")),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_evaluations_asked")),
    )
    op.create_index(op.f("ix_evaluations_asked_person_id"), "evaluations_asked", ["person_id"], unique=False)
    op.create_table(
        "answer_boxes",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["evaluations.session_id"], name=op.f("fk_answer_boxes_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_answer_boxes")),
    )


def downgrade() -> None:
    op.drop_table("answer_boxes")
    op.drop_table("evaluations_asked")
    op.drop_table("evaluations")
    op.drop_table("question_forms")
