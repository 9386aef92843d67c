"""Parts of the preparation that are for one session alone.

Revision 0047, after 0046.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("preparation_parts", sa.Column("session_id", sa.Integer(), nullable=True))
    name = op.f("fk_preparation_parts_session_id")
    op.create_foreign_key(name, "preparation_parts", "course_sessions", ["session_id"], ["id"])


def downgrade() -> None:
    op.execute("UPDATE preparation_parts SET removed_at = coalesce(removed_at, now()) WHERE session_id IS NOT NULL")
    op.drop_constraint(op.f("fk_preparation_parts_session_id"), "preparation_parts")
    op.drop_column("preparation_parts", "session_id")
