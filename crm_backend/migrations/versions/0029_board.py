"""The supervisor's board: facts that were asked or said again, whispers, and what the board's figures are held to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
GONE, FORGOTTEN = "CASCADE", "SET NULL"


def upgrade() -> None:
    _repeats()
    _whispers()
    op.create_table(
        "board_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("answered_percent", sa.Integer(), server_default="80", nullable=False),
        sa.Column("answered_seconds", sa.Integer(), server_default="60", nullable=False),
        sa.Column("contained_percent", sa.Integer(), server_default="60", nullable=False),
        sa.Column("repeated_percent", sa.Integer(), server_default="5", nullable=False),
        sa.Column("satisfaction", sa.Float(), server_default="4.2", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_board_targets_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_targets")),
    )


def downgrade() -> None:
    for table in ("board_targets", "whispers", "repeated_facts"):
        op.drop_table(table)


def _repeats() -> None:
    op.create_table(
        "repeated_facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("known_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('asked', 'told')", name=op.f("ck_repeated_facts_kind")),
        _of("repeated_facts", "message_id", "messages", GONE),
        _of("repeated_facts", "agent_id", "agents", FORGOTTEN),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeated_facts")),
        sa.UniqueConstraint("message_id", "kind", "fact", name=op.f("uq_repeated_facts_message_id_kind_fact")),
    )
    op.create_index("ix_repeated_facts_created_at", "repeated_facts", ["created_at", "kind"])


def _whispers() -> None:
    op.create_table(
        "whispers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=True),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        _of("whispers", "conversation_id", "conversations", GONE),
        _of("whispers", "from_id", "agents", FORGOTTEN),
        _of("whispers", "to_id", "agents", GONE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whispers")),
        sa.UniqueConstraint("from_id", "client_id", name=op.f("uq_whispers_from_id_client_id")),
    )
    op.create_index(op.f("ix_whispers_conversation_id"), "whispers", ["conversation_id"])
    op.create_index("ix_whispers_to_id_created_at", "whispers", ["to_id", "created_at"])


def _of(table: str, column: str, to: str, then: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=then)
