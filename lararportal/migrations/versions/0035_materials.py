"""Files and links of sessions.

Revision 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SHOWN = ("before", "after", "always")


def upgrade() -> None:
    shown = sa.Enum(*SHOWN, name="materialshown", native_enum=False, create_constraint=True, length=30)
    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("shown", shown, nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(address = '') = (media_type <> '') AND (media_type <> '') = (size IS NOT NULL)"
            " AND (media_type <> '') = (sha256 <> '')",
            name=op.f("ck_materials_kind"),
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_materials_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
    )
    op.create_index(op.f("ix_materials_session_id"), "materials", ["session_id"])
    op.create_table(
        "material_files",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["materials.id"], name=op.f("fk_material_files_material_id")),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material_files")),
    )


def downgrade() -> None:
    op.drop_table("material_files")
    op.drop_table("materials")
