"""A server in a process of its own, to be killed; and customers who insist until they are heard and answered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from tests.support import site
from tests.support.assistant import BOT_TOKEN, ScriptedBot, free_port
from tests.support.site import Customer
from tests.support.stores import ROOT

STARTING = 40.0


class ServerProcess:
    """`python -m server serve` in a process of its own, to be killed and started again on the same port."""

    def __init__(self, database_url: str, redis_url: str, bot: ScriptedBot, log: Path) -> None:
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        self._log = log
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
        self._environment = kept | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "RELAIS_PORT": str(port),
            "RELAIS_BOT_PORT": str(bot.port),
            "RELAIS_BOT_TOKEN": BOT_TOKEN,
            "RELAIS_SECRET_KEY": "secret-of-tests",
            # Nobody waits for it: what a dead process had is seen to be nobody's.
            "RELAIS_TURN_LEASE": "600",
            "RELAIS_MESSAGES_PER_MINUTE": "6000",
            "RELAIS_VAR": str(ROOT / "var"),
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it and waits until it answers."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "server", "serve", cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(STARTING), aiohttp.ClientSession() as client:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with client.get(f"{self.address}/healthz") as response:
                        if response.status == 200:
                            return
                assert self._process.returncode is None, self._log.read_text()[-2000:]
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """kill -9"""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        await self._process.wait()


@asynccontextmanager
async def process(url: str, redis_url: str, bot: ScriptedBot, log: Path) -> AsyncIterator[ServerProcess]:
    running = ServerProcess(url, redis_url, bot, log)
    try:
        await running.start()
        yield running
    finally:
        await running.kill()


class Patient(Customer):
    """A widget as it must be: what is not acknowledged is sent again, with the same identifier, until it is."""

    refusals: list[dict[str, Any]]

    async def insist(self, text: str) -> dict[str, Any]:
        """The acknowledgement, however often the connection is lost meanwhile."""
        client_id = str(uuid4())
        async with asyncio.timeout(STARTING + 30):
            while True:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError, TypeError, TimeoutError, AssertionError):
                    if self.socket is None or self.socket.closed:
                        await self.connect()
                    answer = await self.send(text, client_id=client_id)
                    if answer["type"] == "ack":
                        return answer
                    self.refusals.append(answer)
                    await asyncio.sleep(0.2)
                    continue
                await self._again()

    async def answered(self, count: int) -> list[str]:
        """The assistant's answers, once there are `count`."""
        async with asyncio.timeout(STARTING + 30):
            while len(self.heard()) < count:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError, TypeError, TimeoutError, AssertionError):
                    if self.socket is None or self.socket.closed:
                        await self.connect()
                        continue
                    await self._frame("message")
                    continue
                await self._again()
        with contextlib.suppress(aiohttp.ClientError, ConnectionError, TypeError):
            await self.settle(0.5)
        return self.heard()

    def heard(self) -> list[str]:
        return [message["text"] for message in self.messages if message["from"] == "bot"]

    async def _again(self) -> None:
        with contextlib.suppress(Exception):
            await self.hang_up()
        self.socket = None
        await asyncio.sleep(0.1)


@asynccontextmanager
async def patient(address: str) -> AsyncIterator[Patient]:
    async with site.browser_session() as client:
        made = Patient(client, address)
        made.refusals = []
        yield made
