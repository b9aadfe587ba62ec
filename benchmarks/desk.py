"""How quickly the desk answers and hears when 50 agents work in a company of some years.

A million messages and 200,000 cases are loaded, agents sign in, and each keeps the live feed open, as a browser does.
Then, all at once:

* agents look at lists, open conversations, search for words, names and numbers, and look at the board, each with pauses
  for thought in between;
* customers write at a fixed rate in conversations that agents have: measured is the time from the beginning of their
  request to the frame on their agent's socket.

Agents and customers, the server, PostgreSQL and Valkey share this machine. Nothing leaves 127.0.0.1.

    .venv/bin/python -m benchmarks.desk
    .venv/bin/python -m benchmarks.desk --scale 0.01 --agents 5 --seconds 5      to see that it runs
    .venv/bin/python -m benchmarks.desk --keep /tmp/company      loads it once, and goes on with it the next time
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import itertools
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import aiohttp
from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from benchmarks.crm_load import FIRST, KINDS, LAST, WHOLE, WORDS, load
from benchmarks.systems import Running, machine, relais
from crm_backend.agents.model import Agent
from crm_backend.agents.services import hash_password
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import connect, new_id, sessions_on
from tests.support.site import AgentAtDesk
from tests.support.stores import PASSWORD

THOUGHT = 4.0
"""Seconds between two looks of an agent, on average."""
IDLE = 0.25
"""Seconds of processor a second that all parts use when nothing is done."""
VIEWS = ("waiting", "mine", "assistant", "closed", "team", "longest", "risk")
Look = Callable[[], Awaitable[tuple[int, object]]]


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of a million messages (default 1)")
    parser.add_argument("--agents", type=int, default=50, help="agents at their desks (default 50)")
    parser.add_argument("--rate", type=float, default=5, help="messages of customers a second (default 5)")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the company stays for the next time")
    return parser.parse_args()


class Desk:
    """One agent with the live feed open, and the customer whose conversation they have."""

    def __init__(self, agent: AgentAtDesk, number: int) -> None:
        self.agent = agent
        self.token = hashlib.sha256(f"desk {number}".encode()).hexdigest()[:43]
        self.conversation: str | None = None
        self.arrived: dict[str, float] = {}
        self._chance = random.Random(number)

    async def hear(self) -> None:
        """Reads the feed, and notes when each text came."""
        address = self.agent.address
        async with self.agent.client.ws_connect(f"{address}/desk/ws", headers={"Origin": address}) as socket:
            async for raw in socket:
                frame = raw.json()
                if frame["type"] == "message" and frame["message"]["from"] == "customer":
                    self.arrived[frame["message"]["text"]] = time.perf_counter()

    def looks(self, conversations: list[str], cases: int) -> dict[str, Look]:
        """What an agent looks at, with something picked by chance."""
        get, pick = self.agent.call, self._chance.choice
        name, word = f"{pick(FIRST.split())} {pick(LAST.split())}", pick(WORDS.split())
        found = pick((name, word, f"{word} {pick(WORDS.split())}", f"C-2026-{self._chance.randrange(1, cases):06d}"))
        return {
            "list": lambda: get("GET", f"/conversations?view={pick(VIEWS)}"),
            "open": lambda: get("GET", f"/conversations/{pick(conversations)}"),
            "search": lambda: get("GET", f"/find?q={found}"),
            "search in a list": lambda: get("GET", f"/conversations?view=closed&q={found}"),
            "board": lambda: get("GET", "/board"),
        }

    async def work(self, conversations: list[str], cases: int, took: dict[str, list[float]], until: float) -> None:
        """Looks at one thing after another."""
        await asyncio.sleep(self._chance.uniform(0, THOUGHT))
        for kind in itertools.cycle(("list", "open", "open", "search", "list", "open", "search in a list", "board")):
            if time.perf_counter() > until:
                return
            look = self.looks(conversations, cases)[kind]
            began = time.perf_counter()
            status, body = await look()
            took[kind if status == 200 else f"{kind}: status {status}"].append(time.perf_counter() - began)
            del body
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * THOUGHT)

    async def written(self, client: aiohttp.ClientSession, text: str) -> int:
        """Their customer writes."""
        frame = {
            "type": "message", "client_id": str(uuid4()), "text": text, "language": "fr",
            "conversation": self.conversation,
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.token}"}
        async with client.post(f"{self.agent.address}/chat/messages", json=frame, headers=headers) as answer:
            told = await answer.json()
            self.conversation = told.get("conversation", self.conversation)
            return answer.status


async def loaded(url: str, counts: dict[str, int]) -> None:
    """Loads the company."""
    engine = connect(url)
    took = await load(engine, counts, lambda _told: None)
    print(f"loaded in {took:.0f} s: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()), flush=True)
    await engine.dispose()


async def settled(system: Running) -> None:
    """Waits until the loops have worked through what is new to them: reports, values, meanings of articles."""
    engine = connect(system.database_url).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("vacuum analyze"))
    await engine.dispose()
    began, quiet = time.perf_counter(), 0
    while quiet < 3:
        used = sum(system.cpu().values())
        await asyncio.sleep(5)
        quiet = quiet + 1 if sum(system.cpu().values()) - used < IDLE * 5 else 0
    print(f"settled after {time.perf_counter() - began:.0f} s", flush=True)


async def employed(url: str, count: int) -> list[str]:
    """Makes the agents; their addresses."""
    emails, password = [f"agent{number}@bench.example" for number in range(count)], hash_password(PASSWORD)
    engine = connect(url)
    async with engine.begin() as connection:
        rows = [
            {"id": new_id(), "email": email, "name": f"Agent {n}", "password_hash": password, "role": "supervisor"}
            for n, email in enumerate(emails)
        ]
        await connection.execute(insert(Agent).on_conflict_do_nothing(), rows)
    await engine.dispose()
    return emails


async def main() -> None:
    """Prints what was measured."""
    asked = options()
    gc.disable()
    print(machine())
    counts = {name: max(500, int(count * asked.scale)) for name, count in WHOLE.items()}
    with tempfile.TemporaryDirectory(prefix="relais-desk-", ignore_cleanup_errors=True) as new:
        folder = asked.keep or Path(new)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        there = (folder / "var" / "postgres").exists()

        async def company(url: str) -> None:
            if not there:
                await loaded(url, counts)

        async with relais(folder, company=company) as system:
            await _measure(system, asked, counts)


async def _measure(system: Running, asked: argparse.Namespace, counts: dict[str, int]) -> None:
    await settled(system)
    emails = await employed(system.database_url, asked.agents)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        desks: list[Desk] = []
        for number, email in enumerate(emails):
            agent = AgentAtDesk(await stack.enter_async_context(_at_home(number)), system.address)
            await agent.sign_in(email)
            desks.append(Desk(agent, number))
        hearing = [asyncio.create_task(desk.hear()) for desk in desks]
        for desk in desks:
            await desk.written(client, "bonjour")
        await asyncio.sleep(10)
        await _given(system, desks)
        await _work(client, system, desks, asked, counts)
        for task in hearing:
            task.cancel()


def _at_home(number: int) -> aiohttp.ClientSession:
    """A browser with a network address of its own: how often one address may sign in is limited."""
    connector = aiohttp.TCPConnector(local_addr=(f"127.0.1.{number + 1}", 0))
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def _given(system: Running, desks: list[Desk]) -> None:
    """Each agent has the conversation of their customer."""
    engine = connect(system.database_url)
    async with sessions_on(engine)() as session, session.begin():
        for desk in desks:
            owner = agent_owner(desk.agent.id)
            mine = update(Conversation).where(Conversation.id == desk.conversation)
            await session.execute(mine.values(owner=owner, version=Conversation.version + 1))
    await engine.dispose()


async def _work(
    client: aiohttp.ClientSession, system: Running, desks: list[Desk], asked: argparse.Namespace, counts: dict[str, int]
) -> None:
    some, took = random.Random(1), defaultdict[str, list[float]](list)
    last = counts["messages"] // 10
    beginning = f"0190{KINDS['conversations']}000-0000-7000-8000-"
    conversations = [f"{beginning}{some.randrange(1, last):012x}" for _ in range(2000)]
    used, began = system.cpu(), time.perf_counter()
    until = began + asked.seconds
    working = [asyncio.create_task(desk.work(conversations, counts["cases"], took, until)) for desk in desks]
    sent, writing = {}, []
    for n in range(int(asked.rate * asked.seconds)):
        await asyncio.sleep(max(0.0, began + n / asked.rate - time.perf_counter()))
        desk, text = desks[n % len(desks)], f"message {n}"
        sent[text] = (desk, time.perf_counter())
        writing.append(asyncio.create_task(desk.written(client, text)))
    statuses = [await task for task in writing]
    await asyncio.gather(*working)
    await asyncio.sleep(2)
    seconds = {part: value - used[part] for part, value in system.cpu().items()}
    heard = [desk.arrived[text] - at for text, (desk, at) in sent.items() if text in desk.arrived]
    missing = sum(status >= 300 for status in statuses), len(sent) - len(heard)
    print(f"{len(desks)} agents for {asked.seconds:.0f} s; milliseconds")
    for kind in sorted(took):
        print(line(kind, took[kind]))
    print(line("customer to agent's screen", heard))
    print(f"refused {missing[0]}, not heard {missing[1]} of {len(sent)}")
    print("processor seconds: " + ", ".join(f"{part} {value:.1f}" for part, value in seconds.items()))


def line(name: str, took: list[float]) -> str:
    """One row: how many, and the times within which half, 95 and 99 % were there."""
    if len(took) < 2:
        return f"{name:28}{len(took):6}"
    cuts = [1000 * cut for cut in statistics.quantiles(took, n=100)]
    return f"{name:28}{len(took):6}   p50 {cuts[49]:6.0f}   p95 {cuts[94]:6.0f}   p99 {cuts[98]:6.0f}"


if __name__ == "__main__":
    asyncio.run(main())
