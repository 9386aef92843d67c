"""Who did something is looked up in the journal at every tick, before an account is deleted that nobody uses.

Revision 0027, after 0026.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_journal_by", "journal", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_journal_by", "journal", ["by"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_journal_by", "journal", if_exists=True, postgresql_concurrently=True)
