"""Events, calendars, service levels and rules."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")
NAME = sa.text("lower(name)")
TABLES = (
    "agent_notices", "rule_timers", "rule_runs", "rules", "case_clocks", "service_policy_versions", "service_policies",
    "contract_uses", "service_contracts", "calendar_days", "calendars", "event_queue", "events", "event_counters",
)  # fmt: skip
LISTENERS = """
create function message_listeners(kind text) returns text[] language sql stable as $$
    select array_remove(array[
        case when exists (select from rules where enabled and event = kind) then 'rules' end
    ], null)
$$
"""
"""Who wants events of messages. Where others listen too, they replace this function."""
TELLING = """
create function tell_of_messages() returns trigger language plpgsql as $$
declare
    received text[] := message_listeners('message.received');
    sent text[] := message_listeners('message.sent');
    bot_counts boolean := exists (select from case_clocks where bot_counts and state = 'running');
    said record;
    listening text[];
    told uuid;
    place integer;
begin
    if received = '{}' and sent = '{}' and not bot_counts then
        return null;
    end if;
    for said in select * from said_messages where author <> 'system' order by conversation_id, seq loop
        listening := case when said.author = 'customer' then received else sent end;
        if bot_counts and said.author = 'bot' and exists (
            select from case_conversations join case_clocks using (case_id)
            where conversation_id = said.conversation_id and case_clocks.bot_counts and state = 'running'
        ) then
            listening := listening || array['service_levels'];
        end if;
        continue when listening = '{}';
        told := gen_random_uuid();
        insert into event_counters (subject_kind, subject_id, last) values ('conversation', said.conversation_id, 1)
        on conflict (subject_kind, subject_id) do update set last = event_counters.last + 1
        returning last into place;
        insert into events (id, created_at, kind, subject_kind, subject_id, seq, data, actor, chain) values (
            told, said.created_at, case when said.author = 'customer' then 'message.received' else 'message.sent' end,
            'conversation', said.conversation_id, place,
            jsonb_build_object('message_id', said.id, 'message_seq', said.seq, 'author', said.author,
                               'channel', said.channel),
            case when said.author = 'agent' then 'agent:' || coalesce(said.agent_id::text, '') else said.author end,
            '[]'
        );
        insert into event_queue (consumer, event_id, subject_kind, subject_id, seq, available_at)
        select consumer, told, 'conversation', said.conversation_id, place, now() from unnest(listening) as consumer;
    end loop;
    return null;
end
$$
"""
"""Messages are stored in several places, one of them a single statement on the way of every message: here they are all
seen, at the price of two looks at small tables when nobody listens."""


def upgrade() -> None:
    _events()
    _calendars()
    _contracts()
    _policies()
    _clocks()
    _rules()
    _notices()
    op.execute(LISTENERS)
    op.execute(TELLING)
    op.execute(
        "create trigger tell_of_messages after insert on messages referencing new table as said_messages"
        " for each statement execute function tell_of_messages()"
    )


def downgrade() -> None:
    op.execute("drop trigger tell_of_messages on messages")
    op.execute("drop function tell_of_messages()")
    op.execute("drop function message_listeners(text)")
    for table in TABLES:
        op.drop_table(table)


def _created() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
    ]


def _events() -> None:
    op.create_table(
        "event_counters",
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_event_counters")),
    )
    op.create_table(
        "events",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("data", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("actor", sa.String(), server_default="system", nullable=False),
        sa.Column("chain", JSONB, server_default=sa.text("'[]'"), nullable=False),
        *_created(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("subject_kind", "subject_id", "seq", name=op.f("uq_events_subject_kind_subject_id_seq")),
    )
    op.create_index("ix_events_created_at", "events", ["created_at"])
    op.create_table(
        "event_queue",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'dead')", name=op.f("ck_event_queue_state")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_queue_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_event_queue")),
    )
    op.create_index(
        "ix_event_queue_waiting", "event_queue", ["consumer", "available_at", "event_id"], postgresql_where=WAITING
    )
    op.create_index(
        "ix_event_queue_subject",
        "event_queue",
        ["consumer", "subject_kind", "subject_id", "seq"],
        postgresql_where=WAITING,
    )
    op.create_index("ix_event_queue_event_id", "event_queue", ["event_id"])


def _calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("week", JSONB, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_created(),
        sa.CheckConstraint("name <> ''", name=op.f("ck_calendars_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
    )
    op.create_index("uq_calendars_name", "calendars", [NAME], unique=True)
    op.create_table(
        "calendar_days",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("spans", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_calendar_days_calendar_id_calendars"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("calendar_id", "day", name=op.f("pk_calendar_days")),
    )


def _contracts() -> None:
    op.create_table(
        "service_contracts",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("included_cases", sa.Integer(), nullable=True),
        sa.Column("included_minutes", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_created(),
        sa.CheckConstraint("name <> ''", name=op.f("ck_service_contracts_name")),
        sa.CheckConstraint("included_cases >= 0 and included_minutes >= 0", name=op.f("ck_service_contracts_included")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_service_contracts_validity")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_service_contracts_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_contracts")),
    )
    op.create_index("ix_service_contracts_customer_id_valid_from", "service_contracts", ["customer_id", "valid_from"])
    op.create_table(
        "contract_uses",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_contract_uses_minutes")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_contract_uses_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["service_contracts.id"],
            name=op.f("fk_contract_uses_contract_id_service_contracts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_contract_uses")),
    )
    op.create_index(op.f("ix_contract_uses_contract_id"), "contract_uses", ["contract_id"])


def _policies() -> None:
    op.create_table(
        "service_policies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("rank", sa.Integer(), server_default="100", nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("segment_id", sa.Uuid(), nullable=True),
        sa.Column("type_key", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("first_response", sa.Integer(), nullable=True),
        sa.Column("next_response", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.Integer(), nullable=True),
        sa.Column("warn_percent", sa.Integer(), server_default="80", nullable=False),
        sa.Column("pause_on_third_party", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("bot_counts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("on_warning", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("on_breach", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_created(),
        sa.CheckConstraint("name <> ''", name=op.f("ck_service_policies_name")),
        sa.CheckConstraint(
            "priority in ('urgent', 'high', 'normal', 'low')", name=op.f("ck_service_policies_priority")
        ),
        sa.CheckConstraint(
            "first_response is null or first_response between 1 and 525600",
            name=op.f("ck_service_policies_first_response"),
        ),
        sa.CheckConstraint(
            "next_response is null or next_response between 1 and 525600",
            name=op.f("ck_service_policies_next_response"),
        ),
        sa.CheckConstraint(
            "resolution is null or resolution between 1 and 525600", name=op.f("ck_service_policies_resolution")
        ),
        sa.CheckConstraint("warn_percent between 1 and 100", name=op.f("ck_service_policies_warn_percent")),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_service_policies_calendar_id_calendars"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["service_contracts.id"],
            name=op.f("fk_service_policies_contract_id_service_contracts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["type_key"], ["case_types.key"], name=op.f("fk_service_policies_type_key_case_types"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_policies")),
    )
    op.create_index(op.f("ix_service_policies_calendar_id"), "service_policies", ["calendar_id"])
    op.create_index(op.f("ix_service_policies_contract_id"), "service_policies", ["contract_id"])
    op.create_index("uq_service_policies_name", "service_policies", [NAME], unique=True)
    op.create_table(
        "service_policy_versions",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["service_policies.id"],
            name=op.f("fk_service_policy_versions_policy_id_service_policies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("policy_id", "number", name=op.f("pk_service_policy_versions")),
    )


def _clocks() -> None:
    op.create_table(
        "case_clocks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("warn_percent", sa.Integer(), nullable=False),
        sa.Column("pause_on_third_party", sa.Boolean(), nullable=False),
        sa.Column("bot_counts", sa.Boolean(), nullable=False),
        sa.Column("runs", JSONB, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("warn_at", INSTANT, nullable=True),
        sa.Column("check_at", INSTANT, nullable=True),
        sa.Column("warned_at", INSTANT, nullable=True),
        sa.Column("breached_at", INSTANT, nullable=True),
        sa.Column("met_at", INSTANT, nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *_created(),
        sa.CheckConstraint(
            "kind in ('first_response', 'next_response', 'resolution')", name=op.f("ck_case_clocks_kind")
        ),
        sa.CheckConstraint("state in ('running', 'paused', 'met', 'cancelled')", name=op.f("ck_case_clocks_state")),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_case_clocks_calendar_id_calendars"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_clocks_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["service_policies.id"],
            name=op.f("fk_case_clocks_policy_id_service_policies"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clocks")),
        sa.UniqueConstraint("case_id", "kind", "round", name=op.f("uq_case_clocks_case_id_kind_round")),
    )
    op.create_index(
        "ix_case_clocks_bot_counts",
        "case_clocks",
        ["case_id"],
        postgresql_where=sa.text("bot_counts and state = 'running'"),
    )
    op.create_index(op.f("ix_case_clocks_calendar_id"), "case_clocks", ["calendar_id"])
    op.create_index(
        "ix_case_clocks_check_at", "case_clocks", ["check_at"], postgresql_where=sa.text("check_at is not null")
    )
    op.create_index(
        "ix_case_clocks_due_at", "case_clocks", ["due_at", "case_id"], postgresql_where=sa.text("state = 'running'")
    )
    op.create_index(op.f("ix_case_clocks_policy_id"), "case_clocks", ["policy_id"])


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("wait", JSONB, nullable=True),
        sa.Column("condition", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("actions", JSONB, nullable=False),
        sa.Column("stop", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_created(),
        sa.CheckConstraint("name <> ''", name=op.f("ck_rules_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_index("ix_rules_event_position", "rules", ["event", "position"], postgresql_where=sa.text("enabled"))
    op.create_index("uq_rules_name", "rules", [NAME], unique=True)
    op.create_table(
        "rule_runs",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("steps", JSONB, server_default=sa.text("'[]'"), nullable=False),
        *_created(),
        sa.CheckConstraint("outcome in ('done', 'failed', 'held')", name=op.f("ck_rule_runs_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rule_runs_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_rule_runs_rule_id_rules"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_runs")),
        sa.UniqueConstraint("rule_id", "event_id", name=op.f("uq_rule_runs_rule_id_event_id")),
    )
    op.create_index("ix_rule_runs_case_id_created_at", "rule_runs", ["case_id", "created_at"])
    op.create_index("ix_rule_runs_rule_id_created_at", "rule_runs", ["rule_id", "created_at"])
    op.create_table(
        "rule_timers",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_rule_timers_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["rules.id"], name=op.f("fk_rule_timers_rule_id_rules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", "case_id", "since", name=op.f("pk_rule_timers")),
    )
    op.create_index(op.f("ix_rule_timers_case_id"), "rule_timers", ["case_id"])


def _notices() -> None:
    op.create_table(
        "agent_notices",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Uuid(), nullable=False),
        sa.Column("texts", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        *_created(),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_notices_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_notices")),
        sa.UniqueConstraint("agent_id", "kind", "cause", name=op.f("uq_agent_notices_agent_id_kind_cause")),
    )
    op.create_index("ix_agent_notices_agent_id_created_at", "agent_notices", ["agent_id", "created_at"])
    op.create_index(
        "ix_agent_notices_unseen", "agent_notices", ["agent_id"], postgresql_where=sa.text("seen_at is null")
    )
