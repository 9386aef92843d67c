"""Which booking a letter is about, and that somebody stopped it.

Revision 0013, after 0012.

Of the letters so far, those about one booking have its number in what they were posted as.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("booking_id", sa.Integer(), nullable=True))
    op.add_column("letters", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE letters SET booking_id = split_part(once, ':', 2)::int
        WHERE split_part(once, ':', 2) ~ '^[0-9]{1,9}$' AND split_part(once, ':', 1) IN (
            'seat', 'line', 'taken_off', 'called-off', 'line-called-off', 'seat_cancelled', 'seat_cancelled_late',
            'cancellation_undone', 'seat_offered', 'answer_reminder', 'offer_lapsed', 'offer_withdrawn', 'called_out',
            'call_out_over'
        )
        """
    )


def downgrade() -> None:
    op.drop_column("letters", "stopped_at")
    op.drop_column("letters", "booking_id")
