"""What a seat costs whose holder stayed away, or was ill.

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ABSENCES = ("no_show", "ill")


def upgrade() -> None:
    absence = sa.Enum(*ABSENCES, name="absence", native_enum=False, create_constraint=True, length=30)
    op.create_table(
        "absence_charges",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("absence", absence, nullable=True),
        sa.Column("percent", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("percent BETWEEN -100 AND 100", name=op.f("ck_absence_charges_percent")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_absence_charges_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_absence_charges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_charges")),
    )
    for column in ("booking_id", "person_id", "on"):
        op.create_index(op.f(f"ix_absence_charges_{column}"), "absence_charges", [column], unique=False)


def downgrade() -> None:
    op.drop_table("absence_charges")
