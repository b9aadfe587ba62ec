"""The tables of what agents keep for themselves at the desk: filters, drafts, and answers they may still take back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now


class SavedFilter(Identified, Versioned, Base):
    """What an agent often looks for in the lists, by a name; a `shared` one is in everybody's sight."""

    __tablename__ = "saved_filters"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    name: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    view: Mapped[str]
    criteria: Mapped[dict[str, Any]]

    __table_args__ = (
        UniqueConstraint("agent_id", "name"),
        Index("ix_saved_filters_shared", "name", postgresql_where=sql("shared")),
    )


class AnswerDraft(Base):
    """What an agent has begun to write in a conversation."""

    __tablename__ = "answer_drafts"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)
    text: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())


class HeldAnswer(Base):
    """An answer that its agent may take back until `due_at`: only then does it get a place in the conversation.

    `content` is what `owners.answer` takes beside the words.
    """

    __tablename__ = "held_answers"

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    due_at: Mapped[datetime]

    __table_args__ = (Index("ix_held_answers_due_at", "due_at"),)
