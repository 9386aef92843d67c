"""What people need to eat, and to take part, in a session.

Revision 0037, after 0036.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "needs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("diets", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("other_food", sa.String(length=300), nullable=False),
        sa.Column("access", sa.String(length=300), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cardinality(diets) > 0 OR other_food <> '' OR access <> ''", name=op.f("ck_needs_said")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_needs_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_needs_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("session_id", "person_id", name=op.f("uq_needs_person")),
    )
    op.create_index(op.f("ix_needs_person_id"), "needs", ["person_id"])


def downgrade() -> None:
    op.drop_table("needs")
