"""What comes back from readers: views, opinions, questions nothing answered, and questions that must be answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now
from crm_backend.knowledge.model import DIMENSIONS


class ArticleViews(Base):
    """How often an article was read on one day."""

    __tablename__ = "article_views"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]


class ArticleOpinion(Identified, Base):
    """Whether an article helped somebody. `visitor` is a hash that tells two opinions of one browser from two people's;
    `number` is the version that was read."""

    __tablename__ = "article_opinions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    number: Mapped[int]
    helpful: Mapped[bool]
    reason: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str]
    visitor: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("article_id", "language", "visitor"),
        CheckConstraint("reason in ('unanswered', 'unclear', 'outdated', 'wrong', 'other')", name="reason"),
        CheckConstraint("source in ('help', 'chat', 'desk', 'api')", name="source"),
        Index("ix_article_opinions_created_at", "created_at"),
    )


class ArticleSearch(Identified, Base):
    """Words, masked, that somebody searched for in the help centre who then opened the article, and how often."""

    __tablename__ = "article_searches"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    text: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        UniqueConstraint("article_id", "language", "text"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        Index("ix_article_searches_last_at", "last_at"),
    )


class QuestionGroup(Identified, Versioned, Base):
    """Unanswered questions that mean the same. `asked` is how often any of them was asked, `contacts` how often in a
    conversation, `label` the one that stands for all, `article_id` the article that was begun for it."""

    __tablename__ = "question_groups"

    language: Mapped[str]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    label: Mapped[str]
    questions: Mapped[int] = mapped_column(default=1)
    asked: Mapped[int] = mapped_column(default=1)
    contacts: Mapped[int] = mapped_column(default=0, server_default="0")
    centroid: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"), index=True)
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("status in ('open', 'drafted', 'answered', 'dismissed')", name="status"),
        Index("ix_question_groups_status_asked", "status", "asked"),
        Index("ix_question_groups_status_contacts", "status", "contacts"),
        *(
            # One a language: neighbours in the other one would crowd out those that are asked for.
            Index(
                f"ix_question_groups_centroid_{language}",
                "centroid",
                postgresql_using="hnsw",
                postgresql_ops={"centroid": "vector_cosine_ops"},
                postgresql_where=sql(f"language = '{language}'"),
            )
            for language in ("fr", "en")
        ),
    )


class UnansweredQuestion(Identified, Base):
    """A question as it was asked, without numbers and addresses. The same words again are counted in `times`."""

    __tablename__ = "unanswered_questions"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("question_groups.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    text: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
    last_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        UniqueConstraint("language", "text"),
        Index("ix_unanswered_questions_created_at", "created_at"),
        Index("ix_unanswered_questions_last_at", "last_at"),
    )


class ArticleTest(Identified, Base):
    """A question that must find its article. `rank` is where it last stood, counted from 1, or none when it was not
    among the first three; `ran_at` says when that was."""

    __tablename__ = "article_tests"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    question: Mapped[str]
    rank: Mapped[int | None]
    ran_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("article_id", "language", "question"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
    )
