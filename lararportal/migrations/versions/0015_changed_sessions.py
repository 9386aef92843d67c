"""Sessions that are changed while people are booked: fewer seats, other days or places, booking closed early.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COUNTED = "seats_taken >= 0 AND seats_offered >= 0"
FORMER_STATES = (
    "waiting", "asked", "offered", "booked", "cancelled", "moved", "left", "declined", "lapsed", "called_off",
)  # fmt: skip
FORMER_STEPS = (
    "warned", "asked", "day_moved", "waiting_invited", "asked_invited", "lacking_invited", "reserves_opened",
    "runs_anyway", "called_off", "merged", "enough", "withdrawn", "begun",
)  # fmt: skip
FORMER_ENDS = ("runs_anyway", "called_off", "merged", "enough", "withdrawn", "begun")


def upgrade() -> None:
    op.add_column("course_sessions", sa.Column("seats_over", sa.Integer(), nullable=False, server_default="0"))
    for column in ("moved_at", "booking_closed_at"):
        op.add_column("course_sessions", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "course_sessions", sa.Column("booking_closed_reason", sa.String(500), nullable=False, server_default="")
    )
    op.add_column("course_days", sa.Column("first_known_as", sa.Date(), nullable=True))
    _count_seats(f"{COUNTED} AND seats_over = greatest(seats_taken + seats_offered - seats, 0)")
    _allow("bookings", "state", "bookingstate", (*FORMER_STATES, "must_choose"))
    _answered("'asked', 'offered', 'must_choose'")
    _live("state IN ('waiting', 'asked', 'offered', 'booked', 'must_choose')")
    _allow("minimum_cases", "end", "caseend", (*FORMER_ENDS, "moved"))
    _allow("minimum_steps", "step", "casestep", (*FORMER_STEPS, "moved"))


def downgrade() -> None:
    """A session with more than its seats gets as many as are taken; who must choose a seat has an offer of it."""
    op.execute("UPDATE course_sessions SET seats = seats + seats_over, seats_over = 0 WHERE seats_over > 0")
    op.execute(
        "UPDATE course_sessions SET seats_taken = seats_taken - n, seats_offered = seats_offered + n"
        " FROM (SELECT session_id, count(*) AS n FROM bookings WHERE state = 'must_choose' GROUP BY 1) AS counted"
        " WHERE session_id = id"
    )
    op.execute("UPDATE bookings SET state = 'offered' WHERE state = 'must_choose'")
    op.execute("UPDATE minimum_cases SET \"end\" = 'withdrawn' WHERE \"end\" = 'moved'")
    op.execute("UPDATE minimum_steps SET step = 'withdrawn' WHERE step = 'moved'")
    _allow("minimum_steps", "step", "casestep", FORMER_STEPS)
    _allow("minimum_cases", "end", "caseend", FORMER_ENDS)
    _live("state IN ('waiting', 'asked', 'offered', 'booked')")
    _answered("'asked', 'offered'")
    _allow("bookings", "state", "bookingstate", FORMER_STATES)
    _count_seats(f"{COUNTED} AND seats_taken + seats_offered <= seats")
    op.drop_column("course_days", "first_known_as")
    for column in ("booking_closed_reason", "booking_closed_at", "moved_at", "seats_over"):
        op.drop_column("course_sessions", column)


def _count_seats(condition: str) -> None:
    op.drop_constraint(op.f("ck_course_sessions_seats_taken"), "course_sessions", type_="check")
    op.create_check_constraint(op.f("ck_course_sessions_seats_taken"), "course_sessions", condition)


def _allow(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f'"{column}" IN ({listed})')


def _answered(states: str) -> None:
    """Who has still to answer has until when."""
    op.drop_index("ix_bookings_answer_by", table_name="bookings")
    op.drop_constraint(op.f("ck_bookings_answer_by"), "bookings", type_="check")
    op.create_check_constraint(
        op.f("ck_bookings_answer_by"), "bookings", f"state NOT IN ({states}) OR answer_by IS NOT NULL"
    )
    op.create_index(
        "ix_bookings_answer_by",
        "bookings",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text(f"state IN ({states})"),
    )


def _live(states: str) -> None:
    op.drop_index("uq_bookings_live", table_name="bookings")
    op.create_index(
        "uq_bookings_live", "bookings", ["person_id", "session_id"], unique=True, postgresql_where=sa.text(states)
    )
