"""The record of what was said twice."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class RepeatedFact(Identified, Base):
    """A fact that was known already when a message asked the customer for it (`asked`), or when the customer's message
    stated it again to somebody who had taken over since (`told`).

    `created_at` is when that message was written, `agent_id` who asked, or had the conversation. `known_seq` is the
    message that held the fact before; None where it stood on file. Which conversation it was is the message's to say:
    messages move.
    """

    __tablename__ = "repeated_facts"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    kind: Mapped[str]
    fact: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    known_seq: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("kind in ('asked', 'told')", name="kind"),
        UniqueConstraint("message_id", "kind", "fact"),
        Index("ix_repeated_facts_created_at", "created_at", "kind"),
    )
