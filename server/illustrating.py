"""Pictures of cards for the channels that send them along: fetched by us, painted anew, kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

import structlog

from channels.degrade import Picture
from crm_backend.errors import FileBroken, Unavailable
from crm_backend.own_path import own_path
from server.desk.pictures import Fetching, fetched
from server.files.pictures import Painter
from server.files.recognise import picture as form_of
from server.reaching import Reach
from server.settings import Settings

log = structlog.get_logger(__name__)
SIDE = 1024
"""Pixels: what a telephone shows across, and some 200 kB."""
PATIENCE = 6.0
"""Seconds for fetching and painting one: an answer waits for it."""
MOST_KEPT = 64
GOOD_FOR = 3600.0
"""Seconds for which a picture is not asked for again."""
AWAY_FOR = 120.0
"""The same for one that did not come, so that a shop that is down holds up one answer and not all."""


class Illustrations:
    """`channels.degrade.Pictures`."""

    def __init__(self, *, home: str, elsewhere: Fetching | None = None) -> None:
        """`home` is where the public site answers this server."""
        self._home = home
        self._here, self._elsewhere = Fetching(reach=Reach()), elsewhere or Fetching()
        self._painter = Painter()
        self._kept: OrderedDict[str, tuple[float, Picture | None]] = OrderedDict()

    @classmethod
    def of(cls, settings: Settings) -> Illustrations:
        """As the settings say. The public address may not lead back to its own machine: what serves the site asks
        itself."""
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  it is no binding
        own = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
        return cls(home=own if "web" in settings.roles else settings.address)

    async def load(self, address: str) -> Picture | None:
        """The picture, ready to be sent; None where there is none that can be."""
        until, found = self._kept.get(address, (0.0, None))
        if until > time.monotonic():
            self._kept.move_to_end(address)
            return found
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._made(address)
        except TimeoutError:
            log.info("picture.slow")
            found = None
        self._kept[address] = time.monotonic() + (GOOD_FOR if found else AWAY_FOR), found
        self._kept.move_to_end(address)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    async def close(self) -> None:
        """Closes the connections."""
        await self._here.close()
        await self._elsewhere.close()

    async def _made(self, address: str) -> Picture | None:
        if own_path(address):
            content = await self._here.content(self._home + address)
        else:
            content = await self._elsewhere.content(address) if fetched(address) else None
        form = form_of(content) if content else None
        if content is None or form is None:
            return None
        try:
            painted = await self._painter.paint(content, form, side=SIDE)
        except (FileBroken, Unavailable) as error:
            log.info("picture.unfit", cause=type(error).__name__)
            return None
        return Picture(painted.content, painted.width, painted.height)
