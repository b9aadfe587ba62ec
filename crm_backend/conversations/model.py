"""Conversations, their messages, and the two queues that move them: turns to think about, and replies to send."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Base, Identified, utc_now


class Conversation(Identified, Base):
    """An exchange with one person over one channel.

    `owner` says who answers: `bot`, `queue:<team>`, `agent:<id>` or `nobody` (closed). It changes only by
    compare-and-set on `version`, in the transaction that also stores what the change goes with.
    """

    __tablename__ = "conversations"

    channel: Mapped[str]
    address: Mapped[str]
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identities.id"), index=True)
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

    identity: Mapped[Identity] = relationship()
    customer: Mapped[Customer | None] = relationship()

    __table_args__ = (
        CheckConstraint("proof in ('anonymous', 'channel', 'verified', 'signed_in')", name="proof"),
        CheckConstraint("owner in ('bot', 'nobody') or owner like 'queue:%' or owner like 'agent:%'", name="owner"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("mood in ('calm', 'upset')", name="mood"),
        Index("ix_conversations_owner_last_message_at", "owner", "last_message_at"),
        Index("ix_conversations_owner_waiting_since", "owner", "waiting_since"),
    )


class Message(Identified, Base):
    """One thing said. `seq` counts from 1 without gaps in its conversation."""

    __tablename__ = "messages"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    channel: Mapped[str]
    external_id: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    understanding: Mapped[dict[str, Any] | None]
    delivery: Mapped[str | None]

    conversation: Mapped[Conversation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
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
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    platform_id: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]

    message: Mapped[Message] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("state in ('queued', 'sending', 'sent', 'failed')", name="state"),
        Index(
            "ix_outbox_unsent",
            "conversation_id",
            "seq",
            postgresql_where=sql("state in ('queued', 'sending')"),
        ),
    )
