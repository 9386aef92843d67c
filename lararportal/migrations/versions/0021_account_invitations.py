"""Who is invited to link a sign-in to an account, what waits to be linked, and with what a login session began.

Revision 0021, after 0020.

Nobody can tell with which identity the sign-ins that last have begun: they end with any of the person's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("login_sessions", sa.Column("identity_id", sa.Integer(), nullable=True))
    op.create_table(
        "identities_put_aside",
        sa.Column("login_session_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(250), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("value", sa.String(250), nullable=False),
        sa.Column("provider", sa.String(60), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("login_session_id", name=op.f("pk_identities_put_aside")),
        sa.ForeignKeyConstraint(
            ["login_session_id"],
            ["login_sessions.id"],
            name=op.f("fk_identities_put_aside_login_session_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "account_invitations",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("binding", sa.String(30), nullable=False),
        sa.Column("bound_to", sa.String(320), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.String(30)), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_invitations_token_hash")),
        sa.CheckConstraint("binding IN ('email', 'personal_number')", name=op.f("ck_account_invitations_binding")),
        sa.CheckConstraint("used_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_account_invitations_ended_once")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_account_invitations_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["persons.id"], name=op.f("fk_account_invitations_invited_by")),
    )
    op.create_index(op.f("ix_account_invitations_person_id"), "account_invitations", ["person_id"])
    op.create_index(
        "uq_account_invitations_lasting",
        "account_invitations",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("account_invitations")
    op.drop_table("identities_put_aside")
    op.drop_column("login_sessions", "identity_id")
