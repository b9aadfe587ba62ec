"""The web chat and its visitors, over plain HTTP; the socket has tests of its own."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import aiohttp

from channels.webchat.visitors import hashed
from tests.channels.contract import Arrived, Call, Quiet, Stage


class WebChatCase(Quiet):
    """Browsers: each has the token that the server gave it when it said hello."""

    name = "webchat"
    accounts = ("main",)
    tells_what_it_has = True

    def settings(self, account: str) -> dict[str, Any]:
        return {}

    async def ready(self, stage: Stage) -> None:
        self._stage = stage
        self._tokens = {sender: (await self._hello(None))["visitor"] for sender in ("marie", "thomas")}

    async def heard(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        return self.call({"text": text}, number=number, sender=sender)

    def call(self, frame: Any, *, number: int = 1, sender: str = "marie", token: str | None = None) -> Call:
        """A message frame, posted."""
        if isinstance(frame, dict):
            client_id = str(uuid5(NAMESPACE_URL, f"{sender} {number}"))
            frame = {"type": "message", "client_id": client_id, "conversation": None, **frame}
        body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self._tokens[sender]}"}
        return Call("/chat/messages", body, headers)

    async def forged(self) -> list[Call]:
        genuine = await self.heard("bonjour")
        return [
            Call(genuine.path, genuine.body),
            Call(genuine.path, genuine.body, {"Authorization": "Basic bWFyaWU6"}),
            self.call({"text": "bonjour"}, token="guessed"),
        ]

    async def broken(self) -> list[Call]:
        return [
            self.call(b""),
            self.call(b"bonjour"),
            self.call(b"\xff\xfe\x00"),
            self.call([]),
            self.call({}),
            self.call({"text": ""}),
            self.call({"text": {"a": "b"}}),
            self.call({"text": "bonjour", "client_id": "not-an-identifier"}),
            self.call({"text": "bonjour", "conversation": 7}),
        ]

    async def address(self, sender: str = "marie") -> str:
        return hashed(self._tokens[sender])

    async def arrived(self) -> list[Arrived]:
        welcome = await self._hello(self._tokens["marie"])
        return [self._shown(message) for message in welcome["messages"] if message["from"] != "customer"]

    def _shown(self, message: dict[str, Any]) -> Arrived:
        cards = [
            part
            for card in message["cards"]
            for part in (card["title"], card["text"], *card.get("lines", []), card.get("url") or "", _price(card))
        ]
        place = message["location"] or {}
        cards += [str(value) for value in place.values() if value]
        cards += [part for one in message["contacts"] for part in (one["name"], *one["phones"], *one["emails"])]
        return Arrived(
            "marie",
            "\n".join([message["text"], *cards]),
            tuple(button["title"] for button in message["buttons"]),
            tuple(file["media_type"] for file in message.get("files", []) if file["url"]),
            platform_id=str(message["seq"]),
        )

    async def _hello(self, visitor: str | None) -> dict[str, Any]:
        frame = {"type": "hello", "visitor": visitor, "conversation": None, "after": 0, "language": "fr"}
        url = f"{self._stage.address}/chat/hello"
        async with aiohttp.ClientSession() as client, client.post(url, json=frame) as response:
            assert response.status == 200, await response.text()
            welcome: dict[str, Any] = await response.json()
            return welcome


def _price(card: dict[str, Any]) -> str:
    """As the widget writes it in French."""
    price = card.get("price")
    return f"{price['minor'] // 100},{price['minor'] % 100:02}\u00a0€" if price else ""


CASE = WebChatCase
