"""The log of what happened, and the queue of who has still to hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, utc_now


class EventCounter(Base):
    """How many events an object has. Its lock puts the events of one object in the order of their transactions."""

    __tablename__ = "event_counters"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    last: Mapped[int]


class Event(Identified, Base):
    """One thing that happened to an object, stored in the transaction that made it so. `data` holds identifiers and the
    words of our own lists, nothing personal. `chain` names the rules that led to it, the first one first."""

    __tablename__ = "events"

    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    seq: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    actor: Mapped[str] = mapped_column(default="system", server_default="system")
    chain: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))

    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        Index("ix_events_created_at", "created_at"),
    )


class QueuedEvent(Base):
    """An event that a consumer has still to work through; gone once it has. `dead` after too many failures."""

    __tablename__ = "event_queue"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_error: Mapped[str | None]

    event: Mapped[Event] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("state in ('waiting', 'dead')", name="state"),
        # As `claim` sorts: without the last column it reads and sorts all that waits.
        Index(
            "ix_event_queue_waiting", "consumer", "available_at", "event_id", postgresql_where=sql("state = 'waiting'")
        ),
        Index(
            "ix_event_queue_subject",
            "consumer",
            "subject_kind",
            "subject_id",
            "seq",
            postgresql_where=sql("state = 'waiting'"),
        ),
        Index("ix_event_queue_event_id", "event_id"),
    )
