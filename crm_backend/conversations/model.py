"""Conversations, their messages, and the two queues that move them: turns to think about, and replies to send."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    literal_column,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from crm_backend.attachments.model import Attachment
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Base, Identified, utc_now

UNFINISHED: tuple[ColumnElement[str], ...] = (literal_column("'queued'"), literal_column("'running'"))
"""States of turns that are still to be thought about. Written into the statement, not bound to it: only so does
PostgreSQL see that `ix_turns_unfinished` will do."""


class Conversation(Identified, Base):
    """An exchange with one person. `channel`, `account` and `address` say where they last wrote: answers go there.

    `owner` says who answers: `bot`, `queue:<team>`, `agent:<id>` or `nobody` (closed). It changes only by
    compare-and-set on `version`, in the transaction that also stores what the change goes with.
    """

    __tablename__ = "conversations"

    channel: Mapped[str]
    account: Mapped[str] = mapped_column(default="main", server_default="main")
    address: Mapped[str]
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"), index=True)
    team: Mapped[str] = mapped_column(default="support", server_default="support")
    subject: Mapped[str | None]
    continues_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    proof: Mapped[str] = mapped_column(default="anonymous")
    owner: Mapped[str] = mapped_column(default="bot")
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(default="fr")
    language_pinned: Mapped[bool] = mapped_column(default=False)
    dialogue_state: Mapped[dict[str, Any] | None]
    passport: Mapped[dict[str, Any] | None]
    topic: Mapped[str | None]
    mood: Mapped[str] = mapped_column(default="calm")
    priority: Mapped[str] = mapped_column(default="normal")
    last_seq: Mapped[int] = mapped_column(default=0)
    agent_seen_seq: Mapped[int] = mapped_column(default=0)
    customer_seen_seq: Mapped[int] = mapped_column(default=0)
    last_message_at: Mapped[datetime] = mapped_column(default=utc_now)
    waiting_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    answer_by: Mapped[dict[str, Any] | None]
    """Where a person's first answer was promised to go, instead of to a page that is closed by then."""
    snoozed_at: Mapped[datetime | None]
    """Since when its agent has it out of sight, until `snoozed_until`, or until the customer writes where that is
    empty; `returned_at` is when it came back into sight, until it is dealt with."""
    snoozed_until: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    tag_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    """The company's tags that it has (`crm_backend.tags`), in the order in which they were put on."""

    identity: Mapped[Identity] = relationship()
    customer: Mapped[Customer | None] = relationship()

    @validates("owner")
    def _not_snoozed(self, _name: str, owner: str) -> str:
        """Who gets it has not put it off."""
        self.snoozed_at = self.snoozed_until = self.returned_at = None
        return owner

    __table_args__ = (
        CheckConstraint("proof in ('anonymous', 'channel', 'verified', 'signed_in')", name="proof"),
        CheckConstraint("owner in ('bot', 'nobody') or owner like 'queue:%' or owner like 'agent:%'", name="owner"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("mood in ('calm', 'upset')", name="mood"),
        Index("ix_conversations_owner_last_message_at", "owner", "last_message_at"),
        Index("ix_conversations_owner_waiting_since", "owner", "waiting_since"),
        Index("ix_conversations_last_message_at_id", "last_message_at", "id"),
        Index("ix_conversations_created_at_id", "created_at", "id"),
        Index("ix_conversations_live", "owner", postgresql_where=sql("owner <> 'nobody'")),
        Index("ix_conversations_snoozed_until", "snoozed_until", postgresql_where=sql("snoozed_until is not null")),
        # Most have none, and are not in it.
        Index("ix_conversations_tag_ids", "tag_ids", postgresql_using="gin", postgresql_where=sql("tag_ids <> '{}'")),
    )


class Participant(Base):
    """Somebody who may write in a conversation, and where: one row for each identity and channel it was joined from."""

    __tablename__ = "participants"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    last_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (Index("ix_participants_identity_id", "identity_id", "channel", "last_at"),)


class JoinCode(Identified, Base):
    """A code that lets the person of a conversation go on with it on another channel. Kept as a hash, good once."""

    __tablename__ = "join_codes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Rating(Identified, Base):
    """What a customer said of a conversation at its end, once; `author` and `agent_id` say who had answered last."""

    __tablename__ = "ratings"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), unique=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    author: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    channel: Mapped[str]
    language: Mapped[str]
    team: Mapped[str | None]
    topic: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        CheckConstraint("score between 1 and 5", name="score"),
        CheckConstraint("author in ('bot', 'agent')", name="author"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        Index("ix_ratings_agent_id_created_at", "agent_id", "created_at"),
        Index("ix_ratings_created_at_id", "created_at", "id"),
    )


class Message(Identified, Base):
    """One thing said. `seq` counts from 1 without gaps in its conversation, in the order of arrival.

    `place` is where it is shown: the same as `seq`, but between its neighbours for one that arrived after messages the
    platform says were written later (`platform_order`).
    """

    __tablename__ = "messages"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    place: Mapped[float]
    platform_order: Mapped[int | None] = mapped_column(BigInteger)
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id"))
    channel: Mapped[str]
    account: Mapped[str] = mapped_column(default="main", server_default="main")
    external_id: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    understanding: Mapped[dict[str, Any] | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    """What the channel told beside the content: a mail's subject and identifiers, why it was put here."""
    delivery: Mapped[str | None]

    conversation: Mapped[Conversation] = relationship(lazy="raise")
    files: Mapped[list[Attachment]] = relationship(lazy="raise", order_by=Attachment.position)

    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index("ix_messages_conversation_id_place", "conversation_id", "place"),
        Index(
            "ix_messages_week_words",
            sql("relais_week_words(created_at, text)"),
            postgresql_using="gin",
            # What waits to be put in is put in by whoever looks for words (`reading.said`).
            postgresql_with={"fastupdate": "on", "gin_pending_list_limit": 256},
        ),
        Index(
            "ix_messages_help_page",
            "created_at",
            postgresql_where=sql("details #>> '{page,url}' ~ '/(fr/aide|en/help)/'"),
        ),
        Index("ix_messages_asked_from", "created_at", postgresql_where=sql("details ? 'asked_from'")),
        Index("ix_messages_take_down", "created_at", postgresql_where=sql("details ? 'take_down'")),
        CheckConstraint("author in ('customer', 'bot', 'agent', 'system')", name="author"),
        Index(
            "uq_messages_channel_external_id",
            "channel",
            "external_id",
            unique=True,
            postgresql_where=sql("external_id is not null"),
        ),
    )


class Turn(Identified, Base):
    """A customer's message waiting to be thought about. Only the oldest unfinished one of a conversation may run."""

    __tablename__ = "turns"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'skipped')", name="state"),
        Index(
            "ix_turns_unfinished",
            "conversation_id",
            "seq",
            postgresql_where=sql("state in ('queued', 'running')"),
        ),
    )


class OutboxItem(Identified, Base):
    """A reply on its way to a channel."""

    __tablename__ = "outbox"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    seq: Mapped[int]
    channel: Mapped[str]
    account: Mapped[str] = mapped_column(default="main", server_default="main")
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the attempts, those that ended in an error nobody foresaw."""
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    platform_id: Mapped[str | None]
    last_error: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it was given up, as one of `deliveries.Reason`; its details are the last error."""
    secret: Mapped[str | None]
    """What is shown as `hiding.HIDDEN` everywhere but where it goes; gone once it has been sent or given up."""
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("state in ('queued', 'sending', 'sent', 'failed')", name="state"),
        CheckConstraint("reason in ('unreachable', 'window', 'content', 'settings', 'late', 'fault')", name="reason"),
        Index(
            "ix_outbox_due",
            "channel",
            "account",
            "available_at",
            postgresql_where=sql("state in ('queued', 'sending')"),
        ),
        Index("ix_outbox_leased", "lease", postgresql_where=sql("state = 'sending' and lease is not null")),
        Index("ix_outbox_failed", "failed_at", postgresql_where=sql("state = 'failed'")),
        Index(
            "ix_outbox_unsent",
            "conversation_id",
            "seq",
            postgresql_where=sql("state in ('queued', 'sending')"),
        ),
    )


class SentPart(Base):
    """A platform message that carries one of ours, or a part of it. Receipts and quotes name it."""

    __tablename__ = "sent_parts"

    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    platform_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    part: Mapped[int]
    state: Mapped[str] = mapped_column(default="sent")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
