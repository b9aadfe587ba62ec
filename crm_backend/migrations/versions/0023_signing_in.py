"""Signing in: a second factor, recovery codes, mailed links, failed tries, and sessions that say where they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    zoned = sa.DateTime(timezone=True)
    op.add_column("agents", sa.Column("totp", sa.LargeBinary(), nullable=True))
    op.add_column("agents", sa.Column("totp_since", zoned, nullable=True))
    op.add_column("agents", sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False))
    sessions = "agent_sessions"
    # Who is signed in stays so: each open session gets an identifier of its own.
    op.add_column(sessions, sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.alter_column(sessions, "id", server_default=None)
    op.create_unique_constraint(op.f("uq_agent_sessions_id"), sessions, ["id"])
    for name, default in (("device", ""), ("address", ""), ("way", "password")):
        op.add_column(sessions, sa.Column(name, sa.String(), server_default=default, nullable=False))
    op.add_column(sessions, sa.Column("enrolling", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(
        op.f("ck_agent_sessions_way"), sessions, "way in ('password', 'totp', 'recovery', 'sso')"
    )
    _tables(zoned)


def _tables(zoned: sa.DateTime) -> None:
    op.create_table(
        "agent_recovery_codes",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", zoned, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_recovery_codes_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "code_hash", name=op.f("pk_agent_recovery_codes")),
    )
    op.create_table(
        "agent_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", zoned, nullable=False),
        sa.Column("expires_at", zoned, nullable=False),
        sa.CheckConstraint("purpose in ('invitation', 'reset')", name=op.f("ck_agent_links_purpose")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_links_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_links")),
    )
    op.create_index(op.f("ix_agent_links_agent_id"), "agent_links", ["agent_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", zoned, nullable=False),
        sa.Column("locked_until", zoned, nullable=True),
        sa.CheckConstraint("kind in ('pair', 'account', 'address')", name=op.f("ck_sign_in_tries_kind")),
        sa.PrimaryKeyConstraint("kind", "who", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])
    op.create_table(
        "sign_in_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_factor_roles", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sign_in_rules_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_rules")),
    )


def downgrade() -> None:
    for table in ("sign_in_rules", "sign_in_tries", "agent_links", "agent_recovery_codes"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_agent_sessions_way"), "agent_sessions", type_="check")
    # A session of the older code would ask for no code, and one that only enrols would be whole.
    op.execute("delete from agent_sessions")
    for name in ("enrolling", "way", "address", "device", "id"):
        op.drop_column("agent_sessions", name)
    # Without a password nobody signs in there: an empty hash is none.
    for name in ("totp_step", "totp_since", "totp"):
        op.drop_column("agents", name)
