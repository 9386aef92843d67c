"""What became of a round otherwise than was planned: when it opened, why it closed early, who was replaced.

Revision 0007, after 0006.

When the rounds so far opened stands in the journal. None of them said why it closed early.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rounds", sa.Column("closed_early_by", sa.Integer(), nullable=True))
    op.add_column("rounds", sa.Column("early_reason", sa.String(length=500), nullable=False, server_default=""))
    op.add_column(
        "rounds", sa.Column("former_second_parties", postgresql.JSONB(), nullable=False, server_default="[]")
    )
    op.execute(
        "UPDATE rounds SET opened_at = (SELECT max(at) FROM journal"
        " WHERE deed = 'round.opened' AND (facts->>'round')::int = rounds.id)"
    )
    op.alter_column("rounds", "early_reason", server_default=None)
    op.alter_column("rounds", "former_second_parties", server_default=None)


def downgrade() -> None:
    for column in ("former_second_parties", "early_reason", "closed_early_by", "opened_at"):
        op.drop_column("rounds", column)
