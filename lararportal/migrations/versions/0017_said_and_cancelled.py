"""What a yes to a call-out was said to, and whether it was staff who cancelled a seat.

Revision 0017, after 0016.

A yes from before stands for whatever it means in the end. What staff have cancelled so far anybody can undo, for the
minutes that are left.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("yes_leaves", sa.ARRAY(sa.Integer()), nullable=True))
    op.add_column("bookings", sa.Column("cancelled_by_staff", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("bookings", "cancelled_by_staff")
    op.drop_column("bookings", "yes_leaves")
