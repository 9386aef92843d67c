"""Rare deeds are looked up in the journal by an audit, and on its page: without an index by reading all of it.

Revision 0048, after 0047.
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_journal_deed_id", "journal", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_journal_deed_id", "journal", ["deed", "id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_journal_deed_id", "journal", if_exists=True, postgresql_concurrently=True)
