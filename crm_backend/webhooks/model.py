"""Subscriptions of other programs, and each event on its way to one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned, utc_now


class Subscription(Identified, Versioned, Base):
    """An address that is told of some kinds of event. `secrets` is sealed by the caller: what signs now, and what
    signed before and is still signed with until `previous_until`."""

    __tablename__ = "webhook_subscriptions"

    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String))
    """Kinds of event, `case.*` for all of a noun, `*` for all."""
    enabled: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    secrets: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    previous_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Deliveries that have failed since the last that did not."""
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    stopped: Mapped[str | None]
    """Why we switched it off: `gone` (it said so) or `failing` (for days). Null while it is on, or was switched off."""
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (CheckConstraint("stopped in ('gone', 'failing')", name="stopped"),)


class WebhookDelivery(Identified, Base):
    """One event on its way to one subscriber. `dead` after too many tries, until it is replayed."""

    __tablename__ = "webhook_deliveries"

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscriptions.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    seq: Mapped[int]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    status: Mapped[int | None]
    """The HTTP status that the last try was answered with."""
    error: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    subscription: Mapped[Subscription] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sending', 'delivered', 'dead')", name="state"),
        UniqueConstraint("subscription_id", "event_id"),
        Index(
            "ix_webhook_deliveries_open",
            "subscription_id",
            "subject_kind",
            "subject_id",
            "seq",
            postgresql_where=sql("state in ('waiting', 'sending')"),
        ),
        Index("ix_webhook_deliveries_due", "available_at", postgresql_where=sql("state in ('waiting', 'sending')")),
        Index("ix_webhook_deliveries_subscription_id_id", "subscription_id", "id"),
        Index("ix_webhook_deliveries_ended_at", "ended_at"),
    )
