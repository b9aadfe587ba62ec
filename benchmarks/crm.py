"""How fast the CRM answers in a company of some years, to one client and to 20 at once.

    .venv/bin/python -m benchmarks.crm [--scale 1] [--calls 200] [--only timeline] [--plans benchmarks/plans]

In a PostgreSQL of its own, thrown away afterwards. Each question is one call of the service behind the API, with its
session; the one client runs in this process, the 20 in as many as there are cores, as servers do (crm_clients.py), so
their own processor time counts. `--only` asks what has this in its name; `--plans` keeps the plans of the five heaviest
statements.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.crm_clients import CLIENTS, SERVERS, WARM, Together, clients
from benchmarks.crm_load import WHOLE, load
from benchmarks.crm_questions import Question, ask, questions
from crm_backend.agents.model import Agent
from crm_backend.database import Sessions, connect, sessions_on
from server.settings import Settings
from server.supervise import stores
from server.supervise.records import upgrade


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


async def alone(sessions: Sessions, question: Question, calls: int) -> list[float]:
    """Milliseconds of each call of one client, the first few left out."""
    chance = random.Random(7)
    for _ in range(WARM):
        await ask(sessions, question, chance)
    return [await ask(sessions, question, chance) for _ in range(calls)]


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


class Processor:
    """The processor time of a PostgreSQL, by the folder of its data."""

    def __init__(self, data: Path) -> None:
        self._server = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))

    def used(self) -> float:
        """Milliseconds up to now, those of connections that were closed included."""
        times = [each.cpu_times() for each in (self._server, *self._server.children())]
        ended = self._server.cpu_times()
        return 1000 * (sum(each.user + each.system for each in times) + ended.children_user + ended.children_system)


HEADS = ("alone: p50", "p95", "statements", f"{CLIENTS} clients: p50", "p95", "processor: Python", "PostgreSQL")
WIDTHS = [max(10, len(head) + 2) for head in HEADS]
HEADING = "".join(f"{head:>{wide}}" for head, wide in zip(HEADS, WIDTHS, strict=True))


def line(name: str, one: list[float], statements: float, all_at_once: Together, postgres: float) -> str:
    """What is printed of a question, under HEADS."""
    cut, cuts = statistics.quantiles(one, n=100), statistics.quantiles(all_at_once.times, n=100)
    figures = (cut[49], cut[94], statements, cuts[49], cuts[94], all_at_once.processor, postgres)
    return f"{name:28}" + "".join(f"{figure:{wide}.1f}" for figure, wide in zip(figures, WIDTHS, strict=True))


async def run(*, scale: float, calls: int, only: str, plans: Path | None) -> None:
    """Loads, asks, prints."""
    counts = {name: max(500, int(count * scale)) for name, count in WHOLE.items()}
    with tempfile.TemporaryDirectory(prefix="relais-crm-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        settings = Settings(var=Path(folder), database_url=None, redis_url=None)
        async with stores.database(settings) as url:
            await upgrade(url)
            engine = connect(url, pool_size=CLIENTS)
            took = await load(engine, counts, lambda told: print("  " + told, flush=True))
            print(f"loaded in {took:.0f} s: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
            timed, sessions = Timed(engine), sessions_on(engine)
            async with sessions() as session, session.begin():
                agent = Agent(email="bench@example.com", name="Bench", password_hash="-")
                session.add(agent)
            processor = Processor(Path(folder) / "postgres")
            print(f"\nmilliseconds; {CLIENTS} clients in {SERVERS} processes\n{'':28}" + HEADING)
            with clients(url, counts) as many:
                for name, question in questions(counts, agent).items():
                    if only not in name:
                        continue
                    before = timed.count
                    one = await alone(sessions, question, calls)
                    statements = (timed.count - before) / (len(one) + WARM)
                    await asyncio.to_thread(many.prepare, name, max(10, calls // 5))
                    used = processor.used()
                    together = await asyncio.to_thread(many.go)
                    used = (processor.used() - used) / len(together.times)
                    print(line(name, one, statements, together, used), flush=True)
            if plans is not None:
                await keep_plans(engine, timed, plans)
            await engine.dispose()


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--only", default="")
    parser.add_argument("--plans", type=Path)
    given = parser.parse_args()
    asyncio.run(run(scale=given.scale, calls=given.calls, only=given.only, plans=given.plans))


if __name__ == "__main__":
    main()
