"""The tables of notifications and of what customers want to be told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, utc_now


class Notification(Identified, Base):
    """One thing to tell one customer, once: `subject` names what it is about, such as a shipment.

    `waiting` until `due_at`; then `sent` (a message carries it), or `dropped` for the `reason` given.
    """

    __tablename__ = "notifications"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="waiting")
    reason: Mapped[str | None]
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    tried: Mapped[list[Any]] = mapped_column(default=list)
    """The routes it was sent by, as `channel/account/address`: none is tried twice."""

    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint("state in ('waiting', 'sent', 'dropped')", name="state"),
        Index("ix_notifications_waiting", "due_at", postgresql_where=sql("state = 'waiting'")),
        Index("ix_notifications_customer_id_sent_at", "customer_id", "sent_at"),
    )


class ContactPreference(Base):
    """What a customer said about being written to unasked. Without a row: told what their orders are owed, no more."""

    __tablename__ = "contact_preferences"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    unasked: Mapped[bool] = mapped_column(default=True)
    channel: Mapped[str | None]
    hours_from: Mapped[time | None]
    hours_until: Mapped[time | None]
    """When they want to be written to, by their own clock or else the company's; may span midnight."""
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
