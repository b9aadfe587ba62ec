"""How fast the CRM answers in a company of some years, by itself and with 20 clients at once.

    .venv/bin/python -m benchmarks.crm [--scale 1] [--calls 200] [--plans benchmarks/plans]

In a PostgreSQL of its own, thrown away afterwards. Each question is one call of the service behind the API, with its
session; the client runs in this process, so its own processor time counts. `--plans` keeps the plans of the five
heaviest statements.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import selectinload

from benchmarks.crm_load import KINDS, WHOLE, WORDS, load
from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.cases import queries as cases
from crm_backend.cases.model import Case
from crm_backend.cases.schema import Filters
from crm_backend.conversations import queries as conversations
from crm_backend.customers import page, search
from crm_backend.database import Sessions, connect, reading, sessions_on
from crm_backend.knowledge import search as knowledge
from crm_backend.orders.model import Order, Shipment
from crm_backend.policies.allowed import allowed
from crm_backend.timeline.queries import timeline
from server.settings import Settings
from server.supervise import stores
from server.supervise.records import upgrade

CLIENTS, WARM = 20, 10
Question = Callable[[AsyncSession, random.Random], Awaitable[object]]


class Timed:
    """How long each statement took, by its text, with the parameters of one of its runs."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.parameters: dict[str, Any] = {}
        event.listen(engine.sync_engine, "before_cursor_execute", self._before)
        event.listen(engine.sync_engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, *_: Any) -> None:
        connection.info["since"] = time.perf_counter()

    def _after(self, connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.times[statement].append(time.perf_counter() - connection.info["since"])
        self.parameters[statement] = parameters

    @property
    def count(self) -> int:
        """How many statements there were."""
        return sum(map(len, self.times.values()))

    def heaviest(self, count: int) -> list[str]:
        """Statements by their typical time, without those that were run a few times only."""
        often = {text: times for text, times in self.times.items() if len(times) >= 20}
        return sorted(often, key=lambda text: -statistics.median(often[text]))[:count]


def questions(counts: dict[str, int], agent: Agent) -> dict[str, Question]:
    """What is asked, by what it is called."""

    def some(kind: str, chance: random.Random, of: str = "") -> UUID:
        return UUID(f"0190{KINDS[kind]}000-0000-7000-8000-{chance.randrange(1, counts[of or kind]):012x}")

    async def customer_page(session: AsyncSession, chance: random.Random) -> None:
        await page.page(session, actor=SYSTEM, customer_id=some("customers", chance))

    async def timeline_page(session: AsyncSession, chance: random.Random) -> None:
        entries = await timeline(session, actor=SYSTEM, customer_id=some("customers", chance))
        if entries:
            before = (entries[-1].at, entries[-1].id)
            await timeline(session, actor=SYSTEM, customer_id=some("customers", chance), before=before)

    async def desk_list(session: AsyncSession, chance: random.Random) -> None:
        view = chance.choice(("waiting", "assistant", "closed"))
        found, _ = await conversations.listing(session, agent=agent, view=view)  # type: ignore[arg-type]
        await conversations.last_messages(session, found)
        await conversations.counts(session, agent=agent)

    async def find_identifier(session: AsyncSession, chance: random.Random) -> None:
        n = chance.randrange(1, counts["customers"])
        wanted = (f"client{n}@example.fr", f"06 {39800000 + n}", str(1000000 + n), f"C-2026-{n:06d}", f"B{n}")
        await search.search(session, actor=SYSTEM, wanted=chance.choice(wanted))

    async def find_name(session: AsyncSession, chance: random.Random) -> None:
        wanted = ("Lefevre", "marie duboi", "Zoe Martn", "chevallier", "Inès Gauthier-Roux", "karim fonta")
        await search.search(session, actor=SYSTEM, wanted=chance.choice(wanted))

    async def case_list(session: AsyncSession, chance: random.Random) -> None:
        filters = Filters(
            type_key=[chance.choice(("question", "complaint", "return"))],
            priority=[chance.choice(("normal", "high"))],
            team=["support"],
            open=True,
            text=chance.choice(("livraison", "facture", "lampe")),
        )
        statement = await cases.filtered(session, filters, actor=SYSTEM)
        await session.scalars(statement.order_by(Case.updated_at.desc(), Case.id.desc()).limit(50))
        await cases.counts(session, replace(filters, text=None), actor=SYSTEM)

    async def knowledge_search(session: AsyncSession, chance: random.Random) -> None:
        asked = " ".join(chance.sample(WORDS.split(), 4)) + " livraisn"
        vector = [chance.gauss(0, 0.05) for _ in range(384)]
        await knowledge.best(session, question=asked, language=chance.choice(("fr", "en")), vector=vector, limit=5)

    async def allowed_actions(session: AsyncSession, chance: random.Random) -> None:
        order = await session.scalar(
            select(Order)
            .where(Order.id == some("orders", chance))
            .options(selectinload(Order.lines), selectinload(Order.shipments).selectinload(Shipment.events))
        )
        assert order is not None
        await allowed(session, order)

    return {
        "customer page": customer_page,
        "timeline, two pages": timeline_page,
        "desk list with counts": desk_list,
        "customer by identifier": find_identifier,
        "customer by fuzzy name": find_name,
        "cases, five filters, counts": case_list,
        "knowledge search": knowledge_search,
        "allowed actions of an order": allowed_actions,
    }


async def ask(sessions: Sessions, question: Question, chance: random.Random) -> float:
    """Milliseconds of one call."""
    since = time.perf_counter()
    async with reading(sessions) as session:
        await question(session, chance)
    return 1000 * (time.perf_counter() - since)


async def measure(sessions: Sessions, question: Question, calls: int) -> tuple[list[float], list[float]]:
    """Times alone, and with CLIENTS at once."""
    chance = random.Random(7)
    for _ in range(WARM):
        await ask(sessions, question, chance)
    alone = [await ask(sessions, question, chance) for _ in range(calls)]

    async def client(number: int) -> list[float]:
        own = random.Random(number)
        return [await ask(sessions, question, own) for _ in range(max(1, calls // 10))]

    together = await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return alone, [each for one in together for each in one]


async def keep_plans(engine: AsyncEngine, timed: Timed, folder: Path) -> None:
    """Writes what PostgreSQL does for the heaviest statements."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    for number, statement in enumerate(timed.heaviest(5), 1):
        typical = 1000 * statistics.median(timed.times[statement])
        async with engine.connect() as connection:
            rows = await connection.exec_driver_sql(
                f"explain (analyze, buffers, costs off) {statement}", timed.parameters[statement]
            )
            plan = "\n".join(row[0] for row in rows)
        told = f"-- typically {typical:.1f} ms for the client\n{statement.strip()}\n\n{plan}\n"
        await asyncio.to_thread((folder / f"{number}.txt").write_text, told)


async def run(scale: float, calls: int, plans: Path | None) -> None:
    """Loads, asks, prints."""
    counts = {name: max(500, int(count * scale)) for name, count in WHOLE.items()}
    with tempfile.TemporaryDirectory(prefix="relais-crm-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        async with stores.database(Settings(var=Path(folder), database_url=None, redis_url=None)) as url:
            await upgrade(url)
            engine = connect(url, pool_size=CLIENTS)
            took = await load(engine, counts, lambda line: print("  " + line, flush=True))
            print(f"loaded in {took:.0f} s: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
            timed, sessions = Timed(engine), sessions_on(engine)
            async with sessions() as session, session.begin():
                agent = Agent(email="bench@example.com", name="Bench", password_hash="-")
                session.add(agent)
            print(
                f"\n{'milliseconds':30}{'p50':>8}{'p95':>8}   |{f'{CLIENTS} clients p50':>16}{'p95':>8}   | statements"
            )
            for name, question in questions(counts, agent).items():
                before = timed.count
                alone, together = await measure(sessions, question, calls)
                each = (timed.count - before) / (len(alone) + len(together) + WARM)
                cut, cuts = statistics.quantiles(alone, n=100), statistics.quantiles(together, n=100)
                print(
                    f"{name:30}{cut[49]:8.1f}{cut[94]:8.1f}   |{cuts[49]:16.1f}{cuts[94]:8.1f}   |{each:11.1f}",
                    flush=True,
                )
            if plans is not None:
                await keep_plans(engine, timed, plans)
            await engine.dispose()


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--plans", type=Path)
    given = parser.parse_args()
    asyncio.run(run(given.scale, given.calls, given.plans))


if __name__ == "__main__":
    main()
