"""The tables of suggestions: what solved conversations were about, vectors of canned replies, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified
from crm_backend.knowledge.model import DIMENSIONS

KINDS = ("article", "canned", "solved", "offer")
OUTCOMES = ("used", "dismissed")


class SolvedConversation(Base):
    """What a closed conversation was about and what the agent answered, without what names anybody.

    Until it has its `vector` it waits to be looked at; where there was nothing to learn, `question` is empty.
    """

    __tablename__ = "solved_conversations"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    closed_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    topic: Mapped[str | None]
    question: Mapped[str] = mapped_column(default="", server_default="")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    vector: Mapped[Any | None] = mapped_column(Vector(DIMENSIONS), deferred=True)

    __table_args__ = (
        Index("ix_solved_conversations_waiting", "closed_at", postgresql_where=sql("looked_at is null")),
        Index(
            "ix_solved_conversations_vector",
            "vector",
            postgresql_using="hnsw",
            postgresql_ops={"vector": "vector_cosine_ops"},
            postgresql_where=sql("vector is not null"),
        ),
    )


class CannedVector(Base):
    """The vector of a canned reply in a language, as the reply was at `of_version`."""

    __tablename__ = "canned_vectors"

    reply_id: Mapped[UUID] = mapped_column(ForeignKey("canned_replies.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    of_version: Mapped[int]
    vector: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)


class SuggestionOutcome(Identified, Base):
    """What an agent did with something that was suggested in a conversation: `used` it, or `dismissed` it.

    `subject` is an article's key, a canned reply, a conversation or a product; `place` where it stood among its kind,
    from 1; `seq` the customer's message that it was for.
    """

    __tablename__ = "suggestion_outcomes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    outcome: Mapped[str]
    place: Mapped[int]
    seq: Mapped[int]

    __table_args__ = (
        UniqueConstraint("conversation_id", "agent_id", "kind", "subject"),
        CheckConstraint("kind in ('article', 'canned', 'solved', 'offer')", name="kind"),
        CheckConstraint("outcome in ('used', 'dismissed')", name="outcome"),
        Index("ix_suggestion_outcomes_created_at", "created_at"),
    )
