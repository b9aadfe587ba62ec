"""Wrapping up, asking how it was, and what is suggested to agents."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DIMENSIONS = 384
EMPTY = sa.text("'{}'")
TABLES = (
    "suggestion_outcomes",
    "canned_vectors",
    "solved_conversations",
    "satisfaction_asks",
    "satisfaction_settings",
    "wrap_ups",
    "wrap_up_rules",
    "closing_reasons",
)


def upgrade() -> None:
    _reasons()
    _wrap_ups()
    _satisfaction()
    _solved()
    _outcomes()
    # Whose team and which topic a rating was of is told by the conversation until it goes on.
    op.add_column("ratings", sa.Column("team", sa.String(), nullable=True))
    op.add_column("ratings", sa.Column("topic", sa.String(), nullable=True))
    op.execute(
        "update ratings r set team = c.team, topic = c.topic from conversations c where c.id = r.conversation_id"
    )


def downgrade() -> None:
    op.drop_column("ratings", "topic")
    op.drop_column("ratings", "team")
    for table in TABLES:
        op.drop_table(table)


def _reasons() -> None:
    op.create_table(
        "closing_reasons",
        *_identified(),
        _version(),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("teams", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_closing_reasons_under_another")),
        _of("closing_reasons", "parent_id", "closing_reasons", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_reasons")),
    )
    op.create_index(op.f("ix_closing_reasons_parent_id"), "closing_reasons", ["parent_id"])
    op.create_table(
        "wrap_up_rules",
        _version(),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), server_default="optional", nullable=False),
        sa.Column("seconds", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("mode in ('off', 'optional', 'required')", name=op.f("ck_wrap_up_rules_mode")),
        sa.CheckConstraint("seconds between 0 and 3600", name=op.f("ck_wrap_up_rules_seconds")),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_wrap_up_rules")),
    )


def _wrap_ups() -> None:
    op.create_table(
        "wrap_ups",
        *_identified(),
        _version(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("reason_id", sa.Uuid(), nullable=True),
        sa.Column("summary", sa.String(), server_default="", nullable=False),
        sa.Column("edited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reminder_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language in ('fr', 'en')", name=op.f("ck_wrap_ups_language")),
        sa.CheckConstraint("ended_by in ('done', 'skipped', 'replaced')", name=op.f("ck_wrap_ups_ended_by")),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name=op.f("ck_wrap_ups_ended")),
        _of("wrap_ups", "conversation_id", "conversations"),
        _of("wrap_ups", "agent_id", "agents", "SET NULL"),
        _of("wrap_ups", "reason_id", "closing_reasons", "RESTRICT"),
        _of("wrap_ups", "case_id", "cases", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrap_ups")),
    )
    is_open = sa.text("ended_at is null")
    op.create_index("uq_wrap_ups_open", "wrap_ups", ["conversation_id"], unique=True, postgresql_where=is_open)
    op.create_index("ix_wrap_ups_open_of_agent", "wrap_ups", ["agent_id", "until"], postgresql_where=is_open)
    op.create_index("ix_wrap_ups_conversation_id_created_at", "wrap_ups", ["conversation_id", "created_at"])
    op.create_index("ix_wrap_ups_created_at_id", "wrap_ups", ["created_at", "id"])
    op.create_index(op.f("ix_wrap_ups_reason_id"), "wrap_ups", ["reason_id"])
    op.create_index("ix_wrap_ups_case_id", "wrap_ups", ["case_id"], postgresql_where=sa.text("case_id is not null"))


def _satisfaction() -> None:
    op.create_table(
        "satisfaction_settings",
        _version(),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rest_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("words", JSONB(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint("delay_minutes between 0 and 1440", name=op.f("ck_satisfaction_settings_delay")),
        sa.CheckConstraint("rest_days between 0 and 365", name=op.f("ck_satisfaction_settings_rest")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_satisfaction_settings")),
    )
    op.create_table(
        "satisfaction_asks",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        _of("satisfaction_asks", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_satisfaction_asks")),
    )
    op.create_index(
        "ix_satisfaction_asks_due_at", "satisfaction_asks", ["due_at"], postgresql_where=sa.text("asked_at is null")
    )


def _solved() -> None:
    op.create_table(
        "solved_conversations",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("language", sa.String(), server_default="fr", nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("question", sa.String(), server_default="", nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("vector", Vector(DIMENSIONS), nullable=True),
        _of("solved_conversations", "conversation_id", "conversations"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_solved_conversations")),
    )
    op.create_index(
        "ix_solved_conversations_waiting",
        "solved_conversations",
        ["closed_at"],
        postgresql_where=sa.text("looked_at is null"),
    )
    op.create_index(
        "ix_solved_conversations_vector",
        "solved_conversations",
        ["vector"],
        postgresql_using="hnsw",
        postgresql_ops={"vector": "vector_cosine_ops"},
        postgresql_where=sa.text("vector is not null"),
    )
    # What was solved before there were suggestions is looked at like the rest, in its turn.
    op.execute("""
        insert into solved_conversations (conversation_id, closed_at)
        select c.id, c.closed_at from conversations c
        where c.owner = 'nobody' and c.closed_at > now() - interval '1 year'
        and exists (select from messages m where m.conversation_id = c.id and m.author = 'agent')""")
    op.create_table(
        "canned_vectors",
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("vector", Vector(DIMENSIONS), nullable=False),
        _of("canned_vectors", "reply_id", "canned_replies"),
        sa.PrimaryKeyConstraint("reply_id", "language", name=op.f("pk_canned_vectors")),
    )


def _outcomes() -> None:
    name = "suggestion_outcomes"
    op.create_table(
        name,
        *_identified(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('article', 'canned', 'solved', 'offer')", name=op.f(f"ck_{name}_kind")),
        sa.CheckConstraint("outcome in ('used', 'dismissed')", name=op.f(f"ck_{name}_outcome")),
        _of(name, "conversation_id", "conversations"),
        _of(name, "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "conversation_id",
            "agent_id",
            "kind",
            "subject",
            name=op.f(f"uq_{name}_conversation_id_agent_id_kind_subject"),
        ),
    )
    op.create_index(op.f(f"ix_{name}_agent_id"), name, ["agent_id"])
    op.create_index(f"ix_{name}_created_at", name, ["created_at"])


def _identified() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    )


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _of(table: str, column: str, to: str, gone: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=gone)
