"""Whoever was told a later last day to cancel goes by it when it comes nearer.

Revision 0020, after 0019.

Until now that freed everybody booked for good (`moved_at`). Whoever was told so stays free: it was promised to them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_sessions", sa.Column("former_cancel_by", JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("course_sessions", "former_cancel_by")
