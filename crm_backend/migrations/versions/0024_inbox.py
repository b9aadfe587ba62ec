"""The desk's inbox: conversations put off, saved filters, drafts, and answers that may still be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PUT_OFF = ("snoozed_at", "snoozed_until", "returned_at")


def upgrade() -> None:
    for name in PUT_OFF:
        op.add_column("conversations", sa.Column(name, INSTANT, nullable=True))
    op.create_index(
        "ix_conversations_snoozed_until",
        "conversations",
        ["snoozed_until"],
        postgresql_where=sa.text("snoozed_until is not null"),
    )
    # Which promises are at risk is asked at every change of the inbox.
    op.create_index(
        "ix_case_clocks_warn_at", "case_clocks", ["warn_at", "case_id"], postgresql_where=sa.text("state = 'running'")
    )
    _filters()
    _drafts()
    _held()


def downgrade() -> None:
    for table in ("held_answers", "answer_drafts", "saved_filters"):
        op.drop_table(table)
    op.drop_index("ix_case_clocks_warn_at", table_name="case_clocks")
    op.drop_index("ix_conversations_snoozed_until", table_name="conversations")
    for name in PUT_OFF:
        op.drop_column("conversations", name)


def _filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("criteria", JSONB(), nullable=False),
        _of("saved_filters", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("agent_id", "name", name=op.f("uq_saved_filters_agent_id_name")),
    )
    op.create_index("ix_saved_filters_shared", "saved_filters", ["name"], postgresql_where=sa.text("shared"))


def _drafts() -> None:
    op.create_table(
        "answer_drafts",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        _of("answer_drafts", "conversation_id", "conversations"),
        _of("answer_drafts", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name=op.f("pk_answer_drafts")),
    )
    op.create_index(op.f("ix_answer_drafts_agent_id"), "answer_drafts", ["agent_id"])


def _held() -> None:
    op.create_table(
        "held_answers",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        _of("held_answers", "agent_id", "agents"),
        _of("held_answers", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("client_id", "agent_id", name=op.f("pk_held_answers")),
    )
    op.create_index(op.f("ix_held_answers_conversation_id"), "held_answers", ["conversation_id"])
    op.create_index("ix_held_answers_due_at", "held_answers", ["due_at"])


def _of(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """Goes with the row it hangs on."""
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="CASCADE")
