"""When somebody last proved who they are, for what asks for a fresh sign-in.

Revision 0004, after 0003.

Nobody can tell it of the sign-ins that last: they are asked again before what cannot be undone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_sessions", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("login_sessions", "proved_at")
