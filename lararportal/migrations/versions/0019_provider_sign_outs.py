"""Which sign-in at a provider a login session comes from, and what counts once and has been used.

Revision 0019, after 0018.

Nobody can tell it of the sign-ins that last: when the provider ends one of them, it lasts here for its own time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_sessions", sa.Column("subject", sa.String(255), nullable=True))
    op.add_column("login_sessions", sa.Column("sid", sa.String(255), nullable=True))
    op.create_table(
        "spent_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_tokens")),
    )


def downgrade() -> None:
    op.drop_table("spent_tokens")
    op.drop_column("login_sessions", "sid")
    op.drop_column("login_sessions", "subject")
