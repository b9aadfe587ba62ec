"""Cases, how they are worked on, and the first types, statuses, steps, priorities and codes."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

HAYSTACK = "translate(lower(number || ' ' || subject), 'àâäéèêëîïôöùûüÿçñ', 'aaaeeeeiioouuuycn')"
DUE_ORDER = "COALESCE(due_at, '9999-12-31 00:00:00+00'::timestamp with time zone)"


def upgrade() -> None:
    op.execute("create sequence case_numbers")
    _settings()
    _cases()
    _hanging()
    _seed()


def downgrade() -> None:
    _loose("message_id is null")
    op.drop_column("attachments", "held_by")
    for table in (
        "case_files",
        "case_comments",
        "case_watchers",
        "case_relations",
        "case_orders",
        "case_items",
        "case_events",
        "case_conversations",
        "cases",
        "case_transitions",
        "case_templates",
        "case_types",
        "case_statuses",
        "case_resolutions",
        "case_priorities",
        "case_categories",
    ):
        op.drop_table(table)
    op.execute("drop sequence case_numbers")


def _settings() -> None:
    op.create_table(
        "case_categories",
        _uuid("parent_id", nullable=True),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        _version(),
        *_identified(),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_case_categories_not_its_own_parent")),
        _key("case_categories", "parent_id", "case_categories.id", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_categories")),
    )
    op.create_index(op.f("ix_case_categories_parent_id"), "case_categories", ["parent_id"])
    op.create_table(
        "case_priorities",
        _word("impact"),
        _word("urgency"),
        _word("priority"),
        sa.CheckConstraint("impact in ('low', 'medium', 'high')", name=op.f("ck_case_priorities_impact")),
        sa.CheckConstraint("priority in ('urgent', 'high', 'normal', 'low')", name=op.f("ck_case_priorities_priority")),
        sa.CheckConstraint("urgency in ('low', 'medium', 'high')", name=op.f("ck_case_priorities_urgency")),
        sa.PrimaryKeyConstraint("impact", "urgency", name=op.f("pk_case_priorities")),
    )
    op.create_table(
        "case_resolutions",
        _word("key"),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        _version(),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_resolutions")),
    )
    op.create_table(
        "case_statuses",
        _word("key"),
        sa.Column("names", JSONB(), nullable=False),
        _word("stage"),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        _version(),
        sa.CheckConstraint(
            "stage in ('active', 'waiting_customer', 'waiting_other', 'resolved', 'closed')",
            name=op.f("ck_case_statuses_stage"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_statuses")),
    )
    op.create_table(
        "case_types",
        _word("key"),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        _word("team", server_default="support"),
        sa.Column("due_months", sa.Integer(), nullable=True),
        sa.Column("extend_months", sa.Integer(), nullable=True),
        sa.Column("acknowledge", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("close_after_days", sa.Integer(), server_default="7", nullable=True),
        _version(),
        sa.CheckConstraint("close_after_days between 0 and 3650", name=op.f("ck_case_types_close_after_days")),
        sa.CheckConstraint("due_months between 1 and 120", name=op.f("ck_case_types_due_months")),
        sa.CheckConstraint("extend_months between 1 and 120", name=op.f("ck_case_types_extend_months")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_types")),
    )
    op.create_table(
        "case_templates",
        _word("key"),
        sa.Column("names", JSONB(), nullable=False),
        _word("type_key"),
        _uuid("category_id", nullable=True),
        sa.Column("subjects", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("descriptions", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        _word("impact", server_default="medium"),
        _word("urgency", server_default="medium"),
        _word("team", nullable=True),
        sa.Column("tags", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fields", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("checklist", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        _at("updated_at", nullable=False),
        _version(),
        sa.CheckConstraint("impact in ('low', 'medium', 'high')", name=op.f("ck_case_templates_impact")),
        sa.CheckConstraint("urgency in ('low', 'medium', 'high')", name=op.f("ck_case_templates_urgency")),
        sa.CheckConstraint("due_days between 0 and 3650", name=op.f("ck_case_templates_due_days")),
        _key("case_templates", "category_id", "case_categories.id", "SET NULL"),
        _key("case_templates", "type_key", "case_types.key", "RESTRICT"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_templates")),
    )
    op.create_table(
        "case_transitions",
        _word("type_key", nullable=True),
        _word("from_status"),
        _word("to_status"),
        sa.Column("needs", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("permission", sa.String(), server_default="cases.write", nullable=False),
        *_identified(),
        sa.CheckConstraint("from_status <> to_status", name=op.f("ck_case_transitions_goes_somewhere")),
        _key("case_transitions", "from_status", "case_statuses.key", "CASCADE"),
        _key("case_transitions", "to_status", "case_statuses.key", "CASCADE"),
        _key("case_transitions", "type_key", "case_types.key", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_transitions")),
    )
    op.create_index(
        "uq_case_transitions_step",
        "case_transitions",
        [sa.text("coalesce(type_key, '')"), "from_status", "to_status"],
        unique=True,
    )


def _cases() -> None:
    op.create_table(
        "cases",
        _word("number"),
        _word("type_key"),
        _uuid("category_id", nullable=True),
        _word("subject"),
        _word("description", server_default=""),
        _uuid("customer_id", nullable=True),
        _word("language"),
        _word("channel", nullable=True),
        _word("status"),
        _word("stage"),
        _word("impact"),
        _word("urgency"),
        _word("priority"),
        sa.Column(
            "priority_rank",
            sa.Integer(),
            sa.Computed(
                "case priority when 'urgent' then 1 when 'high' then 2 when 'normal' then 3 else 4 end", persisted=True
            ),
            nullable=False,
        ),
        _word("team"),
        _uuid("agent_id", nullable=True),
        sa.Column("tags", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fields", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        _word("template_key", nullable=True),
        _at("due_at", nullable=True),
        sa.Column("due_extended", sa.Boolean(), server_default=sa.false(), nullable=False),
        _word("resolution_key", nullable=True),
        _word("resolution_summary", server_default=""),
        _uuid("parent_id", nullable=True),
        _uuid("duplicate_of_id", nullable=True),
        _word("opened_by"),
        _at("updated_at", nullable=False),
        _at("status_since", nullable=False),
        _at("resolved_at", nullable=True),
        _at("closed_at", nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        _word("acknowledge", nullable=True),
        _at("acknowledged_at", nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("haystack", sa.String(), sa.Computed(HAYSTACK, persisted=True), nullable=False),
        _version(),
        *_identified(),
        sa.CheckConstraint("acknowledge in ('due', 'sent', 'no_way')", name=op.f("ck_cases_acknowledge")),
        sa.CheckConstraint("impact in ('low', 'medium', 'high')", name=op.f("ck_cases_impact")),
        sa.CheckConstraint("language in ('fr', 'en')", name=op.f("ck_cases_language")),
        sa.CheckConstraint("priority in ('urgent', 'high', 'normal', 'low')", name=op.f("ck_cases_priority")),
        sa.CheckConstraint(
            "stage in ('active', 'waiting_customer', 'waiting_other', 'resolved', 'closed')",
            name=op.f("ck_cases_stage"),
        ),
        sa.CheckConstraint("urgency in ('low', 'medium', 'high')", name=op.f("ck_cases_urgency")),
        sa.CheckConstraint("duplicate_of_id <> id", name=op.f("ck_cases_not_its_own_duplicate")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_cases_not_its_own_parent")),
        _key("cases", "agent_id", "agents.id", "SET NULL"),
        _key("cases", "category_id", "case_categories.id", "RESTRICT"),
        _key("cases", "customer_id", "customers.id", "SET NULL"),
        _key("cases", "duplicate_of_id", "cases.id", "SET NULL"),
        _key("cases", "parent_id", "cases.id", "SET NULL"),
        _key("cases", "resolution_key", "case_resolutions.key", "RESTRICT"),
        _key("cases", "status", "case_statuses.key", "RESTRICT"),
        _key("cases", "template_key", "case_templates.key", "SET NULL"),
        _key("cases", "type_key", "case_types.key", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index("ix_cases_acknowledge", "cases", ["created_at"], postgresql_where=sa.text("acknowledge = 'due'"))
    op.create_index("ix_cases_agent_id", "cases", ["agent_id", "stage", "created_at", "id"])
    op.create_index("ix_cases_category_id_created_at", "cases", ["category_id", "created_at", "id"])
    op.create_index("ix_cases_created_at_id", "cases", ["created_at", "id"])
    op.create_index("ix_cases_customer_id_created_at", "cases", ["customer_id", "created_at", "id"])
    op.create_index(
        "ix_cases_due_at", "cases", ["due_at", "id"], postgresql_where=sa.text("stage not in ('resolved', 'closed')")
    )
    op.create_index(
        "ix_cases_duplicate_of_id",
        "cases",
        ["duplicate_of_id"],
        postgresql_where=sa.text("duplicate_of_id is not null"),
    )
    op.create_index(
        "ix_cases_haystack", "cases", ["haystack"], postgresql_using="gin", postgresql_ops={"haystack": "gin_trgm_ops"}
    )
    op.create_index("ix_cases_parent_id", "cases", ["parent_id"], postgresql_where=sa.text("parent_id is not null"))
    op.create_index("ix_cases_priority_rank", "cases", ["priority_rank", "id"])
    op.create_index("ix_cases_due_order", "cases", [sa.text(DUE_ORDER), "id"])
    op.create_index("ix_cases_resolved_at", "cases", ["resolved_at"], postgresql_where=sa.text("stage = 'resolved'"))
    op.create_index("ix_cases_status_created_at", "cases", ["status", "created_at", "id"])
    op.create_index("ix_cases_tags", "cases", ["tags"], postgresql_using="gin")
    op.create_index("ix_cases_status_status_since", "cases", ["status", "status_since"])
    op.create_index(
        "ix_cases_filters",
        "cases",
        ["stage", "type_key", "team", "priority", "created_at", "id"],
        postgresql_include=["status", "category_id", "agent_id"],
    )
    op.create_index("ix_cases_team_created_at", "cases", ["team", "created_at", "id"])
    op.create_index("ix_cases_type_key_created_at", "cases", ["type_key", "created_at", "id"])
    op.create_index("ix_cases_updated_at_id", "cases", ["updated_at", "id"])


def _hanging() -> None:
    op.create_table(
        "case_conversations",
        _uuid("case_id"),
        _uuid("conversation_id"),
        sa.Column("seen_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("going", sa.Boolean(), server_default=sa.true(), nullable=False),
        _at("linked_at", nullable=False),
        _key("case_conversations", "case_id", "cases.id", "CASCADE"),
        _key("case_conversations", "conversation_id", "conversations.id", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "conversation_id", name=op.f("pk_case_conversations")),
    )
    op.create_index(op.f("ix_case_conversations_conversation_id"), "case_conversations", ["conversation_id"])
    op.create_index(
        "ix_case_conversations_going", "case_conversations", ["conversation_id"], postgresql_where=sa.text("going")
    )
    op.create_table(
        "case_events",
        _uuid("case_id"),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _at("at", nullable=False),
        _word("actor"),
        _word("action"),
        sa.Column("changes", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        *_identified(),
        _key("case_events", "case_id", "cases.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("seq", name=op.f("uq_case_events_seq")),
    )
    op.create_index("ix_case_events_case_id_seq", "case_events", ["case_id", "seq"])
    op.create_table(
        "case_items",
        _uuid("case_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("texts", JSONB(), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.false(), nullable=False),
        _at("done_at", nullable=True),
        _word("done_by", nullable=True),
        *_identified(),
        _key("case_items", "case_id", "cases.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_items")),
    )
    op.create_index("ix_case_items_case_id_position", "case_items", ["case_id", "position"])
    op.create_table(
        "case_orders",
        _uuid("case_id"),
        _uuid("order_id"),
        _key("case_orders", "case_id", "cases.id", "CASCADE"),
        _key("case_orders", "order_id", "orders.id", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "order_id", name=op.f("pk_case_orders")),
    )
    op.create_index(op.f("ix_case_orders_order_id"), "case_orders", ["order_id"])
    op.create_table(
        "case_relations",
        _uuid("case_id"),
        _uuid("other_id"),
        sa.CheckConstraint("case_id < other_id", name=op.f("ck_case_relations_ordered")),
        _key("case_relations", "case_id", "cases.id", "CASCADE"),
        _key("case_relations", "other_id", "cases.id", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_case_relations")),
    )
    op.create_index(op.f("ix_case_relations_other_id"), "case_relations", ["other_id"])
    op.create_table(
        "case_watchers",
        _uuid("case_id"),
        _uuid("agent_id"),
        _key("case_watchers", "agent_id", "agents.id", "CASCADE"),
        _key("case_watchers", "case_id", "cases.id", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "agent_id", name=op.f("pk_case_watchers")),
    )
    op.create_index(op.f("ix_case_watchers_agent_id"), "case_watchers", ["agent_id"])
    op.create_table(
        "case_comments",
        _uuid("case_id"),
        _word("author"),
        _uuid("agent_id", nullable=True),
        _word("body", server_default=""),
        _uuid("message_id", nullable=True),
        _at("edited_at", nullable=True),
        _version(),
        *_identified(),
        _key("case_comments", "agent_id", "agents.id", "SET NULL"),
        _key("case_comments", "case_id", "cases.id", "CASCADE"),
        _key("case_comments", "message_id", "messages.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_comments")),
    )
    op.create_index("ix_case_comments_case_id_created_at", "case_comments", ["case_id", "created_at", "id"])
    op.create_index(op.f("ix_case_comments_message_id"), "case_comments", ["message_id"])
    op.create_table(
        "case_files",
        _uuid("case_id"),
        _uuid("file_id"),
        _word("added_by"),
        _at("added_at", nullable=False),
        _key("case_files", "case_id", "cases.id", "CASCADE"),
        _key("case_files", "file_id", "attachments.id", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "file_id", name=op.f("pk_case_files")),
    )
    op.create_index(op.f("ix_case_files_file_id"), "case_files", ["file_id"])
    op.add_column("attachments", _word("held_by", nullable=True))


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _identified() -> list[sa.Column[Any]]:
    made = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    return [sa.Column("id", sa.Uuid(), nullable=False), made]


def _word(name: str, *, nullable: bool = False, server_default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable, server_default=server_default)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, target: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.split('.', maxsplit=1)[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _loose(where: str) -> None:
    op.drop_index("ix_attachments_unused", table_name="attachments")
    op.create_index("ix_attachments_unused", "attachments", ["created_at"], postgresql_where=sa.text(where))


TYPES = (
    ("question", "Question", "Question", None, None, 3),
    ("request", "Demande", "Request", None, None, 7),
    ("complaint", "Réclamation", "Complaint", None, None, 14),
    ("return", "Retour", "Return", None, None, 14),
    ("incident", "Incident", "Incident", None, None, 7),
    ("privacy_request", "Demande relative aux données personnelles", "Privacy request", 1, 2, 30),
)
STATUSES = (
    ("new", "Nouveau", "New", "active"),
    ("open", "En cours", "Open", "active"),
    ("waiting_on_customer", "En attente du client", "Waiting on customer", "waiting_customer"),
    ("waiting_on_third_party", "En attente d’un tiers", "Waiting on third party", "waiting_other"),
    ("resolved", "Résolu", "Resolved", "resolved"),
    ("closed", "Clos", "Closed", "closed"),
    ("reopened", "Rouvert", "Reopened", "active"),
)
RESOLUTIONS = (
    ("solved", "Résolu", "Solved"),
    ("answered", "Réponse donnée", "Answered"),
    ("refunded", "Remboursé", "Refunded"),
    ("replaced", "Remplacé", "Replaced"),
    ("goodwill", "Geste commercial", "Goodwill gesture"),
    ("refused", "Refusé, motif expliqué", "Refused, with the reason"),
    ("withdrawn", "Retiré par le client", "Withdrawn by the customer"),
    ("no_answer", "Client sans réponse", "Customer did not answer"),
    ("duplicate", "Doublon", "Duplicate"),
    ("not_a_case", "Sans objet", "Not a case"),
)
MATRIX = {
    "low": {"low": "low", "medium": "low", "high": "normal"},
    "medium": {"low": "low", "medium": "normal", "high": "high"},
    "high": {"low": "normal", "medium": "high", "high": "urgent"},
}
WORKING = ("open", "waiting_on_customer", "waiting_on_third_party", "reopened")
DONE: dict[str | None, list[str]] = {
    None: ["resolution_code", "checklist"],
    "complaint": ["resolution_code", "resolution_summary", "agent", "checklist"],
    "privacy_request": ["resolution_code", "resolution_summary", "agent", "checklist"],
}
"""What resolving a case needs; types named here have steps of their own."""


def _seed() -> None:
    types, statuses, resolutions, matrix, steps = (
        sa.table(name, *(sa.column(each) for each in columns.split()), sa.column("names", JSONB))
        for name, columns in (
            ("case_types", "key position due_months extend_months close_after_days"),
            ("case_statuses", "key stage position"),
            ("case_resolutions", "key position"),
            ("case_priorities", "impact urgency priority"),
            ("case_transitions", "id type_key from_status to_status needs permission"),
        )
    )
    op.bulk_insert(
        types,
        [
            {"key": key, "names": {"fr": fr, "en": en}, "position": place, "due_months": due, "extend_months": more,
             "close_after_days": days}
            for place, (key, fr, en, due, more, days) in enumerate(TYPES)
        ],
    )  # fmt: skip
    op.bulk_insert(
        statuses,
        [
            {"key": key, "names": {"fr": fr, "en": en}, "stage": stage, "position": place}
            for place, (key, fr, en, stage) in enumerate(STATUSES)
        ],
    )
    op.bulk_insert(
        resolutions,
        [
            {"key": key, "names": {"fr": fr, "en": en}, "position": place}
            for place, (key, fr, en) in enumerate(RESOLUTIONS)
        ],
    )
    rows = [
        {"impact": impact, "urgency": urgency, "priority": priority}
        for impact, row in MATRIX.items()
        for urgency, priority in row.items()
    ]
    op.bulk_insert(matrix, rows)
    op.bulk_insert(steps, [step for type_key in DONE for step in _steps(type_key)])


def _steps(type_key: str | None) -> list[dict[str, Any]]:
    steps: list[tuple[str, str, list[str], str]] = [("new", "closed", ["reason"], "cases.write")]
    for start in ("new", *WORKING):
        asked = {"waiting_on_third_party": ["reason"], "resolved": DONE[type_key]}
        targets = [to for to in (*WORKING[:3], "resolved") if to != start and (start, to) != ("reopened", "open")]
        steps += [(start, to, asked.get(to, []), "cases.write") for to in targets]
    steps += [
        ("reopened", "open", [], "cases.write"),
        ("resolved", "closed", [], "cases.write"),
        ("resolved", "reopened", ["reason"], "cases.write"),
        ("closed", "reopened", ["reason"], "cases.reopen"),
    ]
    return [
        {"id": uuid.uuid4(), "type_key": type_key, "from_status": start, "to_status": to, "needs": needs,
         "permission": permission}
        for start, to, needs, permission in steps
    ]  # fmt: skip
