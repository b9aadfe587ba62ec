"""How often search finds the right article: each known question is asked while its article does not know it.

    .venv/bin/python -m benchmarks.knowledge          (with the demo company loaded: after ./relais up)

Prints, for each language, the share of questions for which an article that answers (server/demo/articles/questions.csv)
comes first and among the first three, by the product's own search (wording plus meaning), by each half alone, and by
the nearest passage in meaning, the usual way. Changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge import measuring, search, space
from crm_backend.knowledge.measuring import Labelled
from server import secrets
from server.commands.search_eval import read
from server.embedding import Embedder
from server.supervise.records import open_sessions

QUESTIONS = Path("server/demo/articles/questions.csv")
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


async def measure(session: AsyncSession, language: str, labelled: list[Labelled], embedder: Embedder) -> None:
    """Prints one language's table."""
    places: dict[str, list[int]] = defaultdict(list)
    for one in labelled:
        async with measuring.left_out(session, one.question, language):
            for way, keys in (await ranked(session, one.question, language, embedder)).items():
                places[way].append(min(keys.index(key) for key in one.articles))
    print(f"\n{language}: {len(labelled)} questions, {'first':>9} {'first three':>12} {'MRR':>6}")
    for way in WAYS:
        first = sum(place == 0 for place in places[way]) / len(places[way])
        three = sum(place < 3 for place in places[way]) / len(places[way])
        mrr = sum(1 / (place + 1) for place in places[way]) / len(places[way])
        print(f"  {way:<20} {first:>9.1%} {three:>12.1%} {mrr:>6.3f}")


async def main() -> None:
    settings = secrets.load()
    embedder = Embedder(settings.var / "vectors")
    labelled = read(QUESTIONS)
    async with open_sessions(settings) as sessions, sessions() as session:
        if await measuring.unknown(session, labelled):
            raise SystemExit("the demo's articles are not there: run ./relais up --demo once")
        for language in ("fr", "en"):
            await measure(session, language, [one for one in labelled if one.language == language], embedder)


if __name__ == "__main__":
    asyncio.run(main())
