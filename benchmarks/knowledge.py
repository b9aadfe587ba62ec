"""How often search finds the right article: each known question is left out in turn, and asked.

    .venv/bin/python -m benchmarks.knowledge          (with the demo company loaded: after ./relais up)

Prints, for each language, the share of questions whose article comes first and among the first three, by the product's
own search (wording plus meaning), by each half alone, and by the nearest passage in meaning, the usual way. Changes
nothing: every article is published again without the question in a transaction that is rolled back.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.knowledge import search, services, space
from crm_backend.knowledge.model import Article, Translation
from crm_backend.knowledge.schema import Draft
from server import secrets
from server.embedding import Embedder
from server.supervise.records import open_sessions

NEAREST = text("""
select a.key, max(1 - (p.vector <=> cast(:vector as vector))) as near
from passages p join article_translations t on t.id = p.translation_id join articles a on a.id = t.article_id
where p.language = :language group by a.key order by near desc
""")
WAYS = ("wording + meaning", "wording alone", "meaning alone", "nearest passage")


async def ranked(session: AsyncSession, question: str, language: str, embedder: Embedder) -> dict[str, list[str]]:
    """The articles' keys, best first, by each way."""
    vector = embedder.many([question.replace("\u00a0", " ")])[0]
    found = await search.best(session, question=question, language=language, vector=vector, limit=10_000)
    place = search.literal(space.placed([vector])[0])
    nearest = await session.execute(NEAREST, {"language": language, "vector": place})
    return {
        "wording + meaning": [one.key for one in found],
        "wording alone": [one.key for one in sorted(found, key=lambda one: -one.wording)],
        "meaning alone": [one.key for one in sorted(found, key=lambda one: -one.meaning)],
        "nearest passage": [row.key for row in nearest],
    }


async def measure(session: AsyncSession, language: str, embedder: Embedder) -> None:
    """Prints one language's table."""
    rows = await session.scalars(
        select(Translation).where(Translation.language == language).options(selectinload(Translation.article))
    )
    places: dict[str, list[int]] = defaultdict(list)
    public = [row for row in rows if row.article.audience == "public"]
    for key, category, draft in [(row.article.key, row.article.category, _draft(row)) for row in public]:
        for left_out in draft.questions:
            rest = draft.model_copy(update={"questions": [q for q in draft.questions if q != left_out]})
            nested = await session.begin_nested()
            await services.publish(session, key=key, category=category, translations=[rest], embed=embedder.many)
            for way, keys in (await ranked(session, left_out, language, embedder)).items():
                places[way].append(keys.index(key))
            await nested.rollback()
            session.expunge_all()
    print(f"\n{language}: {len(places[WAYS[0]])} questions, {'first':>9} {'first three':>12} {'MRR':>6}")
    for way in WAYS:
        first = sum(place == 0 for place in places[way]) / len(places[way])
        three = sum(place < 3 for place in places[way]) / len(places[way])
        mrr = sum(1 / (place + 1) for place in places[way]) / len(places[way])
        print(f"  {way:<20} {first:>9.1%} {three:>12.1%} {mrr:>6.3f}")


def _draft(row: Translation) -> Draft:
    return Draft(
        language=row.language,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        body=row.body,
        questions=row.asked.splitlines(),
    )


async def main() -> None:
    settings = secrets.load()
    embedder = Embedder(settings.var / "vectors")
    async with open_sessions(settings) as sessions, sessions() as session:
        if not await session.scalar(select(Article.id).limit(1)):
            raise SystemExit("there are no articles: run ./relais up once")
        for language in ("fr", "en"):
            await measure(session, language, embedder)
        await session.rollback()


if __name__ == "__main__":
    asyncio.run(main())
