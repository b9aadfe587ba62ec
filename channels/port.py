"""What the core asks of a channel, and what a channel may ask of the core."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from crm_backend.conversations.outbox import Delivery
from crm_backend.conversations.schema import InboundMessage, Received

Accept = Callable[[InboundMessage], Awaitable[Received]]
"""Stores an inbound message in one transaction and wakes what waits for it. Returns after commit.

Raises the errors of `crm_backend.conversations.receive.receive`, and Unavailable when the database cannot be reached.
"""


class Retry(Exception):
    """The platform could not take it now. `after` is in seconds, when the platform says so."""

    def __init__(self, cause: str, *, after: float | None = None) -> None:
        super().__init__(cause)
        self.after = after


class Rejected(Exception):
    """The platform will never take it."""


class Channel(Protocol):
    """One way in and out. `name` is its folder, its part of the URL and its settings' prefix."""

    name: str

    def routes(self, accept: Accept) -> list[web.RouteDef]:
        """The addresses on which the platform calls."""

    async def run(self, accept: Accept) -> None:
        """Polls the platform until cancelled, or returns at once when the platform calls us."""

    async def send(self, delivery: Delivery) -> str:
        """Hands a reply to the platform; its id there. Raises Retry or Rejected."""


class Live(Protocol):
    """Fan-out to whoever listens now. May lose a note: listeners read the database again from time to time."""

    async def publish(self, topic: str, note: dict[str, Any]) -> None:
        """Tells every listener of `topic`, on all servers."""

    def listen(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any] | None]]:
        """Notes of the topics as they come; None every few seconds without any, to look for what was missed."""


class Limiter(Protocol):
    """Counts what someone does in a minute."""

    async def check(self, what: str, who: str, per_minute: int) -> None:
        """Raises RateLimited past `per_minute`."""


def own_page(origin: str, host: str) -> bool:
    """Whether the `Origin` header names the host that was asked. What cannot be read, and `null`, does not."""
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    return page.scheme in ("http", "https") and page.netloc != "" and page.netloc == host
