"""What the web chat's tests share: plain HTTP as a browser without WebSockets would use it, and raw sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from server.app import Parts
from tests.support import site


@dataclass
class Browser:
    """A browser whose WebSockets are blocked."""

    client: aiohttp.ClientSession
    address: str
    token: str = ""
    conversation: str | None = None

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        async with self.client.request(method, f"{self.address}/chat{path}", headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def hello(self, **fields: Any) -> dict[str, Any]:
        status, welcome = await self.call("POST", "/hello", json=fields)
        assert status == 200, welcome
        self.token, self.conversation = welcome["visitor"], welcome["conversation"]
        return welcome

    async def send(self, text: Any, **fields: Any) -> tuple[int, dict[str, Any]]:
        body = {"conversation": self.conversation, "client_id": str(uuid4()), "text": text} | fields
        status, answer = await self.call("POST", "/messages", json=body)
        self.conversation = answer.get("conversation", self.conversation)
        return status, answer

    async def poll(self, after: int = 0, wait: Any = 0, **more: Any) -> tuple[int, dict[str, Any]]:
        query = {"conversation": str(self.conversation), "after": str(after), "wait": str(wait)}
        return await self.call("GET", "/messages", params=query, **more)


@pytest.fixture
async def browser(server: Parts) -> AsyncIterator[Browser]:
    async with site.browser_session() as client:
        yield Browser(client, server.settings.address)
