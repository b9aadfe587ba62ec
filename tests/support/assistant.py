"""Two assistants behind the same port: one that says what a test scripts, and the real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import cycle
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from server.bot import LaneBot
from server.settings import Settings
from server.supervise import assistant
from server.supervise.children import Supervisor
from tests.support.stores import ROOT

BOT_TOKEN = "bot-token-of-tests"
Script = Callable[[dict[str, Any]], Awaitable[web.Response]]


BLOCK = 400


@cache
def _ports(_process: int) -> tuple[socket.socket, Iterator[int]]:
    """Ports of one process alone, as long as it holds the first of their block: several run tests at once, and who only
    looks whether a port is free may find it taken a moment later."""
    for first in random.sample(range(20_000, 32_000, BLOCK), 12_000 // BLOCK):
        held = socket.socket()
        with contextlib.suppress(OSError):
            held.bind(("127.0.0.1", first))
            return held, cycle(range(first + 1, first + BLOCK))
        held.close()
    raise RuntimeError("too many processes run tests")


def free_port() -> int:
    """A port nobody uses now, out of the range from which the system takes ports for connections."""
    for port in _ports(os.getpid())[1]:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a circle has no end")


def said(*texts: str, intent: str = "greet", **more: Any) -> dict[str, Any]:
    """An answer in the shape of the protocol."""
    return {
        "replies": [{"text": text} for text in texts],
        "state": {"slots": {}},
        "language": "fr",
        "understanding": {"intent": intent, "confidence": 0.9, "entities": []},
        **more,
    }


def reaching(client: aiohttp.ClientSession, port: int, *, timeout: float) -> LaneBot:
    """The server's side of an assistant that is to be on this port, and calls for nothing."""

    async def act(what: str, _: Any) -> str:
        raise AssertionError(f"{what} is called for")

    async def given() -> dict[str, Any]:
        return {}

    address = f"http://127.0.0.1:{port}"
    return LaneBot(client, address=address, token=SecretStr("x"), timeout=timeout, act=act, given=given)


def _frame(said: web.Response) -> str:
    """What a script answers, as it goes over a lane; no JSON where that is none."""
    assert isinstance(said.body, bytes)
    try:
        return json.dumps({"status": said.status, "answer": json.loads(said.body)})
    except ValueError:
        return said.body.decode()


class ScriptedBot:
    """A server that speaks the assistant's protocol and says what it is told to."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[dict[str, Any]] = []
        self.script: Script = self.echo
        self.delay = 0.0
        self.lanes = 0
        self._runner: web.AppRunner | None = None

    async def echo(self, turn: dict[str, Any]) -> web.Response:
        """Repeats what was said; hands over when a person is asked for."""
        if turn["text"] == "/ask_person":
            return web.json_response(
                said("Je vous passe une personne.", intent="ask_person")
                | {"replies": [{"text": "Je vous passe une personne."}, {"command": {"do": "hand_over"}}]}
            )
        return web.json_response(said(f"echo: {turn['text']}"))

    async def start(self) -> None:
        """Begins to answer."""

        async def lane(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
                return web.json_response({"code": "wrong_token"}, status=401)
            socket = web.WebSocketResponse(timeout=0.1)
            await socket.prepare(request)
            self.lanes += 1
            async for frame in socket:
                asked = frame.json()["turn"]
                self.asked.append(asked)
                if self.delay:
                    await asyncio.sleep(self.delay)
                said = await self.script(asked)
                await socket.send_str(_frame(said))
            return socket

        async def ready(_: web.Request) -> web.Response:
            return web.json_response({})

        app = web.Application()
        app.add_routes([web.get("/webhooks/relais/turns", lane), web.get("/webhooks/relais/ready", ready)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        """Is gone, as after a crash."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None


@asynccontextmanager
async def real(logs: Any) -> AsyncIterator[tuple[Settings, Supervisor]]:
    """The trained assistant in its own environment; the ports it uses are in the settings."""
    settings = Settings(
        var=ROOT / "var",
        bot_port=free_port(),
        bot_token=SecretStr(BOT_TOKEN),
        secret_key=SecretStr("secret-of-tests"),
    )
    if not assistant.model(settings).exists():
        raise RuntimeError("the assistant is not trained: run ./relais train, or ./relais test without arguments")
    supervisor = Supervisor(logs, tell=lambda _: None)
    try:
        await supervisor.start(assistant.child(settings), within=assistant.LOADING)
        yield settings, supervisor
    finally:
        await supervisor.stop()
