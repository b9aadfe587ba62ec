"""Whether files can be kept now: how their place fares, and the scanner where there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from server.files.places import Place
from server.files.store import Scanner

PATIENCE = 2.0
"""Seconds that each may take to answer."""
FRESH = 5.0
"""Seconds that an answer holds: those who ask again in the meantime cost nothing."""


@dataclass(frozen=True)
class States:
    """`away` is what does not answer; a scanner that no setting names is `off`."""

    place: Literal["ok", "away"]
    scanner: Literal["ok", "away", "off"]


class FilesStanding:
    """Asks both, at most every few seconds."""

    def __init__(self, place: Place, scanner: Scanner | None) -> None:
        self._place, self._scanner = place, scanner
        self._found: States | None = None
        self._found_at = float("-inf")
        self._asking = asyncio.Lock()

    async def states(self) -> States:
        """How they fare. Never raises."""
        async with self._asking:
            if self._found is None or time.monotonic() - self._found_at > FRESH:
                self._found = await self._asked()
                self._found_at = time.monotonic()
            return self._found

    async def _asked(self) -> States:
        scanner = self._scanner
        place, scans = await asyncio.gather(
            _answers(self._place.check()), _answers(scanner.ping()) if scanner is not None else asyncio.sleep(0, True)
        )
        return States("ok" if place else "away", "off" if scanner is None else "ok" if scans else "away")


async def _answers(asked: Awaitable[None]) -> bool:
    try:
        await asyncio.wait_for(asked, PATIENCE)
    except Exception:  # noqa: BLE001  whatever is wrong with it, it is away
        return False
    return True
