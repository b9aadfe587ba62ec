"""Which tables and columns may be exported, and what it takes: secrets never leave, whoever asks."""

from __future__ import annotations

import re

from sqlalchemy import Column, LargeBinary, Table
from sqlalchemy.dialects.postgresql import TSVECTOR

from crm_backend.access.actor import Actor
from crm_backend.database import Base
from crm_backend.errors import NotFound

WITHHELD = frozenset(
    {
        "agent_links",
        "agent_recovery_codes",
        "agent_sessions",
        "join_codes",
        "kept_answers",
        "portal_tokens",
        "portal_visits",
        "push_keys",
        "push_subscriptions",
        "sign_in_tries",
    }
)
"""Tables of nothing but keys to other doors, and of answers that may repeat one."""
_SECRET = re.compile(r"(^|_)(password|token|secret|secrets|csrf|signature|code_hash|hash|otp|pin)(_|$)")
_NO_SECRET = frozenset({("audit_log", "hash")})
_READ_WITH: dict[str, str] = {
    "customers.read": """
        addresses attribute_definitions attribute_values attachments changed_customers consent_events
        contact_preferences customer_documents customer_groups customer_notes customer_tags customer_values customers
        duplicate_pairs group_members identities loyalty_adjustments loyalty_levels loyalty_members loyalty_programme
        merge_steps merges notifications tags
        """,
    "segments.read": "product_pairs score_cuts segments stage_changes value_models value_runs value_settings",
    "orders.read": """
        gift_card_entries gift_cards invoice_counters invoices order_commands order_lines orders payments policies
        promo_code_uses promo_codes refund_parts refunds return_files return_lines returns shipments tracking_events
        verification_attempts
        """,
    "catalogue.read": "products shops variants",
    "cases.read": """
        bookings booking_schedules calendar_days calendars case_categories case_clocks case_comments case_conversations
        case_events case_files case_items case_orders case_priorities case_relations case_resolutions case_statuses
        case_templates case_transitions case_types case_watchers cases contract_uses event_counters event_queue events
        rule_runs rule_timers rules service_contracts service_policies service_policy_versions
        """,
    "conversations.read": """
        answer_drafts conversation_helpers conversation_notes note_mentions reminders conversation_tags conversations
        gift_card_tries held_answers macros messages outbox participants promo_code_tries proof_codes queue_entries
        pushes ratings routing_offers saved_filters sent_parts turns
        closing_reasons satisfaction_asks satisfaction_settings solved_conversations suggestion_outcomes wrap_up_rules
        wrap_ups repeated_facts whispers
        """,
    "knowledge.read": """
        article_addresses article_categories article_files article_middles article_opinions article_searches
        article_stems article_terms article_tests article_translations article_versions article_views article_words
        articles canned_replies canned_vectors passages question_groups synonyms unanswered_questions
        """,
    "agents.read": """
        agent_notices agent_presence agent_skills agents board_targets channel_weights mention_settings roles
        sign_in_rules skills team_members teams
        """,
    "channels.configure": "accounts",
    "keys.configure": "api_keys",
    "webhooks.configure": "webhook_deliveries webhook_subscriptions",
    "customers.erase": "erasures",
    "privacy.configure": "retention_rules retention_runs",
    "reports.read": """
        form_ends report_contacts report_mailings report_progress report_recipients report_sends report_stays
        """,
    "audit.read": "audit_log",
}
NEEDS = {name: permission for permission, listed in _READ_WITH.items() for name in listed.split()}
"""What one must be allowed to read to take a table away: exporting shows nobody what they could not see. A table that
is not here is exported by nobody; a test says so."""


def names() -> list[str]:
    """The tables that can be exported, by name."""
    return sorted(NEEDS.keys() & Base.metadata.tables.keys())


def offered(actor: Actor) -> list[tuple[str, list[str]]]:
    """The tables that the actor may export, with their columns. Raises NotAllowed."""
    actor.need("tables.export")
    return [
        (name, [column.name for column in columns(Base.metadata.tables[name])])
        for name in names()
        if actor.may(NEEDS[name])
    ]


def permitted(name: str, *, actor: Actor) -> Table:
    """The table. Raises NotFound when there is none that can be exported, and NotAllowed."""
    actor.need("tables.export")
    if name not in names():
        raise NotFound("no such table")
    actor.need(NEEDS[name])
    return Base.metadata.tables[name]


def columns(table: Table) -> list[Column[object]]:
    """What is exported of it: all but passwords, tokens, sealed settings, and what only searches read."""
    return [column for column in table.columns if not _is_withheld(column)]


def _is_withheld(column: Column[object]) -> bool:
    if (column.table.name, column.name) in _NO_SECRET:
        return False
    of_machines = isinstance(column.type, LargeBinary | TSVECTOR) or type(column.type).__name__ == "VECTOR"
    return of_machines or _SECRET.search(column.name) is not None
