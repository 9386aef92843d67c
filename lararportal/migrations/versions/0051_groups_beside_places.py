"""The group that counts when seats are given stands beside each place in line, and PostgreSQL keeps it right there.

Revision 0051, after 0050. Of what the version before writes it is not told, and the look at a line reads who that is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

SEAT_GROUP = """CASE WHEN standing = 'confirmed' AND erased_at IS NULL
    THEN CASE category WHEN 'st_2015' THEN 'ST' WHEN 'st_2021' THEN 'ST' WHEN 'specialist' THEN 'SPEC'
        WHEN 'pre_st' THEN 'PRE' ELSE '' END ELSE '' END"""


def upgrade() -> None:
    # In the order in which deeds lock.
    op.add_column("bookings", sa.Column("seat_group", sa.String(10), nullable=True))
    op.add_column("persons", sa.Column("seat_group", sa.String(10), sa.Computed(SEAT_GROUP, persisted=True)))
    op.create_unique_constraint(op.f("uq_persons_id_seat_group"), "persons", ["id", "seat_group"])
    op.execute("UPDATE bookings b SET seat_group = p.seat_group FROM persons p WHERE p.id = b.person_id")
    op.create_foreign_key(
        op.f("fk_bookings_person_id_seat_group"),
        "bookings",
        "persons",
        ["person_id", "seat_group"],
        ["id", "seat_group"],
        onupdate="CASCADE",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_bookings_person_id_seat_group"), "bookings")
    op.drop_constraint(op.f("uq_persons_id_seat_group"), "persons")
    op.drop_column("bookings", "seat_group")
    op.drop_column("persons", "seat_group")
