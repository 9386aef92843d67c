"""A seat is cancelled by staff for a reason of the office.

Revision 0018, after 0017.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FORMER_GROUNDS = ("illness", "care", "other")


def upgrade() -> None:
    _allow((*FORMER_GROUNDS, "ours"))


def downgrade() -> None:
    """None of these was late, and what is not late has no ground; why it was stands in words."""
    op.execute("UPDATE bookings SET cancel_ground = NULL WHERE cancel_ground = 'ours'")
    _allow(FORMER_GROUNDS)


def _allow(grounds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{ground}'" for ground in grounds)
    op.drop_constraint(op.f("ck_bookings_cancelground"), "bookings", type_="check")
    op.create_check_constraint(op.f("ck_bookings_cancelground"), "bookings", f"cancel_ground IN ({listed})")
