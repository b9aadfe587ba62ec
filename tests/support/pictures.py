"""`python -m tests.support.pictures FOLDER [NAME …]`: every page of the desk as an administrator of the demo company
sees it, in both languages, light and dark, wide and narrow."""

from __future__ import annotations

import argparse
import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect
from sqlalchemy import update

from crm_backend.agents.model import Agent
from crm_backend.reports import following
from server.app import Parts
from tests.browser.conftest import DESKTOP, FLAGS, PATIENCE, PHONE
from tests.browser.desk import DeskPage
from tests.browser.letters import broken_lamp
from tests.browser.rooms import rooms
from tests.support import site
from tests.support.assistant import free_port
from tests.support.stores import load_demo, started

PLACES = {"fr": ("fr-FR", "Europe/Paris"), "en": ("en-GB", "Europe/London")}
EMAIL = "sophie@maison-tilleul.example"


async def take(folder: Path, names: list[str]) -> int:
    """Takes the pictures into a folder, of pages whose name begins with one of these when any are given; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    expect.set_options(timeout=PATIENCE)
    async with started() as stores, async_playwright() as playwright:
        url = await stores.make("pictures", template="template_empty")
        await load_demo(url)
        async with site.serving(site.settings_for(url, stores.redis_url, bot_port=free_port())) as parts:
            await _counted(parts)
            browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
            taken = 0
            for language in PLACES:
                taken += await _of(parts, browser, language, folder, names)
            await browser.close()
    return taken


async def _counted(parts: Parts) -> None:
    """Has reports know of the company's past."""
    async with parts.sessions.begin() as session:
        while await following.follow(session, now=datetime.now(UTC)):
            pass


async def _of(parts: Parts, browser: Browser, language: str, folder: Path, names: list[str]) -> int:
    async with parts.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.email == EMAIL).values(role="admin", language=language))
    locale, zone = PLACES[language]
    context = await browser.new_context(locale=locale, timezone_id=zone, viewport=DESKTOP, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    desk = DeskPage(await context.new_page(), parts.settings.address)
    await desk.sign_in(EMAIL)
    if language == "fr":
        await broken_lamp(parts)
    await desk.view("assistant")
    await desk.open()
    taken = 0
    async for name in rooms(desk):
        if not names or any(name.startswith(one) for one in names):
            taken += await _keep(desk, folder / f"{name}-{language}")
    await context.close()
    return taken


async def _keep(desk: DeskPage, path: Path) -> int:
    for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
        await desk.page.set_viewport_size(size)
        for theme in ("light", "dark"):
            await desk.page.emulate_media(color_scheme=theme)
            await desk.page.screenshot(path=f"{path}-{width}-{theme}.png", animations="disabled")
    await desk.page.set_viewport_size(DESKTOP)
    return 4


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("names", nargs="*", help="such as admin, board, reports")
    given = asked.parse_args()
    print(f"{asyncio.run(take(given.folder, given.names))} pictures in {given.folder}")
