"""Why a seat was given back, what that costs, and what it takes to give it back to them.

Revision 0011, after 0010.

The ground stood before the words so far. A seat that was changed for too late was marked as ended late beforehand;
how many days were left when it was changed for stands in the journal. Nobody was charged for anything.
"""

import sqlalchemy as sa
from alembic import op

from lararportal import pages

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GROUNDS = {"illness": "sjukdom", "care": "v_rd_av_barn", "other": "annat_sk_l"}
"""As they were written, in a pattern where a low line stands for any character."""


def upgrade() -> None:
    ground = sa.Enum(*GROUNDS, name="cancelground", native_enum=False, create_constraint=True, length=30)
    op.add_column("bookings", sa.Column("bound_days", sa.Integer(), nullable=True))
    op.add_column("bookings", sa.Column("cancel_ground", ground, nullable=True))
    op.add_column("bookings", sa.Column("fee_percent", sa.SmallInteger(), nullable=True))
    op.add_column("bookings", sa.Column("calendar_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("bookings", "calendar_sequence", server_default=None)
    op.create_check_constraint(op.f("ck_bookings_fee_percent"), "bookings", "fee_percent BETWEEN 0 AND 100")
    op.create_index(
        "ix_bookings_ended_at",
        "bookings",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("state = 'cancelled'"),
    )
    _part_grounds_from_words()
    _say_how_seats_are_bound()
    op.execute("UPDATE bookings SET calendar_sequence = 1 WHERE state IN ('cancelled', 'moved', 'called_off')")


def downgrade() -> None:
    for ground, word in pages.words()["cancel_ground"].items():
        joined = (
            "UPDATE bookings SET end_reason = left(concat_ws(': ', CAST(:word AS text), nullif(end_reason, '')), 500)"
        )
        op.get_bind().execute(sa.text(f"{joined} WHERE cancel_ground = :ground"), {"ground": ground, "word": word})
    op.execute("UPDATE bookings SET ended_late = true WHERE bound_days IS NOT NULL AND state = 'booked'")
    op.drop_index("ix_bookings_ended_at", table_name="bookings")
    op.drop_constraint(op.f("ck_bookings_fee_percent"), "bookings", type_="check")
    for column in ("calendar_sequence", "fee_percent", "cancel_ground", "bound_days"):
        op.drop_column("bookings", column)


def _part_grounds_from_words() -> None:
    parted = sa.text(
        "UPDATE bookings SET cancel_ground = :ground, end_reason = substr(end_reason, :begin)"
        " WHERE state = 'cancelled' AND (end_reason LIKE :whole OR end_reason LIKE :beginning)"
    )
    for ground, written in GROUNDS.items():
        begin = len(written) + len(": ") + 1
        op.get_bind().execute(
            parted, {"ground": ground, "whole": written, "beginning": f"{written}: %", "begin": begin}
        )


def _say_how_seats_are_bound() -> None:
    op.execute(
        """
        UPDATE bookings b SET ended_late = false, bound_days = coalesce((
            SELECT min(s.starts_on - (j.at AT TIME ZONE 'Europe/Stockholm')::date)
            FROM journal j CROSS JOIN jsonb_path_query(j.facts, '$.left[*]') AS given_up
                JOIN bookings o ON o.id = given_up::text::int
                JOIN course_sessions s ON s.id = o.session_id
            WHERE j.deed IN ('seat.moved', 'seat.from_line', 'seat.swapped') AND (j.facts ->> 'booking')::int = b.id
        ), 0)
        WHERE b.state = 'booked' AND b.ended_late
        """
    )
