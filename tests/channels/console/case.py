"""The console and whoever writes to it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from structlog.testing import capture_logs

from tests.channels.contract import Arrived, Call, Quiet

TOKENS = {"main": "token-of-the-main-console", "second": "token-of-another-console"}


class ConsoleCase(Quiet):
    """Its platform is the server's log."""

    name = "console"

    async def start(self) -> None:
        self._stack = ExitStack()
        self._log = self._stack.enter_context(capture_logs())

    async def stop(self) -> None:
        self._stack.close()

    def settings(self, account: str) -> dict[str, Any]:
        return {"token": TOKENS[account]}

    def call(self, body: Any, *, account: str = "main", token: str | None = None) -> Call:
        """A request to a console's hook."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token or TOKENS[account]}", "Content-Type": "application/json"}
        return Call(f"/hooks/console/{account}", raw, headers)

    async def heard(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        return self.call({"id": str(number), "sender": sender, "text": text}, account=account)

    async def forged(self) -> list[Call]:
        genuine = await self.heard("bonjour")
        return [
            Call(genuine.path, genuine.body),
            Call(genuine.path, genuine.body, {"Authorization": f"Basic {TOKENS['main']}"}),
            Call(genuine.path, genuine.body, {"Authorization": "Bearer " + TOKENS["main"].upper()}),
            Call(genuine.path, genuine.body, {"Authorization": "Bearer "}),
        ]

    async def unknown(self) -> list[Call]:
        return [self.call({"kind": "wave", "id": "1", "sender": "marie"})]

    async def broken(self) -> list[Call]:
        return [
            self.call(b""),
            self.call(b"bonjour"),
            self.call(b"\xff\xfe\x00"),
            self.call([]),
            self.call({"id": 1, "sender": "marie", "text": "bonjour"}),
            self.call({"id": "1", "sender": "Marie; rm", "text": "bonjour"}),
            self.call({"id": "1", "sender": "marie", "text": ""}),
            self.call({"id": "1", "sender": "marie", "text": {"a": "b"}}),
            self.call({"id": "1", "sender": "marie", "text": "a\0b\ud800"}),
        ]

    async def address(self, sender: str = "marie") -> str:
        return sender

    async def arrived(self) -> list[Arrived]:
        shown: dict[str, list[str]] = {}
        for entry in self._log:
            if entry["event"] == "console.say" and entry["to"] == "marie":
                shown.setdefault(entry["message"], []).append(entry["text"])
        return [Arrived("marie", "\n".join(lines), platform_id=message) for message, lines in shown.items()]


CASE = ConsoleCase
