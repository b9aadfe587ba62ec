"""How quickly the help centre answers with 5,000 articles in each language, at 100 requests a second.

The articles are the demo's, again and again, each time moved a little in the space of search and with a word of their
own. Readers ask at a fixed rate, whether the last was answered or not: seven of ten open an article, two search with a
question of the demo's, one types in the search box. The article of rank n is read half as often as that of rank n/2;
each question is asked about once. The first seconds are not counted, in which connections and statements are made.
Readers, server, assistant, PostgreSQL and Valkey share this machine.

    .venv/bin/python -m benchmarks.help
    .venv/bin/python -m benchmarks.help --articles 200 --seconds 5      to see that it runs
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from itertools import accumulate
from pathlib import Path

import aiohttp
from sqlalchemy import text

from benchmarks.systems import Running, machine, relais
from crm_backend.database import connect, sessions_on
from crm_backend.knowledge import indexing
from crm_backend.knowledge.schema import PATHS, path_of
from tests.support.stores import load_demo

AIMS = {"article": 15, "search": 40, "suggestions": 50}
"""Milliseconds within which 95 of 100 are to be there."""
COPIES = (
    """create temporary table copies on commit drop as
    select n, a.id as old, gen_random_uuid() as id, a.key || '-' || n as key, a.category
    from articles a cross join generate_series(1, :copies) n where a.audience = 'public'""",
    """create temporary table moved on commit drop as
    select copies.n, copies.id as article, t.*, gen_random_uuid() as fresh,
        (select array_agg((random() - 0.5) / 40) from generate_series(1, 384) where copies.n > 0)::vector as off
    from copies join article_translations t on t.article_id = copies.old""",
    """insert into articles (id, created_at, version, key, category, status, audience, tags, updated_at)
    select id, now(), 1, key, category, 'published', 'public', '{}', now() from copies""",
    """insert into article_translations (id, created_at, article_id, language, slug, title, summary, body, asked,
        version, twin_seen, centroid, placed, updated_at)
    select fresh, now(), article, language, slug || '-' || n, title || ' modèle ' || n, summary, body, asked, 1, 1,
        centroid + off, placed + off, now() from moved""",
    """insert into passages (id, created_at, translation_id, language, position, kind, heading, text, vector)
    select gen_random_uuid(), now(), fresh, p.language, p.position, p.kind, p.heading, p.text, p.vector + off
    from moved join passages p on p.translation_id = moved.id""",
)
PUBLIC = """
select t.language, t.slug from article_translations t join articles a on a.id = t.article_id where a.audience = 'public'
"""
ASKED = "select distinct language, heading from passages where kind = 'question'"


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5_000, help="articles in each language (default 5,000)")
    parser.add_argument("--rate", type=float, default=100, help="requests a second (default 100)")
    parser.add_argument("--seconds", type=float, default=20, help="how long (default 20)")
    parser.add_argument("--warm", type=float, default=4, help="seconds before that (default 4)")
    return parser.parse_args()


async def load(database_url: str, articles: int) -> None:
    """The demo company, and copies of its articles."""
    await load_demo(database_url)
    engine = connect(database_url)
    async with sessions_on(engine).begin() as session:
        own = await session.scalar(text("select count(*) from articles where audience = 'public'"))
        for statement in COPIES:
            await session.execute(
                text(statement), {"copies": max(1, articles // own - 1)} if ":copies" in statement else {}
            )
        await indexing.rebuild(session)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))
    await engine.dispose()


async def addresses(system: Running) -> dict[str, list[str]]:
    """What readers may ask for, by kind."""
    engine = connect(system.database_url)
    async with sessions_on(engine)() as session:
        pages = [path_of(language, slug) for language, slug in await session.execute(text(PUBLIC))]
        asked = [(PATHS[language], question) for language, question in await session.execute(text(ASKED))]
    await engine.dispose()
    return {
        "article": pages,
        "search": [f"{home}?q={question}" for home, question in asked],
        "suggestions": [f"{home}/-/suggestions?q={question[: len(question) // 2]}" for home, question in asked],
    }


async def ask(client: aiohttp.ClientSession, kind: str, path: str, took: dict[str, list[float]]) -> None:
    """One request to its last byte; `took` has a list for each kind."""
    began = time.perf_counter()
    async with client.get(path) as answer:
        await answer.read()
    took[kind if answer.status == 200 else f"{kind}: status {answer.status}"].append(time.perf_counter() - began)


async def read(system: Running, asked: argparse.Namespace) -> None:
    """Readers ask at the rate; prints how long they waited."""
    paths, some = await addresses(system), random.Random(1)
    took, warming = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for some_paths in paths.values():
        some.shuffle(some_paths)
    read_so_far = list(accumulate(1 / rank for rank in range(1, len(paths["article"]) + 1)))
    kinds = ["article"] * 7 + ["search"] * 2 + ["suggestions"]
    async with aiohttp.ClientSession(system.address, connector=aiohttp.TCPConnector(limit=0)) as client:
        for kind in AIMS:
            await ask(client, kind, paths[kind][-1], warming)
        used, began, first = system.cpu(), time.perf_counter(), int(asked.rate * asked.warm)
        running = []
        for n in range(first + int(asked.rate * asked.seconds)):
            if n == first:
                used = system.cpu()
            await asyncio.sleep(max(0.0, began + n / asked.rate - time.perf_counter()))
            kind = kinds[n % len(kinds)]
            path = paths[kind][n % len(paths[kind])]
            if kind == "article":
                path = some.choices(paths[kind], cum_weights=read_so_far)[0]
            running.append(asyncio.create_task(ask(client, kind, path, took if n >= first else warming)))
        await asyncio.gather(*running)
    seconds = {part: value - used[part] for part, value in system.cpu().items()}
    print(f"{len(paths['article'])} pages, {asked.rate:.0f} requests a second for {asked.seconds:.0f} s; milliseconds")
    for kind in sorted(took):
        cuts = [1000 * cut for cut in statistics.quantiles(took[kind], n=100)] if len(took[kind]) > 1 else [0.0] * 99
        print(f"{kind:16}{len(took[kind]):6}   p50 {cuts[49]:6.1f}   p95 {cuts[94]:6.1f}   p99 {cuts[98]:6.1f}"
              + (f"   aim {AIMS[kind]}" if kind in AIMS else ""))  # fmt: skip
    print("processor seconds: " + ", ".join(f"{part} {value:.1f}" for part, value in seconds.items()))


async def main() -> None:
    asked = options()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="relais-help-") as folder:
        async with relais(Path(folder), company=lambda url: load(url, asked.articles)) as system:
            await read(system, asked)


if __name__ == "__main__":
    asyncio.run(main())
