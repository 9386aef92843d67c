"""Whether participants of a course change seats in rings.

Revision 0006, after 0005.

Nobody had said that they may not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courses", sa.Column("swap_rings", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("courses", "swap_rings", server_default=None)


def downgrade() -> None:
    op.drop_column("courses", "swap_rings")
