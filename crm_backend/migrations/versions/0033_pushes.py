"""Browser push: the installation's keys, the browsers that asked for it, and what is on its way to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("agent_sessions", sa.Column("front_at", INSTANT, nullable=True))
    op.create_table(
        "push_keys",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_push_keys_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_keys")),
    )
    _subscriptions()
    _pushes()


def downgrade() -> None:
    for table in ("pushes", "push_subscriptions", "push_keys"):
        op.drop_table(table)
    op.drop_column("agent_sessions", "front_at")


def _subscriptions() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("paused_until", INSTANT, nullable=True),
        _of("push_subscriptions", "agent_id", "agents"),
        _of("push_subscriptions", "session_id", "agent_sessions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("session_id", name=op.f("uq_push_subscriptions_session_id")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index("ix_push_subscriptions_agent_id", "push_subscriptions", ["agent_id"])


def _pushes() -> None:
    op.create_table(
        "pushes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind in ('mention', 'reminder', 'returned', 'offer', 'message')", name=op.f("ck_pushes_kind")
        ),
        sa.CheckConstraint("state in ('waiting', 'taken')", name=op.f("ck_pushes_state")),
        _of("pushes", "subscription_id", "push_subscriptions"),
        _of("pushes", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("subscription_id", "kind", "cause", name=op.f("uq_pushes_subscription_id_kind_cause")),
    )
    op.create_index("ix_pushes_conversation_id", "pushes", ["conversation_id"])
    op.create_index("ix_pushes_due", "pushes", ["available_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_pushes_expires_at", "pushes", ["expires_at"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete="CASCADE"
    )
