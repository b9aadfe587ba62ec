"""Private notes in conversations, mentions in them, and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _notes()
    _mentions()
    _settings()
    _reminders()


def downgrade() -> None:
    for table in ("reminders", "mention_settings", "note_mentions", "conversation_notes"):
        op.drop_table(table)


def _notes() -> None:
    op.create_table(
        "conversation_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("edited_at", INSTANT, nullable=True),
        _of("conversation_notes", "conversation_id", "conversations"),
        _of("conversation_notes", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_notes")),
        sa.UniqueConstraint("agent_id", "client_id", name=op.f("uq_conversation_notes_agent_id_client_id")),
    )
    op.create_index(
        "ix_conversation_notes_conversation_id_created_at", "conversation_notes", ["conversation_id", "created_at"]
    )


def _mentions() -> None:
    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("mail_at", INSTANT, nullable=True),
        sa.Column("mail_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("mailed_at", INSTANT, nullable=True),
        _of("note_mentions", "note_id", "conversation_notes"),
        _of("note_mentions", "agent_id", "agents"),
        _of("note_mentions", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("note_id", "agent_id", name=op.f("pk_note_mentions")),
    )
    op.create_index(op.f("ix_note_mentions_conversation_id"), "note_mentions", ["conversation_id"])
    op.create_index(
        "ix_note_mentions_unread",
        "note_mentions",
        ["agent_id", "conversation_id"],
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index(
        "ix_note_mentions_mail_at", "note_mentions", ["mail_at"], postgresql_where=sa.text("mail_at is not null")
    )


def _settings() -> None:
    op.create_table(
        "mention_settings",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("mail", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="15", nullable=False),
        sa.CheckConstraint("minutes between 1 and 1440", name=op.f("ck_mention_settings_minutes")),
        _of("mention_settings", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_mention_settings")),
    )


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        _of("reminders", "agent_id", "agents"),
        _of("reminders", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("agent_id", "client_id", name=op.f("uq_reminders_agent_id_client_id")),
    )
    op.create_index(op.f("ix_reminders_conversation_id"), "reminders", ["conversation_id"])
    op.create_index(
        "ix_reminders_open", "reminders", ["agent_id", "due_at"], postgresql_where=sa.text("done_at is null")
    )
    op.create_index(
        "ix_reminders_due", "reminders", ["due_at"], postgresql_where=sa.text("told_at is null and done_at is null")
    )


def _of(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """Goes with the row it hangs on."""
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="CASCADE")
