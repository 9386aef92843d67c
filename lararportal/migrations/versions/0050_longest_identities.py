"""The longest name by which OpenID Connect lets a provider call somebody has room.

Revision 0050, after 0049.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

WIDENED = (("identities", "value"), ("identities_put_aside", "value"), ("identities_put_aside", "name"))


def upgrade() -> None:
    for table, column in WIDENED:
        op.alter_column(table, column, existing_type=sa.String(250), type_=sa.String(255))


def downgrade() -> None:
    """Columns that are wider are in nobody's way, and narrower ones would shut out whoever has a long name."""
