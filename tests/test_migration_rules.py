"""What a migration may not do in one step is noticed, and what it may do is let be."""

import pytest
from house import migrations
from house.reading import MIGRATIONS, Source

FRAME = """
import sqlalchemy as sa
from alembic import op

{more}

def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    op.drop_column("bookings", "rank")
"""


def of(upgrade: str, *, number: str = "0012", more: str = "") -> list[str]:
    """What is said of a migration that does this."""
    source = Source(f"{MIGRATIONS}versions/{number}_planted.py", FRAME.format(upgrade=upgrade, more=more))
    return list(migrations.one_step(source))


BREAKING = [
    'op.drop_column("bookings", "rank")',
    'op.drop_table("bookings")',
    'op.rename_table("bookings", "seats")',
    'op.alter_column("bookings", "rank", new_column_name="place")',
    'op.alter_column("bookings", "rank", type_=sa.Text())',
    'op.alter_column("persons", "place", type_=sa.String(9))',
    'op.alter_column("persons", "place", existing_type=sa.String(9), type_=sa.String(8))',
    'op.alter_column("persons", "place", existing_type=sa.Text(), type_=sa.String(8))',
    'op.alter_column("bookings", "rank", nullable=False)',
    'op.alter_column("bookings", "rank", server_default=None)',
    'op.add_column("bookings", sa.Column("rank", sa.Integer(), nullable=False))',
    'op.execute("ALTER TABLE bookings DROP COLUMN rank")',
    'op.execute("ALTER TABLE bookings RENAME COLUMN rank TO place")',
    'op.execute("ALTER TABLE bookings ALTER COLUMN rank SET NOT NULL")',
    'op.execute("ALTER TABLE bookings ALTER COLUMN rank TYPE text")',
]


@pytest.mark.parametrize("upgrade", BREAKING)
def test_what_the_old_version_cannot_live_with_is_for_a_second_step(upgrade):
    assert len(of(upgrade)) == 1
    assert of(upgrade, more='second_step_of = "0011"') == []
    assert len(of(upgrade, more='second_step_of = "0012"')) == 1
    assert of(upgrade, number="0011") == []
    assert len(of("_more()", more=f"def _more() -> None:\n    {upgrade}\n")) == 1


@pytest.mark.parametrize(
    ("upgrade", "found"),
    [
        ('op.create_index("ix", "journal", ["at"])', 1),
        ('op.create_index("ix", "journal", ["at"], postgresql_concurrently=True)', 0),
        ('op.create_index("ix", "rounds", ["term"])', 0),
        ('op.add_column("bookings", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))', 0),
        ('op.add_column("bookings", sa.Column("rank", sa.Integer(), nullable=True))', 0),
        ('op.alter_column("bookings", "rank", nullable=True)', 0),
        ('op.alter_column("persons", "place", existing_type=sa.String(8), type_=sa.String(9))', 0),
        ('op.create_table("notes", sa.Column("id", sa.Integer(), nullable=False))', 0),
        ("op.execute(\"UPDATE bookings SET state = 'waiting'\")", 0),
    ],
)
def test_what_it_can_live_with_is_let_be(upgrade, found):
    assert len(of(upgrade)) == found
