"""A running server, and the people who talk to it: customers in a browser, agents at the desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from server import app, working
from server.app import Parts, running
from server.settings import Settings
from tests.support import lending
from tests.support.assistant import BOT_TOKEN, free_port
from tests.support.stores import PASSWORD, ROOT

SOON = 20.0


def settings_for(database_url: str, redis_url: str, **more: Any) -> Settings:
    """Settings of a server under test."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": redis_url,
        "port": free_port(),
        "bot_token": SecretStr(BOT_TOKEN),
        "secret_key": SecretStr("secret-of-tests"),
        "messages_per_minute": 600,
        "turn_workers": 4,
        "var": ROOT / "var",
        "files_url": str(ROOT / "var" / "artefacts" / "files"),
        "timezone": "Europe/Paris",
    }
    return Settings(**{**values, **more})


@asynccontextmanager
async def serving(settings: Settings, *, keeping: bool = False) -> AsyncIterator[Parts]:
    """The server in this process, on its ports.

    Without `keeping`, the loops that keep the CRM in order (server/working.py) are left out: each looks for work when a
    server starts, which takes longer than most tests.
    """
    async with AsyncExitStack() as stack:
        with _wired_for_tests(settings, keeping=keeping):
            parts = await stack.enter_async_context(running(settings))
        public = web.AppRunner(parts.public, shutdown_timeout=1.0)
        await public.setup()
        await web.TCPSite(public, "127.0.0.1", settings.port).start()
        try:
            yield parts
        finally:
            await public.cleanup()


@contextmanager
def _wired_for_tests(settings: Settings, *, keeping: bool) -> Iterator[None]:
    with ExitStack() as stack:
        if engine := lending.kept_engine(str(settings.database_url)):
            stack.enter_context(patch.object(app, "connect", lambda *_, **__: engine))
        if not keeping:
            stack.enter_context(patch.object(working, "_keeping", lambda *_: []))
        yield


@dataclass
class Customer:
    """A visitor's browser on the web chat, as the widget would behave."""

    client: aiohttp.ClientSession
    address: str
    language: str = "fr"
    visitor: str | None = None
    conversation: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    socket: aiohttp.ClientWebSocketResponse | None = None

    @property
    def last(self) -> int:
        return self.messages[-1]["seq"] if self.messages else 0

    async def connect(self) -> dict[str, Any]:
        """Opens the socket and says hello, resuming what was known; the welcome frame."""
        self.socket = await self.client.ws_connect(f"{self.address}/chat/ws")
        await self.socket.send_json(
            {
                "type": "hello",
                "visitor": self.visitor,
                "conversation": self.conversation,
                "after": self.last,
                "language": self.language,
            }
        )
        welcome = await self._frame("welcome")
        self.visitor, self.conversation = welcome["visitor"], welcome["conversation"]
        for message in welcome["messages"]:
            self._keep(message)
        return welcome

    async def send(self, text: str, *, client_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Sends a message and waits until it is stored; the ack or error frame."""
        assert self.socket is not None
        frame = {"type": "message", "client_id": client_id or str(uuid4()), "text": text, **more}
        await self.socket.send_json(frame)
        answer = await self._frame("ack", "error")
        if answer["type"] == "ack":
            self.conversation = answer["conversation"]
        return answer

    async def press(self, title: str) -> dict[str, Any]:
        """Presses a button of the last message that offers it."""
        for message in reversed(self.messages):
            titles = [button["title"] for button in message["buttons"]]
            if title in titles:
                return await self.send(title, button={"seq": message["seq"], "index": titles.index(title)})
        raise AssertionError(f"no button {title}")

    async def until(self, author: str, *, after: int | None = None) -> dict[str, Any]:
        """The next message by this author beyond `after` (default: what the customer last wrote)."""
        edge = (
            after if after is not None else max((m["seq"] for m in self.messages if m["from"] == "customer"), default=0)
        )
        while True:
            for message in self.messages:
                if message["seq"] > edge and message["from"] == author:
                    return message
            await self._frame("message")

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Sends, and waits for the assistant's first answer to it."""
        ack = await self.send(text, **more)
        assert ack["type"] == "ack", ack
        return await self.until("bot", after=ack["seq"])

    async def settle(self, pause: float = 0.4) -> None:
        """Reads whatever still comes."""
        try:
            while True:
                await asyncio.wait_for(self._any(), pause)
        except TimeoutError:
            return

    async def hang_up(self) -> None:
        """The connection is cut."""
        if self.socket is not None:
            await self.socket.close()
            self.socket = None

    async def _frame(self, *kinds: str) -> dict[str, Any]:
        async with asyncio.timeout(SOON):
            while True:
                frame = await self._any()
                if frame["type"] in kinds:
                    return frame

    async def _any(self) -> dict[str, Any]:
        assert self.socket is not None
        frame: dict[str, Any] = await self.socket.receive_json()
        self.frames.append(frame)
        if frame["type"] == "message":
            self._keep(frame["message"])
        return frame

    def _keep(self, message: dict[str, Any]) -> None:
        for at, known in enumerate(self.messages):
            if known["seq"] == message["seq"]:
                assert known != message, "told twice, and nothing has changed"
                self.messages[at] = message
                return
        assert message["seq"] > self.last, f"seq {message['seq']} after {self.last}"
        self.messages.append(message)


@dataclass
class AgentAtDesk:
    """A signed-in agent using the desk's API."""

    client: aiohttp.ClientSession
    address: str
    csrf: str = ""
    id: str = ""

    async def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Opens a session."""
        status, body = await self.call("POST", "/session", email=email, password=password)
        assert status == 200, body
        self.csrf, self.id = body["csrf"], body["agent"]["id"]

    async def call(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        """One request; status and body."""
        url = f"{self.address}/desk/api{path}"
        headers = {"X-CSRF-Token": self.csrf}
        async with self.client.request(method, url, json=body or None, headers=headers) as response:
            text = await response.text()
            return response.status, (await response.json(content_type=None) if text else None)

    async def conversation(self, conversation: str) -> dict[str, Any]:
        """A whole conversation."""
        status, body = await self.call("GET", f"/conversations/{conversation}")
        assert status == 200, body
        found: dict[str, Any] = body
        return found

    async def take(self, conversation: str) -> tuple[int, Any]:
        """Takes it as it stands."""
        version = (await self.conversation(conversation))["conversation"]["version"]
        return await self.call("POST", f"/conversations/{conversation}/take", version=version)

    async def answer(self, conversation: str, text: str, client_id: str | None = None) -> tuple[int, Any]:
        """Writes to the customer."""
        return await self.call(
            "POST", f"/conversations/{conversation}/messages", client_id=client_id or str(uuid4()), text=text
        )

    async def release(self, conversation: str, note: str = "") -> tuple[int, Any]:
        """Hands back to the assistant."""
        version = (await self.conversation(conversation))["conversation"]["version"]
        return await self.call("POST", f"/conversations/{conversation}/release", version=version, note=note)


@asynccontextmanager
async def browser_session() -> AsyncIterator[aiohttp.ClientSession]:
    """A cookie jar and connections of its own."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield client


def folder_of(name: str) -> Path:
    """A folder under var for what a test leaves to be looked at."""
    folder = ROOT / "var" / "artefacts" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
