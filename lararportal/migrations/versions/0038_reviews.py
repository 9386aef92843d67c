"""Reviews of courses by half-year: the statement of an external reviewer, the unit's answer, and what it will do.

Revision 0038, after 0037.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

STATES = ("open", "stated", "answered", "closed")


def upgrade() -> None:
    state = sa.Enum(*STATES, name="reviewstate", native_enum=False, create_constraint=True, length=30)
    counts = [
        sa.Column(name, sa.Integer(), nullable=False) for name in ("sessions", "participants", "asked", "answered")
    ]
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("half", sa.String(length=6), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *counts,
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stated_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (stated_at IS NULL) AND (stated_at IS NULL) = (stated_by IS NULL)",
            name=op.f("ck_reviews_stated"),
        ),
        sa.CheckConstraint(
            "(state IN ('answered', 'closed')) = (answered_at IS NOT NULL) AND (answered_at IS NULL) = (answer = '')",
            name=op.f("ck_reviews_answered"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_reviews_course_id")),
        sa.ForeignKeyConstraint(["stated_by"], ["persons.id"], name=op.f("fk_reviews_stated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("half", "course_id", name="uq_reviews_half"),
    )
    op.create_index(op.f("ix_reviews_course_id"), "reviews", ["course_id"], unique=False)
    op.create_table(
        "review_actions",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("responsible", sa.String(length=100), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_actions_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_actions")),
    )
    op.create_index(op.f("ix_review_actions_review_id"), "review_actions", ["review_id"], unique=False)


def downgrade() -> None:
    op.drop_table("review_actions")
    op.drop_table("reviews")
