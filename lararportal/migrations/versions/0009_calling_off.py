"""Sessions that are called off with people in them.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FORMER_STATES = (
    "waiting", "asked", "offered", "booked", "cancelled", "moved", "left", "declined", "lapsed",
)  # fmt: skip
FORMER_ORIGINS = ("round", "direct", "line", "rebooking", "swap")
FORMER_GROUNDS = ("illness", "parental_leave", "service", "our_mistake", "other")


def upgrade() -> None:
    _allow("bookings", "bookingstate", "state", (*FORMER_STATES, "called_off"))
    _allow("bookings", "origin", "origin", (*FORMER_ORIGINS, "displaced"))
    _allow("line_exceptions", "ground", "ground", (*FORMER_GROUNDS, "called_off"))
    op.alter_column("line_exceptions", "round_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """A seat in a session that was called off was cancelled; who came to another by it came by a re-booking."""
    op.execute("UPDATE bookings SET state = 'cancelled' WHERE state = 'called_off'")
    op.execute("UPDATE bookings SET origin = 'rebooking' WHERE origin = 'displaced'")
    op.execute("UPDATE line_exceptions SET ground = 'other' WHERE ground = 'called_off'")
    op.execute("DELETE FROM line_exceptions WHERE round_id IS NULL")
    op.alter_column("line_exceptions", "round_id", existing_type=sa.Integer(), nullable=False)
    _allow("line_exceptions", "ground", "ground", FORMER_GROUNDS)
    _allow("bookings", "origin", "origin", FORMER_ORIGINS)
    _allow("bookings", "bookingstate", "state", FORMER_STATES)


def _allow(table: str, constraint: str, column: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"ck_{table}_{constraint}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({listed})")
