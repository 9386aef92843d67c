"""Who has a seat in a session is asked whenever somebody looks at a line: found without those who wait there.

Revision 0049, after 0048.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    seated = sa.text("state IN ('booked', 'must_choose')")
    with op.get_context().autocommit_block():
        op.drop_index("ix_bookings_seats", "bookings", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            "ix_bookings_seats",
            "bookings",
            ["session_id", "person_id"],
            postgresql_where=seated,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_bookings_seats", "bookings", if_exists=True, postgresql_concurrently=True)
