"""A lottery of two parties and a public value.

Revision 0002, after 0001.

Rounds that were only planned have no secret yet and are given one, so that every round is bound by a commitment from
its first day. Rounds that are further on have no second party: a coordinator decides to go on without one.
"""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD_STATES = ("planned", "open", "closed", "allocated", "published")
NEW_STATES = ("planned", "open", "closed", "revealed", "allocated", "published")


def upgrade() -> None:
    _draw_missing_secrets()
    op.alter_column("rounds", "secret", nullable=False)
    for column in _columns():
        op.add_column("rounds", column)
    for name in ("waiver_reason", "public_source", "former_sources"):
        op.alter_column("rounds", name, server_default=None)
    op.create_foreign_key(op.f("fk_rounds_second_party_id"), "rounds", "persons", ["second_party_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_rounds_revealed"),
        "rounds",
        "frozen_hash IS NOT NULL OR (second_secret IS NULL AND public_value IS NULL AND seed IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_rounds_second_secret"),
        "rounds",
        "second_secret IS NULL OR (second_commitment IS NOT NULL"
        " AND second_commitment = encode(sha256(decode(second_secret, 'hex')), 'hex'))",
    )
    _allow_states(NEW_STATES)


def downgrade() -> None:
    rounds = sa.table("rounds", sa.column("state"), sa.column("secret"), sa.column("seed"))
    op.execute(rounds.update().where(rounds.c.state == "revealed").values(state="closed", seed=None))
    _allow_states(OLD_STATES)
    op.drop_constraint(op.f("ck_rounds_second_secret"), "rounds", type_="check")
    op.drop_constraint(op.f("ck_rounds_revealed"), "rounds", type_="check")
    for column in reversed(_columns()):
        op.drop_column("rounds", column.name)
    op.alter_column("rounds", "secret", nullable=True)
    op.execute(rounds.update().where(rounds.c.state == "planned").values(secret=None))


def _columns() -> list[sa.Column[Any]]:
    moment = sa.DateTime(timezone=True)
    return [
        sa.Column("second_party_id", sa.Integer(), nullable=True),
        sa.Column("second_commitment", sa.String(length=64), nullable=True),
        sa.Column("second_committed_at", moment, nullable=True),
        sa.Column("second_secret", sa.String(length=64), nullable=True),
        sa.Column("second_revealed_at", moment, nullable=True),
        sa.Column("second_revealed_by", sa.Integer(), nullable=True),
        sa.Column("waived_at", moment, nullable=True),
        sa.Column("waived_by", sa.Integer(), nullable=True),
        sa.Column("waiver_reason", sa.String(length=500), nullable=False, server_default=""),
        sa.Column(
            "public_kind",
            sa.Enum("drand", "named", name="publickind", native_enum=False, create_constraint=True, length=30),
            nullable=True,
        ),
        sa.Column("public_source", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("public_at", moment, nullable=True),
        sa.Column("former_sources", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("public_value", sa.String(length=200), nullable=True),
        sa.Column("public_entered_at", moment, nullable=True),
        sa.Column("public_entered_by", sa.Integer(), nullable=True),
        sa.Column("revealed_at", moment, nullable=True),
    ]


def _draw_missing_secrets() -> None:
    rounds = sa.table("rounds", sa.column("id"), sa.column("secret"))
    connection = op.get_bind()
    for round_id in connection.scalars(sa.select(rounds.c.id).where(rounds.c.secret.is_(None))).all():
        drawn = secrets.token_hex(32)
        connection.execute(rounds.update().where(rounds.c.id == round_id).values(secret=drawn))


def _allow_states(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_rounds_roundstate"), "rounds", type_="check")
    op.create_check_constraint(op.f("ck_rounds_roundstate"), "rounds", f"state IN ({listed})")
