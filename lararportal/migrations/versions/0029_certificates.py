"""Certificates of who has been through a session.

Revision 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = ("a_2015", "a_2021", "b")
STATES = ("making", "valid", "replaced", "withdrawn")


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _word("certificatekind", KINDS), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("state", _word("certificatestate", STATES), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("sealed", sa.String(length=200), server_default="", nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("signatory_id", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("serial >= 1 AND version >= 1 AND layout >= 1", name=op.f("ck_certificates_numbers")),
        sa.CheckConstraint(
            "(state IN ('replaced', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_certificates_ended")
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'making' THEN ready_at IS NULL WHEN 'withdrawn' THEN true ELSE ready_at IS NOT NULL END",
            name=op.f("ck_certificates_ready"),
        ),
        sa.CheckConstraint("signed_on IS NULL OR ready_at IS NOT NULL", name=op.f("ck_certificates_signed")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_certificates_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certificates_person_id")),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_certificates_made_by")),
        sa.ForeignKeyConstraint(["signatory_id"], ["persons.id"], name=op.f("fk_certificates_signatory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("session_id", "person_id", "version", name="uq_certificates_version"),
        sa.UniqueConstraint("year", "serial", "version", name="uq_certificates_number"),
    )
    op.create_index(op.f("ix_certificates_person_id"), "certificates", ["person_id"], unique=False)
    for state in ("valid", "making"):
        op.create_index(
            f"uq_certificates_{state}",
            "certificates",
            ["session_id", "person_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )


def downgrade() -> None:
    op.drop_table("certificates")


def _word(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=30, create_constraint=True)
