"""What search looks up instead of reading articles: their stems, their words, the middle of their vectors, synonyms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import REAL, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned
from crm_backend.knowledge.model import DIMENSIONS


class ArticleTerm(Base):
    """A stem that a published article has, and how much it counts where it stands (0 to 1)."""

    __tablename__ = "article_terms"

    language: Mapped[str] = mapped_column(primary_key=True)
    lexeme: Mapped[str] = mapped_column(primary_key=True)
    translation_id: Mapped[UUID] = mapped_column(
        ForeignKey("article_translations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    audience: Mapped[str]
    weight: Mapped[float] = mapped_column(REAL)

    # All that search reads of a stem, where it counts most first, so that it reads the index alone.
    __table_args__ = (
        Index(
            "ix_article_terms_looked_up",
            "language",
            "lexeme",
            "weight",
            postgresql_include=["translation_id", "audience"],
        ),
    )


class ArticleStem(Base):
    """In how many published articles a stem stands: those for everybody, and all. The rarer, the more it tells."""

    __tablename__ = "article_stems"

    language: Mapped[str] = mapped_column(primary_key=True)
    lexeme: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[int]
    total: Mapped[int]


class ArticleWord(Base):
    """A word of any article ever published, in small letters without accents, with its stem: what a typo may have
    meant. `shown` is the word as it is written."""

    __tablename__ = "article_words"

    language: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    shown: Mapped[str]
    lexeme: Mapped[str]

    __table_args__ = (
        Index("ix_article_words_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )


class Middle(Base):
    """How many articles a reader can find in a language, and the mean of their centroids. `scope` is `public`, or `all`
    for those who see everything."""

    __tablename__ = "article_middles"

    language: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    articles: Mapped[int]
    mean: Mapped[Any] = mapped_column(Vector(DIMENSIONS))

    __table_args__ = (CheckConstraint("scope in ('public', 'all')", name="scope"),)


class Synonym(Identified, Versioned, Base):
    """Terms of one language that mean the same. `lexemes` holds the stems of each term, in the same order."""

    __tablename__ = "synonyms"

    language: Mapped[str] = mapped_column(index=True)
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    lexemes: Mapped[list[Any]]

    __table_args__ = (CheckConstraint("language in ('fr', 'en')", name="language"),)
