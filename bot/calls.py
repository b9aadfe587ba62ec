"""Calls of actions over connections that stay open.

Rasa makes a client and a connection for each call. Here an endpoint keeps one client while the process lives; a
connection that was not used for a quarter of a minute is closed, and one that the other side closed is not used again.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

MADE = EndpointConfig.session
"""How Rasa makes a client."""


class Kept:
    """A client that its users leave open."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._client

    async def __aexit__(self, *_: object) -> None:
        return None


def session(endpoint: EndpointConfig) -> Kept:
    """The endpoint's client, in place of a new one."""
    loop = asyncio.get_running_loop()
    kept: tuple[Any, aiohttp.ClientSession] | None = endpoint.__dict__.get("_kept")
    if kept is None or kept[0] is not loop or kept[1].closed:
        kept = endpoint.__dict__["_kept"] = (loop, MADE(endpoint))
    return Kept(kept[1])


def install() -> None:
    """From now on endpoints keep their clients."""
    EndpointConfig.session = session
