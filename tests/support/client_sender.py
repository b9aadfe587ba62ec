"""A process that sends from the outbox through a channel as it is, and a wire between it and the platform that is cut
together with the process once the platform has taken a message."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import crm_backend.model  # noqa: F401  every table must be known before the first query
from channels import installed
from channels.port import Channel
from crm_backend.database import connect, sessions_on
from server.accounts import validated
from server.loops.outbox import OutboxLoop
from tests.support.channels import core_on
from tests.support.sender import Unheard

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def wire(port: int, taken: Callable[[], Awaitable[bool]], cut: Callable[[], None]) -> AsyncIterator[int]:
    """A port that leads to another one. Once the platform has `taken` something its answer goes nowhere: `cut`."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)

        async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool) -> None:
            while content := await source.read(65_536):
                if answers and await taken():
                    cut()
                    return
                target.write(content)
                await target.drain()

        asks = asyncio.create_task(pass_on(reader, back, answers=False))
        with contextlib.suppress(OSError):
            await pass_on(there, writer, answers=True)
        asks.cancel()
        for each in (back, writer):
            each.close()

    server = await asyncio.start_server(lead, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def by_way_of(settings: dict[str, Any], port: int) -> tuple[dict[str, Any], int]:
    """The settings with another port in place of the platform's, and the platform's."""
    if "smtp_port" in settings:
        return settings | {"smtp_port": port}, int(settings["smtp_port"])
    name = next(name for name in ("api_url", "graph_url") if name in settings)
    there = urlsplit(settings[name]).port
    assert there is not None
    return settings | {name: settings[name].replace(f":{there}", f":{port}")}, there


class Senders:
    """Makes processes that send: one that has everything loaded, and forks for each."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout
        self._orders, self._told = process.stdin, process.stdout
        self._pid = 0

    async def begin(self, *, database_url: str, channel: str, settings: dict[str, Any]) -> None:
        """Begins to send by this channel with these settings."""
        order = {"database_url": database_url, "channel": channel, "settings": settings}
        self._orders.write(json.dumps(order).encode() + b"\n")
        self._pid = int(await self._told.readline())

    def kill(self) -> None:
        """Ends it, by SIGKILL."""
        os.kill(self._pid, signal.SIGKILL)

    async def ended(self) -> int:
        """Its exit status, negative for a signal."""
        return int(await self._told.readline())


@asynccontextmanager
async def senders() -> AsyncIterator[Senders]:
    """Such a process, for as long as it is needed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", __file__),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Senders(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _send(database_url: str, channel: str, settings: dict[str, Any]) -> None:
    blueprint = installed()[channel]
    sessions = sessions_on(connect(database_url, pool_size=2))
    async with core_on(sessions, live=Unheard()) as core:
        opened: Channel = blueprint.open(validated(blueprint, settings), "main", core)
        loop = OutboxLoop(sessions=sessions, find=lambda _channel, _account: opened, live=Unheard())
        while True:
            if not await loop.work():
                await asyncio.sleep(0.02)


def main() -> None:
    """Reads orders, one a line; for each a process, whose identifier is told, and then its exit status."""
    installed()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            # What it logs is not for who reads our answers.
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            asyncio.run(_send(**json.loads(line)))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
