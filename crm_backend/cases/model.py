"""Cases, what hangs on them, and everything that ever happened to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, Sequence, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.cases.settings_model import LEVELS, PRIORITIES, STAGES, among
from crm_backend.database import Base, Identified, Versioned, utc_now

NUMBERS = Sequence("case_numbers", metadata=Base.metadata)
"""What case numbers count by. Gaps are of no consequence."""
ACCENTED, BARE = "àâäéèêëîïôöùûüÿçñ", "aaaeeeeiioouuuycn"
_HAYSTACK = f"translate(lower(number || ' ' || subject), '{ACCENTED}', '{BARE}')"
DUE_ORDER = "COALESCE(due_at, '9999-12-31 00:00:00+00'::timestamp with time zone)"
"""What cases are sorted by when it is by due date: those without one come last."""
_RANK = "case priority when 'urgent' then 1 when 'high' then 2 when 'normal' then 3 else 4 end"


class Case(Versioned, Identified, Base):
    """Something that a customer wants, and that somebody sees to.

    `number` is what people say (`C-2026-000123`). `stage` is what `status` means (`settings_model.STAGES`), kept beside
    it for clocks and lists. `fields` holds what a template asked for. `acknowledge` is where the mail that tells the
    customer stands: none is owed, it is `due`, it was `sent`, or there was `no_way`.
    """

    __tablename__ = "cases"

    number: Mapped[str] = mapped_column(unique=True)
    type_key: Mapped[str] = mapped_column(ForeignKey("case_types.key", ondelete="RESTRICT"))
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_categories.id", ondelete="RESTRICT"))
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(default="fr")
    channel: Mapped[str | None]
    status: Mapped[str] = mapped_column(ForeignKey("case_statuses.key", ondelete="RESTRICT"))
    stage: Mapped[str]
    impact: Mapped[str] = mapped_column(default="medium")
    urgency: Mapped[str] = mapped_column(default="medium")
    priority: Mapped[str] = mapped_column(default="normal")
    priority_rank: Mapped[int] = mapped_column(Computed(_RANK, persisted=True))
    team: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    template_key: Mapped[str | None] = mapped_column(ForeignKey("case_templates.key", ondelete="SET NULL"))
    due_at: Mapped[datetime | None]
    due_extended: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    resolution_key: Mapped[str | None] = mapped_column(ForeignKey("case_resolutions.key", ondelete="RESTRICT"))
    resolution_summary: Mapped[str] = mapped_column(default="", server_default="")
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))
    opened_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    status_since: Mapped[datetime] = mapped_column(default=utc_now)
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(default=0, server_default="0")
    acknowledge: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    haystack: Mapped[str] = mapped_column(Computed(_HAYSTACK, persisted=True), deferred=True)
    """What the text of a list's filter is looked for in: small letters without accents."""

    __table_args__ = (
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint(among("stage", STAGES), name="stage"),
        CheckConstraint(among("impact", LEVELS), name="impact"),
        CheckConstraint(among("urgency", LEVELS), name="urgency"),
        CheckConstraint(among("priority", PRIORITIES), name="priority"),
        CheckConstraint("acknowledge in ('due', 'sent', 'no_way')", name="acknowledge"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("duplicate_of_id <> id", name="not_its_own_duplicate"),
        Index("ix_cases_status_created_at", "status", "created_at", "id"),
        Index("ix_cases_status_status_since", "status", "status_since"),
        Index(
            "ix_cases_filters",
            "stage",
            "type_key",
            "team",
            "priority",
            "created_at",
            "id",
            postgresql_include=["status", "category_id", "agent_id"],
        ),
        Index("ix_cases_team_created_at", "team", "created_at", "id"),
        Index("ix_cases_agent_id", "agent_id", "stage", "created_at", "id"),
        Index("ix_cases_customer_id_created_at", "customer_id", "created_at", "id"),
        Index("ix_cases_type_key_created_at", "type_key", "created_at", "id"),
        Index("ix_cases_category_id_created_at", "category_id", "created_at", "id"),
        Index("ix_cases_created_at_id", "created_at", "id"),
        Index("ix_cases_updated_at_id", "updated_at", "id"),
        Index("ix_cases_priority_rank", "priority_rank", "id"),
        Index("ix_cases_due_order", text(DUE_ORDER), "id"),
        Index("ix_cases_due_at", "due_at", "id", postgresql_where=text("stage not in ('resolved', 'closed')")),
        Index("ix_cases_resolved_at", "resolved_at", postgresql_where=text("stage = 'resolved'")),
        Index("ix_cases_acknowledge", "created_at", postgresql_where=text("acknowledge = 'due'")),
        Index("ix_cases_parent_id", "parent_id", postgresql_where=text("parent_id is not null")),
        Index("ix_cases_duplicate_of_id", "duplicate_of_id", postgresql_where=text("duplicate_of_id is not null")),
        Index("ix_cases_tags", "tags", postgresql_using="gin"),
        Index("ix_cases_haystack", "haystack", postgresql_using="gin", postgresql_ops={"haystack": "gin_trgm_ops"}),
    )


class CaseEvent(Identified, Base):
    """One thing that happened to a case, never changed afterwards. `seq` grows with time.

    `action` is one of `events.ACTIONS`; `changes` is `{field: {"old": …, "new": …}}`; `details` what else there is to
    tell: a comment's or a message's identifier, a reason.
    """

    __tablename__ = "case_events"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[str]
    action: Mapped[str]
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))

    __table_args__ = (Index("ix_case_events_case_id_seq", "case_id", "seq"),)


class CaseComment(Versioned, Identified, Base):
    """What was written on a case: for colleagues, or to the customer, and then the words are those of a message."""

    __tablename__ = "case_comments"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    body: Mapped[str] = mapped_column(default="", server_default="")
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    edited_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_case_comments_case_id_created_at", "case_id", "created_at", "id"),)


class CaseItem(Identified, Base):
    """One item of a case's checklist. `texts` are by language; `done_by` is an actor's name."""

    __tablename__ = "case_items"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    position: Mapped[int]
    texts: Mapped[dict[str, str]]
    required: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]

    __table_args__ = (Index("ix_case_items_case_id_position", "case_id", "position"),)


class CaseWatcher(Base):
    """An agent who is told of what happens to a case that somebody else works on."""

    __tablename__ = "case_watchers"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)


class CaseConversation(Base):
    """A conversation that a case is about. `seen_seq` is the last message that the case has taken note of; it does so
    while it is `going`: not closed."""

    __tablename__ = "case_conversations"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    going: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    linked_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (Index("ix_case_conversations_going", "conversation_id", postgresql_where=text("going")),)


class CaseOrder(Base):
    """An order that a case is about."""

    __tablename__ = "case_orders"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True, index=True)


class CaseRelation(Base):
    """Two cases that have to do with each other, the lesser identifier first."""

    __tablename__ = "case_relations"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True)

    __table_args__ = (CheckConstraint("case_id < other_id", name="ordered"),)


class CaseFile(Base):
    """A file kept with a case, or with a comment on it."""

    __tablename__ = "case_files"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(
        ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_comments.id", ondelete="SET NULL"), index=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(default=utc_now)
