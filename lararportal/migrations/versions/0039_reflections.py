"""What a leader thinks of their session afterwards, and what there is to do about it.

Revision 0039, after 0038.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reflections",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_reflections_session_id")),
        sa.ForeignKeyConstraint(["written_by"], ["persons.id"], name=op.f("fk_reflections_written_by")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_reflections")),
    )


def downgrade() -> None:
    op.drop_table("reflections")
