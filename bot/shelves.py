"""The catalogue's names, fetched from the server once for each version that a turn names."""

from __future__ import annotations

import logging
import time
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from bot.products import SHELVES

logger = logging.getLogger(__name__)
PATIENCE = 2.0
AGAIN_AFTER = 10.0
"""Seconds without asking again, when the server did not answer."""
_failed: dict[str, float] = {}


async def ready(version: Any, endpoint: EndpointConfig | None) -> None:
    """Makes a version known. When the server does not answer, no product is found in this message, and that is all."""
    if not isinstance(version, str) or SHELVES.knows(version) or endpoint is None:
        return
    if time.monotonic() - _failed.get(version, -AGAIN_AFTER) < AGAIN_AFTER:
        return
    address = f"{endpoint.url.rsplit('/', 1)[0]}/catalogue"
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=endpoint.headers) as client,
            client.get(address) as response,
        ):
            response.raise_for_status()
            content = await response.json()
        # The catalogue may have changed since the turn was sent: then this is what it is now.
        SHELVES.put(version, content["products"])
        _failed.clear()
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        _failed.clear()
        _failed[version] = time.monotonic()
        logger.warning("the catalogue could not be fetched: %s", type(error).__name__)
