"""What staff decide about sessions between two drawings up of a round.

Revision 0005, after 0004.

Runs so far read what was frozen, and nothing had been decided since.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_decisions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum("opened", "closed", name="sessionfate", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_session_decisions_reason")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_session_decisions_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_session_decisions_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_decisions")),
    )
    for column in ("round_id", "session_id"):
        op.create_index(op.f(f"ix_session_decisions_{column}"), "session_decisions", [column], unique=False)
    op.add_column("runs", sa.Column("input_hash", sa.String(length=64), nullable=True))
    op.add_column("runs", sa.Column("would_close", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.execute("UPDATE runs SET input_hash = rounds.frozen_hash FROM rounds WHERE rounds.id = runs.round_id")
    op.alter_column("runs", "input_hash", nullable=False)
    op.alter_column("runs", "would_close", server_default=None)


def downgrade() -> None:
    op.drop_column("runs", "would_close")
    op.drop_column("runs", "input_hash")
    op.drop_table("session_decisions")
