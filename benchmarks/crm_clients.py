"""Clients that ask the CRM all at once, in as many processes as servers would run here: one for each core."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sqlalchemy import select

from benchmarks.crm_questions import Question, ask, questions
from crm_backend.agents.model import Agent
from crm_backend.database import Sessions, connect, reading, sessions_on
from server.commands.serve import rare_collections
from server.verbs.running import fast_loop

CLIENTS, WARM = 20, 10
SERVERS = min(os.cpu_count() or 1, CLIENTS)


@dataclass(frozen=True)
class Together:
    """Milliseconds of each call, and what one call cost the processes of the clients in milliseconds of processor."""

    times: list[float]
    processor: float


class Clients:
    """The processes, waiting to be asked."""

    def __init__(self, pipes: list[Connection]) -> None:
        self._pipes = pipes

    def prepare(self, question: str, calls: int) -> None:
        """Has every client ask a few times, so that connections are open and statements prepared, as they are in a
        server that has run for a while."""
        for pipe in self._pipes:
            pipe.send((question, calls))
        for pipe in self._pipes:
            pipe.recv()

    def go(self) -> Together:
        """Has every client ask as often as was said, without a pause."""
        for pipe in self._pipes:
            pipe.send("go")
        found = [pipe.recv() for pipe in self._pipes]
        times = [each for own, _ in found for each in own]
        return Together(times, 1000 * sum(used for _, used in found) / len(times))


@contextmanager
def clients(url: str, counts: dict[str, int]) -> Iterator[Clients]:
    """Starts the processes, and ends them."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for number in range(SERVERS):
        ours, theirs = context.Pipe()
        mine = list(range(number, CLIENTS, SERVERS))
        process = context.Process(target=_serve, args=(theirs, url, counts, mine), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        yield Clients(pipes)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(30)


def _serve(pipe: Connection, url: str, counts: dict[str, int], numbers: list[int]) -> None:
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(_answer(pipe, url, counts, numbers))


async def _answer(pipe: Connection, url: str, counts: dict[str, int], numbers: list[int]) -> None:
    engine = connect(url, pool_size=len(numbers))
    sessions = sessions_on(engine)
    async with reading(sessions) as session:
        agent = (await session.scalars(select(Agent))).one()
    asked = questions(counts, agent)
    rare_collections()
    try:
        while True:
            name, calls = await asyncio.to_thread(pipe.recv)
            await _each(sessions, asked[name], numbers, WARM)
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            used = time.process_time()
            times = await _each(sessions, asked[name], numbers, calls)
            pipe.send((times, time.process_time() - used))
    except EOFError:
        await engine.dispose()


async def _each(sessions: Sessions, question: Question, numbers: list[int], calls: int) -> list[float]:
    async def client(number: int) -> list[float]:
        own = random.Random(number * 1000 + calls)
        return [await ask(sessions, question, own) for _ in range(calls)]

    return [each for one in await asyncio.gather(*map(client, numbers)) for each in one]
