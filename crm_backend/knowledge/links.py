"""Links from article to article: they name its key, so that they follow it to any address and title.

In Markdown: `[words](/articles/return-an-item)`; without words the link shows the article's title of the day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import Invalid
from crm_backend.knowledge.model import Article, Translation
from crm_backend.knowledge.schema import path_of

# Bounded, so that hostile text takes no longer than other text.
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\\]|\\.){0,300})\]\(/articles/([a-z0-9]+(?:-[a-z0-9]+){0,40})\)")
_SPECIAL = re.compile(r"([\\\[\]`*_<])")


@dataclass(frozen=True)
class Target:
    """Where a link leads today: the article's title and address."""

    title: str
    url: str


def keys_of(body: str) -> list[str]:
    """The articles that a text links to, in its order."""
    return list(dict.fromkeys(key for _, key in _LINK.findall(body)))


async def targets(
    session: AsyncSession, body: str, *, language: str, audiences: Collection[str] = ("public",)
) -> dict[str, Target]:
    """The articles that a text links to and that its readers can open, by key."""
    keys = keys_of(body)
    if not keys:
        return {}
    rows = await session.execute(
        select(Article.key, Translation.title, Translation.slug)
        .join(Translation, (Translation.article_id == Article.id) & (Translation.language == language))
        .where(Article.key.in_(keys), Article.status == "published", Article.audience.in_(audiences))
    )
    return {key: Target(title, path_of(language, slug)) for key, title, slug in rows}


def resolved(body: str, to: Mapping[str, Target]) -> str:
    """The Markdown with today's addresses. Of a link that leads nowhere only the words stay: no reader meets it."""

    def replaced(match: re.Match[str]) -> str:
        words, target = match[1], to.get(match[2])
        if target is None:
            return words
        shown = words or _SPECIAL.sub(r"\\\1", target.title)
        return f"[{shown}]({target.url})"

    return _LINK.sub(replaced, body)


def worded(body: str, to: Mapping[str, Target] | None = None) -> str:
    """The Markdown with the words of its links alone, for search and for the chat."""
    titles = to or {}
    return _LINK.sub(lambda match: match[1] or (titles[match[2]].title if match[2] in titles else ""), body)


def broken(body: str, to: Mapping[str, Target], *, own: str | None) -> list[str]:
    """The keys of the links that lead nowhere; an article may link to itself."""
    return [key for key in keys_of(body) if key not in to and key != own]


def seen_by(audience: str) -> tuple[str, ...]:
    """What the readers of an article may read of others."""
    return ("public",) if audience == "public" else ("public", "agents")


async def check(session: AsyncSession, article: Article, language: str, body: str) -> None:
    """Raises Invalid for links to articles that are not there, not published in this language, or not for the readers
    of this one."""
    to = await targets(session, body, language=language, audiences=seen_by(article.audience))
    if missing := broken(body, to, own=article.key):
        raise Invalid("body", "broken_link", articles=", ".join(missing))


@dataclass(frozen=True)
class Referrer:
    """A published text that links to an article."""

    article_id: UUID
    key: str
    language: str
    title: str


async def referrers(session: AsyncSession, *, actor: Actor, key: str, language: str | None = None) -> list[Referrer]:
    """The published texts that link to an article: their readers would find words without a link if it went. Needs
    knowledge.read."""
    actor.need("knowledge.read")
    found = (
        select(Article.id, Article.key, Translation.language, Translation.title)
        .join(Translation)
        .where(Translation.body.contains(f"](/articles/{key})", autoescape=True), Article.key != key)
        .order_by(Translation.title)
        .limit(100)
    )
    rows = await session.execute(found if language is None else found.where(Translation.language == language))
    return [Referrer(*row) for row in rows]
