"""What is planned goes public by the loop, once, however many loops there are."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, update

from crm_backend.audit.model import AuditEntry
from crm_backend.database import Sessions, utc_now
from crm_backend.knowledge import reviewing
from crm_backend.knowledge.model import ArticleVersion
from server.loops.knowledge import KnowledgeLoop
from tests.crm_backend.knowledge.writing import EDITOR, begun, embed_later


class Vectors:
    """An embedder for tests."""

    several = staticmethod(embed_later)


async def test_two_loops_publish_a_planned_article_once_and_take_it_away_again(sessions: Sessions) -> None:
    now = utc_now()
    async with sessions.begin() as session:
        row = await begun(session)
        await reviewing.approve(
            session, actor=EDITOR, version_id=row.id, embed=embed_later,
            publish_at=now + timedelta(hours=1), expire_at=now + timedelta(hours=2),
        )  # fmt: skip

    def loops(hours: float) -> list[KnowledgeLoop]:
        at = now + timedelta(hours=hours)
        return [KnowledgeLoop(sessions=sessions, embedder=Vectors(), now=lambda: at) for _ in range(2)]  # type: ignore[arg-type]

    async def status() -> str:
        async with sessions() as session:
            return str(await session.scalar(select(ArticleVersion.status)))

    assert [await loop.work() for loop in loops(0.9)] == [False, False]
    assert await status() == "scheduled"
    await asyncio.gather(*(loop.work() for loop in loops(1)))
    assert await status() == "published"
    await asyncio.gather(*(loop.work() for loop in loops(2)))
    assert await status() == "archived"
    async with sessions() as session:
        counted = await session.execute(
            select(AuditEntry.action, func.count())
            .where(AuditEntry.action.in_(("published", "expired")))
            .group_by(AuditEntry.action)
        )
        assert dict(counted.tuples().all()) == {"published": 1, "expired": 1}


async def test_what_was_taken_back_stays_a_draft(sessions: Sessions) -> None:
    now = utc_now()
    async with sessions.begin() as session:
        row = await begun(session)
        later = now + timedelta(hours=1)
        await reviewing.approve(session, actor=EDITOR, version_id=row.id, embed=embed_later, publish_at=later)

    class Slow:
        async def several(self, texts: list[str]) -> list[list[float]]:
            async with sessions.begin() as session:
                await session.execute(update(ArticleVersion).values(status="draft", publish_at=None))
            return await embed_later(texts)

    loop = KnowledgeLoop(sessions=sessions, embedder=Slow(), now=lambda: later)  # type: ignore[arg-type]
    await loop.work()
    async with sessions() as session:
        assert await session.scalar(select(ArticleVersion.status)) == "draft"
