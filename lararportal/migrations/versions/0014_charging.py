"""What can be invoiced for a seat is put down when it happens; grounds of what was in time are not kept.

Revision 0014, after 0013.

What was late so far is put down with what the person is now; seats are, by the next tick.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CATEGORIES = ("st_2015", "st_2021", "specialist", "pre_st")


def upgrade() -> None:
    category = sa.Enum(*CATEGORIES, name="category", native_enum=False, create_constraint=True, length=30)
    op.add_column("bookings", sa.Column("charged_on", sa.Date(), nullable=True))
    op.add_column("bookings", sa.Column("charged_category", category, nullable=True))
    op.add_column("bookings", sa.Column("charged_workplace", sa.String(length=200), nullable=True))
    op.add_column("bookings", sa.Column("credited_on", sa.Date(), nullable=True))
    op.create_index("ix_bookings_charged_on", "bookings", ["charged_on"], unique=False)
    op.create_index(
        "ix_bookings_to_charge",
        "bookings",
        ["session_id"],
        unique=False,
        postgresql_where=sa.text("state = 'booked' AND charged_on IS NULL"),
    )
    op.execute(
        """
        UPDATE bookings b SET charged_on = (ended_at AT TIME ZONE 'Europe/Stockholm')::date,
            charged_category = p.category, charged_workplace = p.workplace
        FROM persons p
        WHERE p.id = b.person_id AND b.state = 'cancelled' AND b.ended_late
            AND coalesce(b.cancel_ground, 'other') = 'other'
        """
    )
    op.execute(
        """
        UPDATE bookings b SET cancel_ground = NULL, end_reason = CASE WHEN EXISTS (
            SELECT FROM journal j WHERE j.deed = 'seat.cancelled' AND (j.facts ->> 'booking')::int = b.id
                AND j.by = b.person_id) THEN '' ELSE end_reason END
        WHERE b.state = 'cancelled' AND NOT b.ended_late
        """
    )


def downgrade() -> None:
    op.drop_index("ix_bookings_to_charge", table_name="bookings")
    op.drop_index("ix_bookings_charged_on", table_name="bookings")
    for column in ("credited_on", "charged_workplace", "charged_category", "charged_on"):
        op.drop_column("bookings", column)
