"""Handing out work: teams, skills, what channels weigh, where agents are, offers, and what was foreseen of waits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EMPTY, LIST = sa.text("'{}'"), sa.text("'[]'")
WEIGHTS = (
    # channel, kind, hundredths of a chat, points, goes back when its agent vanishes
    ("webchat", "chat", 100, 6.0, True),
    ("console", "chat", 100, 6.0, True),
    ("*", "messaging", 50, 2.0, True),
    ("mail", "mail", 25, 0.0, False),
    ("case", "case", 10, 0.0, False),
)
"""What a company begins with, and changes as it likes."""
SUPPORT = {"fr": "Service client", "en": "Customer service"}
TABLES = (
    "conversation_helpers",
    "routing_offers",
    "agent_presence",
    "channel_weights",
    "agent_skills",
    "skills",
    "team_members",
    "teams",
)
ADDED = (
    "case_id", "ended_at", "front",  "needs", "foreseen_at", "predicted_seconds", "ahead", "points",
)  # fmt: skip


def upgrade() -> None:
    _teams()
    _skills()
    _weights()
    _presence()
    _entries()
    _offers()
    _helpers()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("delete from queue_entries where conversation_id is null")
    for name in ("entered_at", "agent_id_taken_at", "open", "case_id"):
        op.drop_index(f"ix_queue_entries_{name}", table_name="queue_entries")
    op.drop_index("uq_queue_entries_case", table_name="queue_entries")
    op.drop_constraint(op.f("ck_queue_entries_one_thing"), "queue_entries")
    for name in ADDED:
        op.drop_column("queue_entries", name)
    op.alter_column("queue_entries", "conversation_id", nullable=False)
    op.execute("update agents set presence = 'away' where presence not in ('available', 'away')")
    _presences("'available', 'away'")


def _teams() -> None:
    teams = op.create_table(
        "teams",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        _word("mode", "offer"),
        _word("strategy", "longest_idle"),
        _flag("everyone", on=True),
        _flag("prefer_last", on=True),
        _flag("cases"),
        _number("offer_seconds", 30),
        _number("offer_again_after", 300),
        _number("missed_limit", 2),
        _number("vanish_after", 60),
        sa.Column("relax_after", sa.Integer(), nullable=True),
        sa.Column("overflow_team", sa.String(), nullable=True),
        sa.Column("overflow_after", sa.Integer(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_teams")),
        _key("teams", "overflow_team", "teams", "SET NULL", to="key"),
        _key("teams", "calendar_id", "calendars", "RESTRICT"),
        _check("teams", "mode", "mode in ('manual', 'offer', 'assign')"),
        _check("teams", "strategy", "strategy in ('longest_idle', 'most_free')"),
        _check("teams", "overflows_elsewhere", "overflow_team <> key"),
    )
    op.bulk_insert(teams, [{"key": "support", "names": SUPPORT, "relax_after": 120}])
    op.create_table(
        "team_members",
        sa.Column("team_key", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("team_key", "agent_id", name=op.f("pk_team_members")),
        _key("team_members", "team_key", "teams", to="key"),
        _key("team_members", "agent_id", "agents"),
    )
    op.create_index(op.f("ix_team_members_agent_id"), "team_members", ["agent_id"])


def _skills() -> None:
    op.create_table(
        "skills",
        *_identified("skills"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        _number("level", 1),
        _flag("firm"),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_skills_kind_value")),
        _check("skills", "kind", "kind in ('language', 'topic', 'product')"),
        _check("skills", "level", "level between 1 and 5"),
    )
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "skill_id", name=op.f("pk_agent_skills")),
        _key("agent_skills", "agent_id", "agents"),
        _key("agent_skills", "skill_id", "skills"),
        _check("agent_skills", "level", "level between 1 and 5"),
    )
    op.create_index(op.f("ix_agent_skills_skill_id"), "agent_skills", ["skill_id"])


def _weights() -> None:
    weights = op.create_table(
        "channel_weights",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("points", sa.Float(), server_default="0", nullable=False),
        _flag("returns"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_weights")),
        _check("channel_weights", "kind", "kind in ('chat', 'messaging', 'mail', 'case')"),
        _check("channel_weights", "weight", "weight between 1 and 1000"),
        _check("channel_weights", "points", "points between 0 and 60"),
    )
    names = ("channel", "kind", "weight", "points", "returns")
    op.bulk_insert(weights, [dict(zip(names, each, strict=True)) for each in WEIGHTS])


def _presence() -> None:
    _presences("'available', 'busy', 'away', 'offline'")
    op.create_table(
        "agent_presence",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        _word("reason", ""),
        sa.Column("automatic", sa.String(), nullable=True),
        sa.Column("since", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("channels", JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("active_at", INSTANT, nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        _number("missed", 0),
        _number("capacity", 300),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_presence")),
        _key("agent_presence", "agent_id", "agents"),
        _check("agent_presence", "automatic", "automatic in ('inactive', 'missed')"),
        _check("agent_presence", "capacity", "capacity between 0 and 10000"),
    )
    op.create_index("ix_agent_presence_seen_at", "agent_presence", ["seen_at"])


def _entries() -> None:
    entries = "queue_entries"
    op.alter_column(entries, "conversation_id", nullable=True)
    for column in (
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        _flag("front"),
        sa.Column("needs", JSONB(), server_default=LIST, nullable=False),
        sa.Column("foreseen_at", INSTANT, nullable=True),
        sa.Column("predicted_seconds", sa.Float(), nullable=True),
        sa.Column("ahead", sa.Integer(), nullable=True),
        sa.Column("points", sa.Float(), nullable=True),
    ):
        op.add_column(entries, column)
    # What was taken before and is not in hand any more ended at some time that nobody noted.
    op.execute("""
        update queue_entries e set ended_at = e.taken_at from conversations c
        where c.id = e.conversation_id and e.taken_at is not null and (
            c.owner is distinct from 'agent:' || e.agent_id
            or exists (
                select from queue_entries later
                where later.conversation_id = e.conversation_id and later.taken_at > e.taken_at
            )
        )
    """)
    op.create_foreign_key(
        op.f("fk_queue_entries_case_id_cases"), entries, "cases", ["case_id"], ["id"], ondelete="CASCADE"
    )
    op.create_check_constraint(
        op.f("ck_queue_entries_one_thing"), entries, "num_nonnulls(conversation_id, case_id) = 1"
    )
    open_ = sa.text("left_at is null")
    op.create_index("uq_queue_entries_case", entries, ["case_id"], unique=True, postgresql_where=open_)
    op.create_index("ix_queue_entries_case_id", entries, ["case_id"], postgresql_where=sa.text("case_id is not null"))
    op.create_index("ix_queue_entries_entered_at", entries, ["entered_at"])
    op.create_index("ix_queue_entries_agent_id_taken_at", entries, ["agent_id", "taken_at"])
    op.create_index("ix_queue_entries_open", entries, ["entered_at", "id"], postgresql_where=open_)


def _offers() -> None:
    offers = "routing_offers"
    op.create_table(
        offers,
        *_identified(offers),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        _word("note", ""),
        _key(offers, "entry_id", "queue_entries"),
        _key(offers, "conversation_id", "conversations"),
        _key(offers, "case_id", "cases"),
        _key(offers, "agent_id", "agents"),
        _check(offers, "kind", "kind in ('work', 'transfer', 'join')"),
        _check(offers, "state", "state in ('offered', 'accepted', 'declined', 'timed_out', 'withdrawn')"),
        _check(offers, "one_thing", "num_nonnulls(conversation_id, case_id) = 1"),
        _check(offers, "entry", "(kind = 'join') = (entry_id is null)"),
    )
    offered = sa.text("state = 'offered'")
    op.create_index("uq_routing_offers_open", offers, ["entry_id"], unique=True, postgresql_where=offered)
    op.create_index("ix_routing_offers_agent_id_offered_at", offers, ["agent_id", "offered_at"])
    op.create_index("ix_routing_offers_entry_id", offers, ["entry_id"])
    op.create_index("ix_routing_offers_conversation_id", offers, ["conversation_id"])
    op.create_index("ix_routing_offers_case_id", offers, ["case_id"], postgresql_where=sa.text("case_id is not null"))
    op.create_index("ix_routing_offers_expires_at", offers, ["expires_at"], postgresql_where=offered)


def _helpers() -> None:
    helpers = "conversation_helpers"
    op.create_table(
        helpers,
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name=op.f(f"pk_{helpers}")),
        _key(helpers, "conversation_id", "conversations"),
        _key(helpers, "agent_id", "agents"),
    )
    op.create_index(
        "ix_conversation_helpers_agent_id", helpers, ["agent_id"], postgresql_where=sa.text("left_at is null")
    )


def _presences(listed: str) -> None:
    op.drop_constraint(op.f("ck_agents_presence"), "agents")
    op.create_check_constraint(op.f("ck_agents_presence"), "agents", f"presence in ({listed})")


def _identified(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _word(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=default, nullable=False)


def _number(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _flag(name: str, *, on: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("true" if on else "false"), nullable=False)


def _key(table: str, column: str, other: str, then: str = "CASCADE", *, to: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{to}"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete=then
    )


def _check(table: str, name: str, what: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(what, name=op.f(f"ck_{table}_{name}"))
