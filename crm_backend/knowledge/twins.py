"""French and English of the same article: which is behind the other, and which is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_backend.access.actor import Actor
from crm_backend.knowledge.model import Article, Translation


@dataclass(frozen=True)
class TwinNotice:
    """The text in `language` is behind its twin (`stale`), or there is none (`missing`). `since` is when the twin,
    whose title is given, changed last."""

    article_id: UUID
    key: str
    language: str
    kind: Literal["stale", "missing"]
    twin_title: str
    since: datetime


async def notices(
    session: AsyncSession, *, actor: Actor, article_id: UUID | None = None, limit: int = 200
) -> list[TwinNotice]:
    """What is to be translated or checked, the longest waiting first; of one article, or of all. Needs knowledge.read.

    A text is behind when its twin was published after the two were last known to agree: when it was itself published,
    or confirmed, or the change was said to be minor.
    """
    actor.need("knowledge.read")
    own, twin = aliased(Translation), aliased(Translation)
    of = (Article.status == "published",) + ((Article.id == article_id,) if article_id else ())
    stale = (
        select(Article.id, Article.key, own.language, literal("stale"), twin.title, twin.updated_at.label("since"))
        .join(own, own.article_id == Article.id)
        .join(twin, (twin.article_id == Article.id) & (twin.language != own.language))
        .where(own.twin_seen < twin.version, *of)
    )
    missing = [
        select(Article.id, Article.key, literal(language), literal("missing"), twin.title, twin.updated_at)
        .join(twin, (twin.article_id == Article.id) & (twin.language != language))
        .outerjoin(own, (own.article_id == Article.id) & (own.language == language))
        .where(own.id.is_(None), *of)
        for language in ("fr", "en")
    ]
    rows = await session.execute(union_all(stale, *missing).order_by("since").limit(limit))
    return [TwinNotice(*row) for row in rows]
