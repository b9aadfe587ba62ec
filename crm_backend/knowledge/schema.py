"""Articles as they are written, found and quoted."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

PATHS = {"fr": "/fr/aide", "en": "/en/help"}
"""Where the help centre lives in each language."""


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Draft(Value):
    """An article in one language as an editor writes it; `body` is Markdown."""

    language: Literal["fr", "en"]
    slug: str
    title: str
    summary: str
    body: str
    questions: list[str] = []


class PassageView(Value):
    """A part of an article that answers. `text` is Markdown, `url` a path of the help centre."""

    article_key: str
    title: str
    heading: str
    text: str
    url: str
    score: float


class KnowledgeAnswer(Value):
    """`answer`: the first passage answers; `choices`: one of up to three may; `none`: nothing is known of this."""

    kind: Literal["answer", "choices", "none"]
    passages: list[PassageView]


class ArticlePage(Value):
    """A whole article, with its address in each language that has it."""

    id: UUID
    key: str
    category: str
    language: Literal["fr", "en"]
    slug: str
    title: str
    summary: str
    body: str
    updated_at: datetime
    addresses: dict[str, str]


class ArticleLink(Value):
    """An article in a list."""

    key: str
    category: str
    title: str
    summary: str
    url: str


def path_of(language: str, slug: str) -> str:
    """The path of an article in the help centre."""
    return f"{PATHS[language]}/{slug}"
