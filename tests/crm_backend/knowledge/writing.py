"""Authors, reviewers and articles for the tests of knowledge."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.roles import BUILT_IN
from crm_backend.knowledge import categories, drafts, reviewing, services
from crm_backend.knowledge.model import DIMENSIONS, ArticleVersion
from crm_backend.knowledge.schema import Draft

AUTHOR = Actor("agent:00000000-0000-0000-0000-00000000000a", BUILT_IN["senior_agent"].permissions)
EDITOR = Actor("agent:00000000-0000-0000-0000-00000000000b", BUILT_IN["knowledge_editor"].permissions)
ADMIN = Actor("agent:00000000-0000-0000-0000-00000000000c", BUILT_IN["admin"].permissions)
READER = Actor("agent:00000000-0000-0000-0000-00000000000d", BUILT_IN["agent"].permissions)
NOBODY = Actor("key:nothing")
TEXTS = {
    "slug": "retour",
    "title": "Renvoyer un article",
    "summary": "Vous avez 30 jours.",
    "body": "## Comment\nImprimez.",
}


def embed(texts: list[str]) -> list[list[float]]:
    """Vectors that are the same for the same text and unlike for others: a stand-in for the model."""
    return [[byte / 128 - 1 for byte in hashlib.shake_256(text.encode()).digest(DIMENSIONS)] for text in texts]


async def embed_later(texts: list[str]) -> list[list[float]]:
    return embed(texts)


async def begun(session: AsyncSession, key: str = "returns", language: str = "fr", **more: Any) -> ArticleVersion:
    """A new article's first draft."""
    await categories.ensure(session, "returns")
    about = {name: more.pop(name) for name in ("audience", "tags") if name in more}
    texts = {**TEXTS, "slug": key, **more}
    return await drafts.create(
        session, actor=AUTHOR, key=key, category="returns", language=language, texts=texts, **about
    )


async def public(session: AsyncSession, key: str = "returns", language: str = "fr", **more: Any) -> ArticleVersion:
    """A new article, published."""
    row = await begun(session, key, language, **more)
    return await reviewing.approve(session, actor=EDITOR, version_id=row.id, embed=embed_later)


async def next_one(session: AsyncSession, row: ArticleVersion, **texts: Any) -> ArticleVersion:
    """The next version of a published one, published."""
    begun_ = await drafts.begin(session, actor=AUTHOR, article_id=row.article_id, language=row.language, texts=texts)
    return await reviewing.approve(session, actor=EDITOR, version_id=begun_.id, embed=embed_later)


async def asked(session: AsyncSession, question: str, language: str = "fr") -> list[str]:
    """The keys of the articles that the assistant would answer with."""
    (vector,) = embed([question])
    found = await services.answer(session, question=question, language=language, vector=vector)
    return [passage.article_key for passage in found.passages]


def draft(language: str = "fr", **more: object) -> Draft:
    return Draft.model_validate({"language": language, **TEXTS, "questions": ["comment renvoyer un bol ?"], **more})
