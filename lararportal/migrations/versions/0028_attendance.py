"""Attendance per half day, and who has been through a session.

Revision 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

HALVES = ("fm", "em")
PRESENCES = ("present", "late", "left_early", "absent_ill", "absent_other")
SOURCES = ("leader", "self", "office")
ABSENCES = ("no_show", "ill")
OUTCOMES = ("passed", "not_passed")


def upgrade() -> None:
    op.add_column("courses", sa.Column("required_share", sa.Integer(), server_default="80", nullable=False))
    op.create_check_constraint(op.f("ck_courses_required_share"), "courses", "required_share BETWEEN 0 AND 100")
    op.add_column(
        "courses", sa.Column("needs_preparation", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("course_sessions", sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("course_sessions", sa.Column("completed_by", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_course_sessions_completed_by"), "course_sessions", "persons", ["completed_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_course_sessions_completed"), "course_sessions", "completed_by IS NULL OR completed_at IS NOT NULL"
    )
    _create_attendance()
    _create_completions()


def _create_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", _word("half", HALVES), nullable=False),
        sa.Column("state", _word("presence", PRESENCES), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("source", _word("source", SOURCES), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes > 0 AND state IN ('late', 'left_early')", name=op.f("ck_attendance_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "day"], ["course_days.session_id", "course_days.day"], name="fk_attendance_day"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["persons.id"], name=op.f("fk_attendance_noted_by")),
        sa.PrimaryKeyConstraint("session_id", "person_id", "day", "half", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_person_id"), "attendance", ["person_id"], unique=False)


def _create_completions() -> None:
    op.create_table(
        "completions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("outcome", _word("courseoutcome", OUTCOMES), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("of_half_days", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("competence_met", sa.Boolean(), nullable=True),
        sa.Column("prepared", sa.Boolean(), nullable=True),
        sa.Column("absence", _word("absence", ABSENCES), nullable=True),
        sa.Column("lacks", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("told_of", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(outcome = 'passed') = (cardinality(lacks) = 0)", name=op.f("ck_completions_passed")),
        sa.CheckConstraint("(absence IS NULL) = (half_days > 0)", name=op.f("ck_completions_never_there")),
        sa.CheckConstraint(
            "half_days BETWEEN 0 AND of_half_days AND minutes >= 0", name=op.f("ck_completions_half_days")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_completions_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_completions_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_completions_decided_by")),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_completions")),
    )
    op.create_index(op.f("ix_completions_person_id"), "completions", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("completions")
    op.drop_table("attendance")
    op.drop_column("course_sessions", "completed_by")
    op.drop_column("course_sessions", "completed_at")
    op.drop_column("courses", "needs_preparation")
    op.drop_column("courses", "required_share")


def _word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)
