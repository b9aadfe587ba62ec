"""`python -m tests.support.pictures FOLDER [NAME …]`: every page of the product as the people who use it see it, on the
demo company with its assistant: in both languages, light and dark, on a wide screen and on a phone."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import traceback
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import chain, product
from pathlib import Path
from unittest.mock import patch

from playwright.async_api import async_playwright, expect

from crm_backend.notifications.schema import Start
from crm_backend.reports import following
from server import public
from server.app import Parts
from tests.browser.conftest import FLAGS, PATIENCE
from tests.support import assistant, site, studio_chat, studio_desk, studio_help, studio_portal
from tests.support.stores import Stores, load_demo, started
from tests.support.studio import PLACES, Album, Studio, Walk

MAIL = [Start(kind="email", channel="mail", account="main")]
WALKS: dict[str, tuple[Walk, ...]] = {
    "shop": (studio_chat.shop,),
    "help": (studio_help.pages,),
    "contact": (studio_help.contact,),
    "portal": (studio_portal.door, studio_portal.own, studio_portal.talks, studio_portal.orders),
    "chat": (studio_chat.pages, studio_chat.nobody),
    "desk": (studio_desk.doors, studio_desk.day),
    "admin": (studio_desk.forms,),
    "": (studio_desk.menus, studio_desk.things),
}
"""Each with how the names of its pictures begin: the last has those of the desk's own menus."""
ELSEWHERE = ("shop", "help", "contact", "portal", "chat")
ANSWERED = {"portal", "chat", "desk"}
"""Where the assistant has something to say."""


async def take(folder: Path, names: list[str]) -> Album:
    """Takes the pictures into a folder, of pages whose name begins with one of these when any are given."""
    folder.mkdir(parents=True, exist_ok=True)
    album, chosen = Album(folder), {begins: walks for begins, walks in WALKS.items() if _wanted(begins, names)}
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright, started() as stores, _company(stores, set(chosen)) as parts:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        for language, walk in product(PLACES, chain.from_iterable(chosen.values())):
            await stores.forget()
            await _along(walk, Studio(parts, browser, language), album, names)
        await browser.close()
    return album


def _wanted(begins: str, names: list[str]) -> bool:
    if not names:
        return True
    if begins:
        return any(name.startswith(begins) for name in names)
    return any(not name.startswith(ELSEWHERE) for name in names)


@asynccontextmanager
async def _company(stores: Stores, begins: Collection[str]) -> AsyncIterator[Parts]:
    """The demo company, which may write mails: they stay in its outbox."""
    await load_demo(url := await stores.make("pictures", template="template_empty"))
    with patch.object(public, "may_begin", lambda _: MAIL):
        async with (
            _assistant(begins) as ports,
            site.serving(site.settings_for(url, stores.redis_url, **ports)) as parts,
        ):
            await _counted(parts)
            yield parts


@asynccontextmanager
async def _assistant(begins: Collection[str]) -> AsyncIterator[dict[str, int]]:
    """The ports of the assistant, which is loaded where it has something to say."""
    if not ANSWERED.intersection(begins):
        yield {"bot_port": assistant.free_port()}
        return
    with tempfile.TemporaryDirectory() as logs:
        async with assistant.real(Path(logs)) as (settings, _):
            yield {"bot_port": settings.bot_port}


async def _counted(parts: Parts) -> None:
    """Has reports know of the company's past."""
    async with parts.sessions.begin() as session:
        while await following.follow(session, now=datetime.now(UTC)):
            pass


async def _along(walk: Walk, studio: Studio, album: Album, names: list[str]) -> None:
    """Takes what a walk comes by. Where it stumbles the others go on, and so does the next language."""
    try:
        async for name, page in walk(studio):
            if not names or name.startswith(tuple(names)):
                await album.keep(f"{name}-{studio.language}", page)
    except Exception:  # noqa: BLE001  told at the end: hundreds of other pictures are worth having
        album.missed.append(f"{walk.__name__} in {studio.language}\n{traceback.format_exc(limit=-4)}")
    await studio.leave()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("names", nargs="*", help="how names begin, such as help, portal-order, chat, desk, admin, board")
    given = asked.parse_args()
    album = asyncio.run(take(given.folder, given.names))
    print(f"{album.taken} pictures in {given.folder}")
    for one in album.wide:
        print(f"wider than the smallest screen: {one}")
    for one in album.missed:
        print(f"broken off: {one}")
    raise SystemExit(bool(album.wide or album.missed))
