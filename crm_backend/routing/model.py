"""The record of every wait in a queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class QueueEntry(Identified, Base):
    """One stay of a conversation in a team's queue, from the hand-over until somebody took it or it ended."""

    __tablename__ = "queue_entries"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    team: Mapped[str]
    reason: Mapped[str]
    entered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    left_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_queue_entries_waiting",
            "conversation_id",
            unique=True,
            postgresql_where=sql("left_at is null"),
        ),
        Index("ix_queue_entries_taken_at", "taken_at"),
    )
