"""What is written to the participants of a session, and where an answer to a letter goes.

Revision 0044, after 0043.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ADDRESSED = ("seated", "unprepared", "there")


def upgrade() -> None:
    addressed = sa.Enum(*ADDRESSED, name="addressed", native_enum=False, create_constraint=True, length=30)
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("addressed", addressed, nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recipients >= 1", name=op.f("ck_messages_recipients")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_messages_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("session_id", "form_key", name=op.f("uq_messages_form")),
    )
    op.create_index(op.f("ix_messages_person_id"), "messages", ["person_id"])
    op.add_column("letters", sa.Column("reply_to", sa.String(length=320), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("letters", "reply_to")
    op.drop_table("messages")
