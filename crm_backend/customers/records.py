"""What is kept beside a customer's profile: consents, tags, notes, documents, groups and a company's own attributes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

ATTRIBUTE_KINDS = ("text", "number", "date", "boolean", "choice", "url")
GROUP_KINDS = ("household", "company")


class ConsentEvent(Identified, Base):
    """One thing that a customer agreed to or refused, never changed: what holds is the last of a purpose and channel.

    `channel` is empty for every channel. `how` says by which way they said it, `wording` what they were shown.
    """

    __tablename__ = "consent_events"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    channel: Mapped[str] = mapped_column(default="", server_default="")
    given: Mapped[bool]
    how: Mapped[str]
    wording: Mapped[str] = mapped_column(default="", server_default="")
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        Index("ix_consent_events_customer_id_purpose_channel_at", "customer_id", "purpose", "channel", "at"),
        Index("ix_consent_events_customer_id_at", "customer_id", "at", "id"),
    )


class Tag(Identified, Base):
    """A word that customers are sorted by; `key` is what makes two of them the same."""

    __tablename__ = "tags"

    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)


class CustomerTag(Base):
    """A tag on a customer."""

    __tablename__ = "customer_tags"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Note(Identified, Versioned, Base):
    """What an agent wrote down about a customer, for colleagues only."""

    __tablename__ = "customer_notes"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    author: Mapped[str]
    text: Mapped[str]
    pinned: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    edited_at: Mapped[datetime | None]
    edited_by: Mapped[str | None]

    __table_args__ = (Index("ix_customer_notes_customer_id_created_at", "customer_id", "created_at", "id"),)


class Document(Identified, Base):
    """A kept file that belongs to a customer rather than to a message."""

    __tablename__ = "customer_documents"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachments.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str]
    actor: Mapped[str]

    __table_args__ = (Index("ix_customer_documents_customer_id_created_at", "customer_id", "created_at", "id"),)


class Group(Identified, Versioned, Base):
    """A household or a company whose members are customers."""

    __tablename__ = "customer_groups"

    kind: Mapped[str]
    name: Mapped[str]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    demo: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("kind in ('household', 'company')", name="kind"),
        Index("ix_customer_groups_name", sql("relais_plain(name) text_pattern_ops")),
    )


class Member(Base):
    """A customer's place in a group."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("customer_groups.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    since: Mapped[datetime] = mapped_column(default=utc_now)


class AttributeDefinition(Identified, Versioned, Base):
    """A field that the company adds to its customers. Values know it by `id`, so that its `key` may change."""

    __tablename__ = "attribute_definitions"

    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    labels: Mapped[dict[str, str]]
    required: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    is_unique: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    choices: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))
    """Of a choice: `{"value": ..., "labels": {"fr": ..., "en": ...}}`, in the order they are offered."""
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    """`pattern` and `longest` of texts, `least` and `most` of numbers and dates."""
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("kind in ('" + "', '".join(ATTRIBUTE_KINDS) + "')", name="kind"),
        CheckConstraint("kind not in ('boolean', 'choice') or not is_unique", name="unique_kind"),
    )


class AttributeValue(Base):
    """What a customer has there: a JSON string, number or boolean. `unique_key` repeats it where all must differ."""

    __tablename__ = "attribute_values"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(
        ForeignKey("attribute_definitions.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[Any] = mapped_column(JSONB)
    unique_key: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("definition_id", "unique_key"),
        Index("ix_attribute_values_definition_id_value", "definition_id", sql("(value #>> '{}')")),
    )
