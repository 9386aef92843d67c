"""Files of the parts of the preparation, kept as those of sessions are.

Revision 0046, after 0045.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("materials", sa.Column("part_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_materials_part_id"), "materials", "preparation_parts", ["part_id"], ["id"])
    op.alter_column("materials", "session_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_materials_of"),
        "materials",
        "num_nonnulls(session_id, part_id) = 1 AND (part_id IS NULL OR size IS NOT NULL)",
    )
    taken = sa.text("removed_at IS NULL")
    op.create_index("uq_materials_part", "materials", ["part_id"], unique=True, postgresql_where=taken)


def downgrade() -> None:
    op.execute("DELETE FROM material_files f USING materials m WHERE m.id = f.material_id AND m.session_id IS NULL")
    op.execute("DELETE FROM materials WHERE session_id IS NULL")
    op.drop_index("uq_materials_part", "materials")
    op.drop_constraint(op.f("ck_materials_of"), "materials")
    op.alter_column("materials", "session_id", nullable=False)
    op.drop_constraint(op.f("fk_materials_part_id"), "materials")
    op.drop_column("materials", "part_id")
