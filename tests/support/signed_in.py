"""Pages of a company's site on which somebody may be signed in."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import jwt

from crm_backend.conversations.model import Conversation
from server.app import Parts
from tests.support import site

SECRET = "a secret that the site and the chat share"


@dataclass
class Page:
    """A page of the company's site in some browser, whose visitor may be signed in."""

    browser: site.Customer
    user: str | None = None

    async def hello(self, **more: Any) -> dict[str, Any]:
        """Says hello as the page now stands; the welcome, or the error."""
        if self.browser.socket is None or self.browser.socket.closed:
            self.browser.socket = await self.browser.client.ws_connect(f"{self.browser.address}/chat/ws")
        known = {"visitor": self.browser.visitor, "conversation": self.browser.conversation, "after": 0}
        await self.browser.socket.send_json({"type": "hello", "user": self.user, "language": "fr", **known, **more})
        answer = await self.browser._frame("welcome", "error")
        if answer["type"] == "welcome":
            self.browser.messages.clear()
            self.browser.visitor, self.browser.conversation = answer["visitor"], answer["conversation"]
            for message in answer["messages"]:
                self.browser._keep(message)
        return answer

    async def http(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.browser.visitor}"}
        headers |= {"X-Relais-User": self.user} if self.user else {}
        url = f"{self.browser.address}/chat{path}"
        async with self.browser.client.request(method, url, headers=headers, **more) as response:
            return response.status, await response.json()

    def texts(self) -> list[str]:
        return [message["text"] for message in self.browser.messages]


class Place:
    """A server whose pages sign visitors in, Marie (C-1) and Paul (C-2) on file."""

    def __init__(self, parts: Parts, stack: AsyncExitStack) -> None:
        self.parts, self._stack = parts, stack

    async def page(self, user: str | None = None) -> Page:
        client = await self._stack.enter_async_context(site.browser_session())
        return Page(site.Customer(client, self.parts.settings.address), user)

    async def conversation(self, page: Page) -> Any:
        async with self.parts.sessions() as session:
            return await session.get_one(Conversation, page.browser.conversation)

    async def agent(self) -> site.AgentAtDesk:
        client = await self._stack.enter_async_context(site.browser_session())
        made = site.AgentAtDesk(client, self.parts.settings.address)
        await made.sign_in("claire@example.com")
        return made


def token(sub: str, *, lasts: float = 3600, **more: Any) -> str:
    now = time.time()
    return jwt.encode({"sub": sub, "iat": now, "exp": now + lasts, **more}, SECRET, algorithm="HS256")
