"""Whether the funding of a seat is settled, by whom, and how often and with what its absence was reminded of.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FORMER_STATES = (
    "waiting",
    "asked",
    "offered",
    "booked",
    "cancelled",
    "moved",
    "left",
    "declined",
    "lapsed",
    "called_off",
    "must_choose",
)


def upgrade() -> None:
    _allow_states((*FORMER_STATES, "unfunded"))
    op.add_column("bookings", sa.Column("funded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("funded_by", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_bookings_funded_by"), "bookings", "persons", ["funded_by"], ["id"])
    op.add_column("bookings", sa.Column("funding_reminders", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("bookings", sa.Column("release_told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_bookings_funding"), "bookings", "(funded_at IS NULL) = (funded_by IS NULL)")


def downgrade() -> None:
    """A seat that was released for want of funding is a cancelled one."""
    op.execute("UPDATE bookings SET state = 'cancelled' WHERE state = 'unfunded'")
    _allow_states(FORMER_STATES)
    op.drop_constraint(op.f("ck_bookings_funding"), "bookings", type_="check")
    op.drop_column("bookings", "release_told_at")
    op.drop_column("bookings", "funding_reminders")
    op.drop_constraint(op.f("fk_bookings_funded_by"), "bookings", type_="foreignkey")
    op.drop_column("bookings", "funded_by")
    op.drop_column("bookings", "funded_at")


def _allow_states(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_bookings_bookingstate"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_bookingstate"), "bookings", f"state IN ({listed})")
