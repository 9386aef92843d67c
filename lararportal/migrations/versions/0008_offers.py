"""Seats that are offered and held until they are answered.

Revision 0008, after 0007.

Whoever waits already goes on as before: the seat is theirs at once while there is time to give it back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FORMER_STATES = ("waiting", "booked", "cancelled", "moved", "left")
STATES = ("waiting", "asked", "offered", "booked", "cancelled", "moved", "left", "declined", "lapsed")
FORMER_ORIGINS = ("round", "direct", "line", "rebooking")
ORIGINS = (*FORMER_ORIGINS, "swap")
CHECKS = {"state": "bookingstate", "origin": "origin"}
LINE = ["session_id", "wave", "key", "joined_at", "id"]


def upgrade() -> None:
    op.add_column("course_sessions", sa.Column("seats_offered", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("course_sessions", "seats_offered", server_default=None)
    _count_seats("seats_taken >= 0 AND seats_offered >= 0 AND seats_taken + seats_offered <= seats")
    for table in ("bookings", "applications"):
        for column, default in (("standing_yes", "true"), ("short_notice", "false")):
            op.add_column(table, sa.Column(column, sa.Boolean(), nullable=False, server_default=default))
            op.alter_column(table, column, server_default=None)
    for column in ("asked_at", "answer_by", "reminded_at", "yes_at"):
        op.add_column("bookings", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    _allow("state", STATES)
    _allow("origin", ORIGINS)
    op.execute(
        "UPDATE bookings SET origin = 'swap'"
        " WHERE id IN (SELECT (facts->>'booking')::int FROM journal WHERE deed = 'seat.swapped')"
    )
    op.create_check_constraint(
        op.f("ck_bookings_answer_by"), "bookings", "state NOT IN ('asked', 'offered') OR answer_by IS NOT NULL"
    )
    _index("state IN ('waiting', 'asked', 'offered', 'booked')", line="state IN ('waiting', 'asked')")
    op.create_index(
        "ix_bookings_answer_by",
        "bookings",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("state IN ('asked', 'offered')"),
    )


def downgrade() -> None:
    """Whoever has an offer waits, as before; an offer that was not taken is a line that was left."""
    op.drop_index("ix_bookings_answer_by", table_name="bookings")
    op.drop_constraint(op.f("ck_bookings_answer_by"), "bookings", type_="check")
    op.execute("UPDATE bookings SET state = 'waiting' WHERE state IN ('asked', 'offered')")
    op.execute("UPDATE bookings SET state = 'left' WHERE state IN ('declined', 'lapsed')")
    op.execute(
        "UPDATE bookings SET origin = CASE WHEN round_id IS NULL THEN 'line' ELSE 'round' END WHERE origin = 'swap'"
    )
    _allow("state", FORMER_STATES)
    _allow("origin", FORMER_ORIGINS)
    _index("state IN ('waiting', 'booked')", line="state = 'waiting'")
    for column in ("yes_at", "reminded_at", "answer_by", "asked_at"):
        op.drop_column("bookings", column)
    for table in ("applications", "bookings"):
        for column in ("short_notice", "standing_yes"):
            op.drop_column(table, column)
    _count_seats("seats_taken >= 0 AND seats_taken <= seats")
    op.drop_column("course_sessions", "seats_offered")


def _count_seats(condition: str) -> None:
    op.drop_constraint(op.f("ck_course_sessions_seats_taken"), "course_sessions", type_="check")
    op.create_check_constraint(op.f("ck_course_sessions_seats_taken"), "course_sessions", condition)


def _allow(column: str, words: tuple[str, ...]) -> None:
    listed, check = ", ".join(f"'{word}'" for word in words), op.f(f"ck_bookings_{CHECKS[column]}")
    op.drop_constraint(check, "bookings", type_="check")
    op.create_check_constraint(check, "bookings", f"{column} IN ({listed})")


def _index(live: str, *, line: str) -> None:
    op.drop_index("uq_bookings_live", table_name="bookings")
    op.drop_index("ix_bookings_line", table_name="bookings")
    op.create_index(
        "uq_bookings_live", "bookings", ["person_id", "session_id"], unique=True, postgresql_where=sa.text(live)
    )
    op.create_index("ix_bookings_line", "bookings", LINE, unique=False, postgresql_where=sa.text(line))
