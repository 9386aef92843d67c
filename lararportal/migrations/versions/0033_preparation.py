"""What there is to do before a course, who has done it, and who was reminded.

Revision 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparation_parts",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("questions", postgresql.JSONB(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes >= 1 AND place >= 1", name=op.f("ck_preparation_parts_size")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_preparation_parts_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_parts")),
    )
    op.create_index(op.f("ix_preparation_parts_course_id"), "preparation_parts", ["course_id"])
    _of_people("preparation_marks", "part_id", "preparation_parts", "done_at")
    _of_people("preparation_reminders", "session_id", "course_sessions", "reminded_at")


def _of_people(table: str, about: str, of: str, at: str) -> None:
    op.create_table(
        table,
        sa.Column(about, sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(at, sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint([about], [f"{of}.id"], name=op.f(f"fk_{table}_{about}")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint(about, "person_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])


def downgrade() -> None:
    op.drop_table("preparation_reminders")
    op.drop_table("preparation_marks")
    op.drop_table("preparation_parts")
