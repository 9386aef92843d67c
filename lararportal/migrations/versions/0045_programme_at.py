"""When the programme of a session was last changed.

Revision 0045, after 0044.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_sessions", sa.Column("programme_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """UPDATE course_sessions s SET programme_at = put.at
        FROM (SELECT session_id, max(at) AS at FROM journal WHERE deed = 'programme.put' GROUP BY 1) AS put
        WHERE put.session_id = s.id"""
    )


def downgrade() -> None:
    op.drop_column("course_sessions", "programme_at")
