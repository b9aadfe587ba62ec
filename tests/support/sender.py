"""A process that sends from the outbox and dies, by SIGKILL, at the step it is told; and a platform it sends to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import aiohttp
from aiohttp import web

import crm_backend.model  # noqa: F401  every table must be known before the first query
from channels.port import Channel
from crm_backend.conversations.schema import Receipt
from crm_backend.conversations.sending import deliveries, outbox
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, connect, sessions_on
from server.loops.alive import Alive
from server.loops.outbox import OutboxLoop

ROOT = Path(__file__).resolve().parents[2]
Step = Callable[[str], None]
Tell = Callable[[Receipt], Awaitable[Any]]

STEPS = {
    "claiming": "leased, not committed",
    "claimed": "lease committed",
    "sending": "in the channel, nothing told to the platform",
    "took 1": "the platform has the first part, nobody noted it",
    "noted 1": "the first part is noted",
    "took 2": "the platform has everything, the channel has not returned",
    "settling": "noted as sent, not committed",
    "settled": "sent and committed",
}


@dataclass
class Platform:
    """A messaging platform on loopback.

    `kind` is what it can do: `blind` takes messages and forgets, `asked` finds those of a reference, `keyed` takes each
    key once, `echoing` tells later what became of a message and gives our reference back, `overtaking` does so before
    it answers the sender.
    """

    kind: str
    address: str = ""
    got: list[tuple[str, str]] = field(default_factory=list)
    """(chat, text) of what customers see."""
    tell: Tell | None = None
    _taken: list[dict[str, Any]] = field(default_factory=list)
    _untold: list[Receipt] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        before = [known for known in self._taken if known["ref"] == body["ref"]]
        if self.kind == "keyed" and before:
            return web.json_response({"id": before[0]["id"]})
        taken = {**body, "id": f"m{len(self._taken) + 1}"}
        self._taken.append(taken)
        self.got.append((body["chat"], body["text"]))
        if self.kind in ("echoing", "overtaking"):
            message, _, last = body["ref"].split(" ")
            named = {"platform_id": taken["id"], "message_id": UUID(message), "last": last == "last"}
            self._untold.append(Receipt(channel="webchat", state="delivered", **named))
        if self.kind == "overtaking":
            await self.tell_all()
        return web.json_response({"id": taken["id"]})

    async def find(self, request: web.Request) -> web.Response:
        of_message = [known for known in self._taken if known["ref"].split(" ")[0] == request.query["message"]]
        return web.json_response({"ids": [known["id"] for known in of_message]})

    async def tell_all(self) -> None:
        """Tells what became of everything not told of yet."""
        untold, self._untold = self._untold, []
        for receipt in untold:
            assert self.tell is not None
            await self.tell(receipt)


@asynccontextmanager
async def platform(kind: str) -> AsyncIterator[Platform]:
    """A platform of this kind, listening."""
    made = Platform(kind)
    app = web.Application()
    app.add_routes([web.post("/messages", made.take), web.get("/messages", made.find)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


@dataclass
class Adapter:
    """A channel to that platform; a text is sent in as many parts as `|` cuts it into."""

    sessions: Sessions
    http: aiohttp.ClientSession
    address: str
    kind: str
    step: Step

    async def send(self, delivery: Delivery) -> str:
        # A conversation's second message is not begun before its first one is settled for good.
        self.step("sending" if delivery.seq == 2 else "settled")
        ids = list(delivery.parts)
        if delivery.again and self.kind == "asked":
            async with self.http.get(
                f"{self.address}/messages", params={"message": str(delivery.message_id)}
            ) as answer:
                ids = (await answer.json())["ids"]
        texts = delivery.reply.text.split("|")
        for number, text in list(enumerate(texts, 1))[len(ids) :]:
            last = number == len(texts)
            ref = f"{delivery.message_id} {number} {'last' if last else 'part'}"
            body = {"chat": delivery.address, "text": text, "ref": ref}
            async with self.http.post(f"{self.address}/messages", json=body) as answer:
                ids.append((await answer.json())["id"])
            self.step(f"took {number}")
            if not last:
                async with self.sessions() as session, session.begin():
                    await deliveries.part_sent(session, delivery, ids[-1])
                self.step(f"noted {number}")
        return str(ids[-1])


class Unheard:
    """Fan-out to nobody."""

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        return

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
        async def none() -> AsyncIterator[dict[str, Any] | None]:
            await asyncio.Event().wait()
            yield None

        yield none()


async def nobody() -> None:
    """Wakes nobody."""


@asynccontextmanager
async def sending(database_url: str, address: str, kind: str, step: Step) -> AsyncIterator[OutboxLoop]:
    """The outbox loop over that channel, in a process that others see as long as it lives."""
    alive = Alive(database_url, wake=nobody, wake_senders=nobody)
    await alive.start()
    engine = connect(database_url, pool_size=2)
    sessions = sessions_on(engine)
    async with aiohttp.ClientSession() as http:
        adapter = cast("Channel", Adapter(sessions, http, address, kind, step))

        def find(channel: str, account: str) -> Channel:
            step("claimed")
            return adapter

        yield OutboxLoop(sessions=sessions, find=find, live=Unheard(), lease=lambda _: alive.lease())
    await alive.stop()
    await engine.dispose()


async def _die_at(last: str, database_url: str, address: str, kind: str) -> None:
    def step(name: str) -> None:
        if name == last:
            os.kill(os.getpid(), signal.SIGKILL)

    claim, sent = outbox.claim, deliveries.sent

    async def claiming(*given: Any, **more: Any) -> Any:
        found = await claim(*given, **more)
        step("claiming")
        return found

    async def settling(*given: Any, **more: Any) -> Any:
        state = await sent(*given, **more)
        step("settling")
        return state

    outbox.claim, deliveries.sent = claiming, settling
    async with sending(database_url, address, kind, step) as loop:
        while True:
            if not await loop.work():
                await asyncio.sleep(0.02)


class Nursery:
    """Makes such processes: one that has everything loaded, and forks for each."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def die_at(self, step: str, *, database_url: str, address: str, kind: str) -> int:
        """Sends until that step; the process's exit status, negative for a signal."""
        assert self._process.stdin and self._process.stdout
        order = {"last": step, "database_url": database_url, "address": address, "kind": kind}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(30):
            return int(await self._process.stdout.readline())


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """One such, for as long as it is needed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # Our neighbours in this folder are not to be taken for packages.
        __file__,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Nursery(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> None:
    """Reads orders, one a line; a process for each, whose exit status is told."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            # What it logs is not for who reads our answers.
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            asyncio.run(_die_at(**json.loads(line)))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
