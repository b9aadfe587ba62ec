"""The tables of browser push: our keys, the browsers that asked for it, and what is on its way to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, utc_now


class PushKeys(Base):
    """The pair of keys by which push services know this installation (RFC 8292): one row, made on first use. The
    private one is sealed."""

    __tablename__ = "push_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[str]
    private: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())

    __table_args__ = (CheckConstraint("id = 1", name="one"),)


class PushSubscription(Identified, Base):
    """One browser that an agent is signed in with and wants to be told by; it goes with the session. `endpoint` is an
    address of the browser's push service, `p256dh` and `auth` are what is encrypted for it with (RFC 8291)."""

    __tablename__ = "push_subscriptions"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("agent_sessions.id", ondelete="CASCADE"), unique=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    paused_until: Mapped[datetime | None]


class Push(Identified, Base):
    """One thing on its way to one browser, once for each `cause` (a message, an offer, a note). It is `taken` before it
    is sent, so that nothing is sent twice, and waits again when the push service says that it did not take it."""

    __tablename__ = "pushes"

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("push_subscriptions.id", ondelete="CASCADE"))
    kind: Mapped[str]
    cause: Mapped[UUID]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    who: Mapped[str] = mapped_column(default="", server_default="")
    """The first name of a colleague, never of a customer."""
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("kind in ('mention', 'reminder', 'returned', 'offer', 'message')", name="kind"),
        CheckConstraint("state in ('waiting', 'taken')", name="state"),
        UniqueConstraint("subscription_id", "kind", "cause"),
        Index("ix_pushes_due", "available_at", postgresql_where=sql("state = 'waiting'")),
        Index("ix_pushes_expires_at", "expires_at"),
    )
