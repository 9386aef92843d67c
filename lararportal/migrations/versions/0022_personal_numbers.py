"""Personal numbers are kept sealed.

Revision 0022, after 0021.

Numbers that stand in identities as they are read are sealed by `lararportal keys rotate`, which has the keys.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_numbers",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("imprint", sa.String(64), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], ondelete="CASCADE", name=op.f("fk_personal_numbers_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_personal_numbers")),
        sa.UniqueConstraint("imprint", name=op.f("uq_personal_numbers_imprint")),
    )


def downgrade() -> None:
    op.drop_table("personal_numbers")
