"""Precedence, exceptions in a line, and the version of the rules with everything that they decide.

Revision 0003, after 0002.

What has been decided so far was decided by the first version of the rules.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIRST_VERSION = "1"


def upgrade() -> None:
    for table in ("runs", "decisions"):
        op.add_column(
            table, sa.Column("rules_version", sa.String(length=20), nullable=False, server_default=FIRST_VERSION)
        )
        op.alter_column(table, "rules_version", server_default=None)
    _create_precedences()
    _create_line_exceptions()


def downgrade() -> None:
    op.drop_table("line_exceptions")
    op.drop_table("precedences")
    for table in ("decisions", "runs"):
        op.drop_column(table, "rules_version")


def _create_precedences() -> None:
    op.create_table(
        "precedences",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "called_off", "granted", name="precedencekind", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("term", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("used_by IS NULL OR revoked_at IS NULL", name=op.f("ck_precedences_end")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason = '')",
            name=op.f("ck_precedences_revocation"),
        ),
        sa.CheckConstraint(
            "kind <> 'granted' OR (reason <> '' AND granted_by IS NOT NULL AND granted_by <> person_id)",
            name=op.f("ck_precedences_grant"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_precedences_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_precedences_course_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["persons.id"], name=op.f("fk_precedences_granted_by")),
        sa.ForeignKeyConstraint(["used_by"], ["bookings.id"], name=op.f("fk_precedences_used_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["persons.id"], name=op.f("fk_precedences_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedences")),
    )
    op.create_index(op.f("ix_precedences_course_id"), "precedences", ["course_id"], unique=False)
    op.create_index(op.f("ix_precedences_used_by"), "precedences", ["used_by"], unique=False)
    op.create_index(
        "uq_precedences_open",
        "precedences",
        ["person_id", "course_id", "term"],
        unique=True,
        postgresql_where=sa.text("used_by IS NULL AND revoked_at IS NULL"),
    )


def _create_line_exceptions() -> None:
    op.create_table(
        "line_exceptions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hardship", "precedence", name="exceptionkind", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "illness",
                "parental_leave",
                "service",
                "our_mistake",
                "other",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("key", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("reason <> '' AND made_by <> person_id", name=op.f("ck_line_exceptions_decision")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_line_exceptions_round_id")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_line_exceptions_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_line_exceptions_person_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_line_exceptions_booking_id")),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_line_exceptions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_exceptions")),
    )
    for column in ("round_id", "session_id", "person_id", "booking_id"):
        op.create_index(op.f(f"ix_line_exceptions_{column}"), "line_exceptions", [column], unique=False)
