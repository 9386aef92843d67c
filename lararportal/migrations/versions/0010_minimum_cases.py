"""A session that too few have booked is a case, with all that was done about it.

Revision 0010, after 0009.

Whoever has been asked about a session before was asked in an open case.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STEPS = (
    "warned", "asked", "day_moved", "waiting_invited", "asked_invited", "lacking_invited", "reserves_opened",
    "runs_anyway", "called_off", "merged", "enough", "withdrawn", "begun",
)  # fmt: skip
AUDIENCES = ("waiting", "asked", "lacking")
ENDS = ("runs_anyway", "called_off", "merged", "enough", "withdrawn", "begun")


def upgrade() -> None:
    op.create_table(
        "minimum_cases",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", _word("caseend", ENDS), nullable=True),
        sa.Column("booked_then", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL) AND (ended_at IS NULL) = (booked_then IS NULL)',
            name=op.f("ck_minimum_cases_ending"),
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_minimum_cases_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minimum_cases")),
    )
    op.create_index(op.f("ix_minimum_cases_session_id"), "minimum_cases", ["session_id"], unique=False)
    op.create_index(
        "uq_minimum_cases_open",
        "minimum_cases",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _create_steps()
    op.execute(
        "INSERT INTO minimum_cases (session_id, opened_at, booked, asked_at)"
        " SELECT session_id, warned_at, booked, warned_at FROM minimum_warnings ORDER BY session_id"
    )
    op.execute(
        "INSERT INTO minimum_steps (case_id, step, at, reason) SELECT id, 'asked', asked_at, '' FROM minimum_cases"
    )
    op.drop_table("minimum_warnings")
    _create_invitations()


def downgrade() -> None:
    op.drop_table("reserve_notices")
    op.drop_table("course_wishes")
    op.drop_table("invitations")
    op.create_table(
        "minimum_warnings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_minimum_warnings_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_minimum_warnings")),
    )
    op.execute(
        "INSERT INTO minimum_warnings SELECT DISTINCT ON (session_id) session_id, asked_at, booked"
        " FROM minimum_cases WHERE asked_at IS NOT NULL ORDER BY session_id, id"
    )
    op.drop_table("minimum_steps")
    op.drop_table("minimum_cases")


def _create_steps() -> None:
    op.create_table(
        "minimum_steps",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", _word("casestep", STEPS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step NOT IN ('runs_anyway', 'called_off', 'merged', 'day_moved') OR (reason <> '' AND by IS NOT NULL)",
            name=op.f("ck_minimum_steps_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["minimum_cases.id"], name=op.f("fk_minimum_steps_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by"], ["persons.id"], name=op.f("fk_minimum_steps_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minimum_steps")),
    )
    op.create_index(op.f("ix_minimum_steps_case_id"), "minimum_steps", ["case_id"], unique=False)


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("audience", _word("audience", AUDIENCES), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_invitations_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_invitations_person_id")),
        sa.ForeignKeyConstraint(["by"], ["persons.id"], name=op.f("fk_invitations_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_invitations_session_id_person_id")),
    )
    op.create_index(op.f("ix_invitations_person_id"), "invitations", ["person_id"], unique=False)
    op.create_table(
        "course_wishes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_course_wishes_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_wishes_course_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_course_wishes")),
    )
    op.create_index(op.f("ix_course_wishes_course_id"), "course_wishes", ["course_id"], unique=False)
    op.create_table(
        "reserve_notices",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_reserve_notices_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_reserve_notices")),
    )


def _word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)
