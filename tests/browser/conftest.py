"""One Chromium for the run; customers and agents who look at the product through it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from sqlalchemy import update

from crm_backend.agents.model import Agent
from server.app import Parts
from tests.browser import pages
from tests.browser.chat import Chat
from tests.browser.desk import DeskPage
from tests.support.stores import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000.0
"""Milliseconds: a real answer takes a tenth of a second, a busy machine much longer."""

MakeContext = Callable[..., Awaitable[BrowserContext]]
MakeChat = Callable[..., Awaitable[Chat]]
MakeDesk = Callable[..., Awaitable[DeskPage]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium from the system, started once."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail(
            "The browser tests need Chromium, and there is none on the PATH (Debian, Ubuntu: apt install chromium)."
        )
    if not (ROOT / "web/dist/widget/widget.js").exists():
        pytest.fail("The front ends are not built: run `npm ci && npm run build` in web/.")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture
async def context(browser: Browser, stack: AsyncExitStack) -> MakeContext:
    """Makes browser profiles; what goes wrong inside their pages fails the test."""
    problems: list[str] = []

    def check() -> None:
        assert not problems, problems

    stack.callback(check)

    async def make(*, phone: bool = False, dark: bool = False, language: str = "fr", **more: Any) -> BrowserContext:
        options: dict[str, Any] = {
            "viewport": PHONE if phone else DESKTOP,
            "locale": "fr-FR" if language == "fr" else "en-GB",
            "timezone_id": "Europe/Paris" if language == "fr" else "Europe/London",
            "color_scheme": "dark" if dark else "light",
            "reduced_motion": "reduce",
            "has_touch": phone,
            "is_mobile": phone,
        }
        made = await browser.new_context(**{**options, **more})
        made.set_default_timeout(PATIENCE)
        made.on("weberror", lambda error: problems.append(f"{error.page and error.page.url}: {error.error}"))
        stack.push_async_callback(made.close)
        return made

    return make


@pytest.fixture
async def site_of_a_shop() -> AsyncIterator[pages.Site]:
    """A company's own site, which has the chat on its pages."""
    async with pages.opened() as opened:
        yield opened


@pytest.fixture
def chat(company: Parts, context: MakeContext) -> MakeChat:
    """Makes customers in front of the demo shop, with the chat open."""

    async def make(language: str = "fr", *, opened: bool = True, script: str = "", **more: Any) -> Chat:
        profile = await context(language=language, **more)
        if script:
            await profile.add_init_script(script)
        made = Chat(await profile.new_page(), company.settings.address)
        await made.visit(f"/demo/{language}/")
        if opened:
            await made.open()
        return made

    return make


@pytest.fixture
def desk(company: Parts, context: MakeContext) -> MakeDesk:
    """Makes agents of the demo company, signed in at their desk."""

    async def make(first_name: str = "claire", language: str = "fr", **more: Any) -> DeskPage:
        profile = await context(language=language, **more)
        made = DeskPage(await profile.new_page(), company.settings.address)
        await made.sign_in(f"{first_name}@maison-tilleul.example")
        return made

    return make


@pytest.fixture
def visitor(server: Parts, context: MakeContext) -> MakeChat:
    """Makes customers like `chat`, in front of the assistant that says what a test scripts."""

    async def make(language: str = "fr", *, opened: bool = True, path: str = "", **more: Any) -> Chat:
        profile = await context(language=language, **more)
        made = Chat(await profile.new_page(), server.settings.address)
        await made.visit(path or f"/demo/{language}/")
        if opened:
            await made.open()
        return made

    return make


@pytest.fixture
def colleague(server: Parts, context: MakeContext) -> MakeDesk:
    """Makes signed-in agents of `server`, in the role that is asked for."""

    async def make(first_name: str = "claire", language: str = "fr", *, role: str = "agent", **more: Any) -> DeskPage:
        email = f"{first_name}@example.com"
        async with server.sessions.begin() as session:
            await session.execute(update(Agent).where(Agent.email == email).values(role=role, language=language))
        profile = await context(language=language, **more)
        made = DeskPage(await profile.new_page(), server.settings.address)
        await made.sign_in(email)
        return made

    return make
