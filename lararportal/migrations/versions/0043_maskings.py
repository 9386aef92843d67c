"""Texts of evaluations that name a person and are not to be read.

Revision 0043, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "maskings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("imprint", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("masked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("masked_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["masked_by"], ["persons.id"], name=op.f("fk_maskings_masked_by")),
        sa.ForeignKeyConstraint(["session_id"], ["evaluations.session_id"], name=op.f("fk_maskings_session_id")),
        sa.PrimaryKeyConstraint("session_id", "imprint", name=op.f("pk_maskings")),
    )


def downgrade() -> None:
    op.drop_table("maskings")
