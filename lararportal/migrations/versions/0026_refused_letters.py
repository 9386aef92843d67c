"""Letters that the mail server refuses for their address are known, and since when one waits that was sent again.

Revision 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("sent_again_at", sa.DateTime(timezone=True)))
    op.add_column("letters", sa.Column("refused_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("letters", "refused_at")
    op.drop_column("letters", "sent_again_at")
