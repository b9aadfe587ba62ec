"""The catalogue's names, fetched from the server once for each version that a turn names."""

from __future__ import annotations

import logging
import time
from typing import Any

from rasa.utils.endpoints import ClientResponseError

from bot.lanes import LANE
from bot.products import SHELVES

logger = logging.getLogger(__name__)
AGAIN_AFTER = 10.0
"""Seconds without asking again, when the server did not answer."""
_failed: dict[str, float] = {}


async def ready(version: Any) -> None:
    """Makes a version known. When the server does not answer, no product is found in this message, and that is all."""
    lane = LANE.get()
    if not isinstance(version, str) or SHELVES.knows(version) or lane is None:
        return
    if time.monotonic() - _failed.get(version, -AGAIN_AFTER) < AGAIN_AFTER:
        return
    try:
        content = await lane.call("catalogue", version)
        # The catalogue may have changed since the turn was sent: then this is what it is now.
        SHELVES.put(version, content["products"])
        _failed.clear()
    except (ClientResponseError, ValueError, KeyError, TypeError) as error:
        _failed.clear()
        _failed[version] = time.monotonic()
        logger.warning("the catalogue could not be fetched: %s", type(error).__name__)
