"""Knowledge articles, their versions, the published text in each language, and the passages that search finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned, utc_now

DIMENSIONS = 384
"""Length of a sentence vector (multilingual-e5-small)."""

_CONFIGURATION = "case language when 'fr' then 'relais_fr'::regconfig else 'relais_en'::regconfig end"
_WORDS = " || ".join(
    f"setweight(to_tsvector({_CONFIGURATION}, {column}), '{weight}')"
    for column, weight in (("title", "A"), ("asked", "A"), ("summary", "B"), ("body", "C"))
)


class Category(Identified, Versioned, Base):
    """A shelf of articles. `names` is what it is called, by language; shelves may stand in shelves."""

    __tablename__ = "article_categories"

    key: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("article_categories.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class Article(Identified, Versioned, Base):
    """One thing the company explains, whatever the language."""

    __tablename__ = "articles"

    key: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str] = mapped_column(ForeignKey("article_categories.key"), index=True)
    status: Mapped[str] = mapped_column(default="published")
    audience: Mapped[str] = mapped_column(default="public", server_default="public")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    translations: Mapped[list[Translation]] = relationship(back_populates="article", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("status in ('draft', 'published', 'archived')", name="status"),
        CheckConstraint("audience in ('public', 'agents')", name="audience"),
        Index("ix_articles_tags", "tags", postgresql_using="gin"),
        Index("ix_articles_updated_at", "updated_at"),
    )


class ArticleVersion(Identified, Versioned, Base):
    """What an article said, says or will say in one language. `number` counts them from 1 and stays; `version` is how
    often the row was changed. At most one is being worked on, and at most one is published."""

    __tablename__ = "article_versions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default="draft")
    slug: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    asked: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    minor: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    """Changes nothing that the twin in the other language would have to follow."""
    based_on: Mapped[int | None]
    writers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Everybody who wrote in it, first the one who began it."""
    reviewer: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(default="", server_default="")
    publish_at: Mapped[datetime | None]
    expire_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now(), onupdate=utc_now)

    __table_args__ = (
        UniqueConstraint("article_id", "language", "number"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("status in ('draft', 'in_review', 'scheduled', 'published', 'archived')", name="status"),
        CheckConstraint("status <> 'scheduled' or publish_at is not null", name="instant"),
        Index(
            "uq_article_versions_open",
            "article_id",
            "language",
            unique=True,
            postgresql_where=sql("status in ('draft', 'in_review', 'scheduled')"),
        ),
        Index(
            "uq_article_versions_published",
            "article_id",
            "language",
            unique=True,
            postgresql_where=sql("status = 'published'"),
        ),
        Index("ix_article_versions_due", "publish_at", postgresql_where=sql("status = 'scheduled'")),
        Index("ix_article_versions_expiring", "expire_at", postgresql_where=sql("status = 'published'")),
        Index("ix_article_versions_status", "status", "updated_at"),
    )


class Translation(Identified, Base):
    """What is published of an article in one language, written in Markdown: all that search and readers see. `asked`
    holds the ways customers ask it, one a line; `centroid` is the mean of its passages' vectors, `placed` that of their
    places in the space of search (None: to be indexed, publishing.behind); `version` is the
    number of the version it shows, `twin_seen` that of the other language's which it was last known to agree with."""

    __tablename__ = "article_translations"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    language: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    asked: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    twin_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    words: Mapped[Any] = mapped_column(TSVECTOR, Computed(_WORDS, persisted=True), deferred=True)
    centroid: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)
    placed: Mapped[Any] = mapped_column(Vector(DIMENSIONS), nullable=True, deferred=True)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    article: Mapped[Article] = relationship(back_populates="translations")
    passages: Mapped[list[Passage]] = relationship(
        back_populates="translation", cascade="all, delete-orphan", order_by="Passage.position"
    )

    __table_args__ = (
        UniqueConstraint("article_id", "language"),
        UniqueConstraint("language", "slug"),
        Index("ix_article_translations_words", "words", postgresql_using="gin"),
        *(
            Index(
                f"ix_article_translations_centroid_{language}",
                "centroid",
                postgresql_using="hnsw",
                postgresql_ops={"centroid": "vector_l2_ops"},
                postgresql_where=sql(f"language = '{language}'"),
            )
            for language in ("fr", "en")
        ),
        CheckConstraint("language in ('fr', 'en')", name="language"),
    )


class Passage(Identified, Base):
    """A section of an article, one of its headings, or a question it answers; `vector` is its place in the space of
    search (space.py)."""

    __tablename__ = "passages"

    translation_id: Mapped[UUID] = mapped_column(ForeignKey("article_translations.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    heading: Mapped[str]
    text: Mapped[str]
    vector: Mapped[Any] = mapped_column(Vector(DIMENSIONS), deferred=True)

    translation: Mapped[Translation] = relationship(back_populates="passages")

    __table_args__ = (CheckConstraint("kind in ('lead', 'section', 'heading', 'question')", name="kind"),)


class ArticleFile(Base):
    """A file that an article shows or offers; it is kept as long as the article is."""

    __tablename__ = "article_files"

    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    added_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())


class ArticleAddress(Base):
    """The path at which an article stood on the help centre that it came from: whoever asks for it here is led on."""

    __tablename__ = "article_addresses"

    path: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]

    __table_args__ = (CheckConstraint("language in ('fr', 'en')", name="language"),)
