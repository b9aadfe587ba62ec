"""The record of every wait in a queue, and of every offer that was made to end one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class QueueEntry(Identified, Base):
    """One stay of a conversation, or of a case, in a team's queue: from the hand-over until somebody took it or it
    ended; and, once taken, until they were done with it (`ended_at`).

    `front` is for what had been given to somebody already. `needs` are skills asked for by hand
    (`[{"kind", "value", "level"}]`). `predicted_seconds` is what was foreseen when it came, `ahead` how many were
    before it then, `points` its bonus in minutes.
    """

    __tablename__ = "queue_entries"

    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    team: Mapped[str]
    reason: Mapped[str]
    entered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    left_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    front: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    needs: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))
    foreseen_at: Mapped[datetime | None]
    predicted_seconds: Mapped[float | None]
    ahead: Mapped[int | None]
    points: Mapped[float | None]
    told_at: Mapped[datetime | None]
    """When the customer was last told, by a message, how long they wait; `told_ahead` and `told_minutes` are what."""
    told_ahead: Mapped[int | None]
    told_minutes: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(conversation_id, case_id) = 1", name="one_thing"),
        Index(
            "uq_queue_entries_waiting",
            "conversation_id",
            unique=True,
            postgresql_where=sql("left_at is null"),
        ),
        Index("uq_queue_entries_case", "case_id", unique=True, postgresql_where=sql("left_at is null")),
        Index("ix_queue_entries_case_id", "case_id", postgresql_where=sql("case_id is not null")),
        Index("ix_queue_entries_taken_at", "taken_at"),
        Index("ix_queue_entries_entered_at", "entered_at"),
        Index("ix_queue_entries_agent_id_taken_at", "agent_id", "taken_at"),
        Index("ix_queue_entries_open", "entered_at", "id", postgresql_where=sql("left_at is null")),
    )


class RoutingOffer(Identified, Base):
    """Something offered to an agent: what waits (`work`), what a colleague passes on (`transfer`), or to join a
    colleague in a conversation (`join`, which ends no wait). `made_by` is the actor who wished it, or `system`.

    While it is `offered` it takes up room at the agent's. `expires_at` is by the database's clock, as all times here.
    """

    __tablename__ = "routing_offers"

    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue_entries.id", ondelete="CASCADE"))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(default="work")
    state: Mapped[str] = mapped_column(default="offered")
    made_by: Mapped[str] = mapped_column(default="system")
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        CheckConstraint("kind in ('work', 'transfer', 'join')", name="kind"),
        CheckConstraint("state in ('offered', 'accepted', 'declined', 'timed_out', 'withdrawn')", name="state"),
        CheckConstraint("num_nonnulls(conversation_id, case_id) = 1", name="one_thing"),
        CheckConstraint("(kind = 'join') = (entry_id is null)", name="entry"),
        Index(
            "uq_routing_offers_open",
            "entry_id",
            unique=True,
            postgresql_where=sql("state = 'offered'"),
        ),
        Index("ix_routing_offers_agent_id_offered_at", "agent_id", "offered_at"),
        Index("ix_routing_offers_entry_id", "entry_id"),
        Index("ix_routing_offers_conversation_id", "conversation_id"),
        Index("ix_routing_offers_case_id", "case_id", postgresql_where=sql("case_id is not null")),
        Index("ix_routing_offers_expires_at", "expires_at", postgresql_where=sql("state = 'offered'")),
    )


class ConversationHelper(Base):
    """An agent who joined a conversation that a colleague has: they may write in it until they leave or it changes
    hands."""

    __tablename__ = "conversation_helpers"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_conversation_helpers_agent_id", "agent_id", postgresql_where=sql("left_at is null")),)
