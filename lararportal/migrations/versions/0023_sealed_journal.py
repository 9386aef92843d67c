"""The journal refuses to be changed, and what it says is bound by seals.

Revision 0023, after 0022.

Entries from before are sealed by the first ticks of the new version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("journal", "journal_seals")
REFUSE = """
    CREATE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING
            ERRCODE = 'insufficient_privilege',
            MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' is refused';
    END
    $$
"""
GUARD = """
    CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change()
"""
ALWAYS = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_kept"


def upgrade() -> None:
    op.create_table(
        "journal_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_seals")),
        sa.UniqueConstraint("upto", name=op.f("uq_journal_seals_upto")),
    )
    op.execute(REFUSE)
    for table in TABLES:
        op.execute(GUARD.format(table=table))
        op.execute(ALWAYS.format(table=table))


def downgrade() -> None:
    op.drop_table("journal_seals")
    op.execute("DROP TRIGGER journal_is_kept ON journal")
    op.execute("DROP FUNCTION refuse_to_change()")
