"""What supervisors whisper to agents, and what the board's figures are held to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned


class Whisper(Identified, Base):
    """What a supervisor says to the agent who has a conversation, and to nobody else. It is no message: it stands after
    the message `after_seq`, and no channel, no assistant and no copy of the messages sees it. `client_id` keeps a
    repeat from being a second; `read_at` is when its agent had it on the screen.
    """

    __tablename__ = "whispers"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    from_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    client_id: Mapped[UUID]
    after_seq: Mapped[int]
    text: Mapped[str]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("from_id", "client_id"),
        Index("ix_whispers_to_id_created_at", "to_id", "created_at"),
    )


class BoardTargets(Versioned, Base):
    """What is aimed at; one row, or none while nobody has changed anything. `answered_percent` of those who wait are to
    be taken within `answered_seconds`; the assistant is to end `contained_percent` alone; agents are to ask for what is
    known in no more than `repeated_percent` of their conversations; `satisfaction` is from 1 to 5.
    """

    __tablename__ = "board_targets"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    answered_percent: Mapped[int] = mapped_column(default=80, server_default="80")
    answered_seconds: Mapped[int] = mapped_column(default=60, server_default="60")
    contained_percent: Mapped[int] = mapped_column(default=60, server_default="60")
    repeated_percent: Mapped[int] = mapped_column(default=5, server_default="5")
    satisfaction: Mapped[float] = mapped_column(default=4.2, server_default="4.2")

    __table_args__ = (CheckConstraint("id = 1", name="one"),)
