"""Knowledge articles, their text in each language, and the passages that search finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, utc_now

DIMENSIONS = 384
"""Length of a sentence vector (multilingual-e5-small)."""

_CONFIGURATION = "case language when 'fr' then 'relais_fr'::regconfig else 'relais_en'::regconfig end"
_WORDS = " || ".join(
    f"setweight(to_tsvector({_CONFIGURATION}, {column}), '{weight}')"
    for column, weight in (("title", "A"), ("asked", "A"), ("summary", "B"), ("body", "C"))
)


class Article(Identified, Base):
    """One thing the company explains, whatever the language."""

    __tablename__ = "articles"

    key: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str]
    status: Mapped[str] = mapped_column(default="published")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    translations: Mapped[list[Translation]] = relationship(back_populates="article", cascade="all, delete-orphan")

    __table_args__ = (CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),)


class Translation(Identified, Base):
    """An article in one language, written in Markdown. `asked` holds the ways customers ask it, one a line; `centroid`
    is the mean of its passages' vectors."""

    __tablename__ = "article_translations"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    asked: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    words: Mapped[Any] = mapped_column(TSVECTOR, Computed(_WORDS, persisted=True), deferred=True)
    centroid: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    article: Mapped[Article] = relationship(back_populates="translations")
    passages: Mapped[list[Passage]] = relationship(
        back_populates="translation", cascade="all, delete-orphan", order_by="Passage.position"
    )

    __table_args__ = (
        UniqueConstraint("article_id", "language"),
        UniqueConstraint("language", "slug"),
        Index("ix_article_translations_words", "words", postgresql_using="gin"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
    )


class Passage(Identified, Base):
    """A section of an article, or a question it answers."""

    __tablename__ = "passages"

    translation_id: Mapped[UUID] = mapped_column(ForeignKey("article_translations.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    heading: Mapped[str]
    text: Mapped[str]
    vector: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)

    translation: Mapped[Translation] = relationship(back_populates="passages")

    __table_args__ = (CheckConstraint("kind in ('lead', 'section', 'question')", name="kind"),)
