"""Where pictures are taken: the company in one language, who looks at it, and the forms in which a page is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, Page, ViewportSize
from sqlalchemy import select, update

from crm_backend.agents.model import Agent
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.portal import visits
from crm_backend.portal.schema import PATHS
from crm_backend.portal.visits import Lasting
from server.app import Parts
from server.demo.showcase import EMMA, MARIE, Person
from server.portal.frame import COOKIES
from tests.browser.conftest import PATIENCE
from tests.browser.desk import DeskPage

PLACES = {"fr": ("fr-FR", "Europe/Paris"), "en": ("en-GB", "Europe/London")}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 375, "height": 812}
SMALLEST: ViewportSize = {"width": 320, "height": 640}
DAY = timedelta(days=1)
TALLEST = 6_000
WIDER = """() => [document.documentElement, ...document.querySelectorAll('.page-scroll')]
  .filter((node) => node.scrollWidth > node.clientWidth + 1)
  .map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`)"""
HIDDEN = """() => [...document.querySelectorAll('.page-scroll')]
  .reduce((most, node) => Math.max(most, node.scrollHeight - node.clientHeight), 0)"""
LIES_OVER = """() => Boolean(document.querySelector('#relais-widget')?.shadowRoot.querySelector('.panel:not([hidden])'))
  || Boolean(document.querySelector('dialog[open]'))"""
Shot = tuple[str, Page]
Walk = Callable[["Studio"], AsyncIterator[Shot]]


@dataclass
class Studio:
    """The company in one language, and who looks at it."""

    parts: Parts
    browser: Browser
    language: str
    opened: list[Page] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the company is."""
        return self.parts.settings.address

    @property
    def who(self) -> Person:
        """The customer everybody knows in this language."""
        return MARIE if self.language == "fr" else EMMA

    def either(self, fr: str, en: str) -> str:
        """What it is in this language."""
        return fr if self.language == "fr" else en

    def account(self, fr: str = "", en: str = "") -> str:
        """A page of the customer's account."""
        return self.address + PATHS[self.language] + self.either(fr, en)

    async def page(self, **more: Any) -> Page:
        """A page of a browser of its own."""
        locale, zone = PLACES[self.language]
        given: dict[str, Any] = {"locale": locale, "timezone_id": zone, "viewport": DESKTOP, "reduced_motion": "reduce"}
        context = await self.browser.new_context(**(given | more))
        context.set_default_timeout(PATIENCE)
        self.opened.append(page := await context.new_page())
        return page

    async def customer_page(self, customer: UUID) -> Page:
        """A page of somebody who has signed in at the portal."""
        async with self.parts.sessions.begin() as session:
            of_theirs = Identity.customer_id == customer
            address = await session.scalar(select(Identity).where(of_theirs, Identity.kind == "email").limit(1))
            assert address is not None
            token = await visits.begin(
                session, customer_id=customer, way="code", identity_id=address.id, lasting=Lasting(DAY, DAY)
            )
        page = await self.page()
        cookies = [{"name": name, "value": token, "url": self.address} for name in COOKIES.values()]
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        return page

    async def known(self) -> UUID:
        """The customer everybody knows."""
        async with self.parts.sessions() as session:
            found = await session.scalar(select(Identity.customer_id).where(Identity.value == self.who.email))
        assert found is not None
        return found

    async def newcomer(self, email: str = "") -> UUID:
        """A customer of whom nothing is known but the name and an address."""
        async with self.parts.sessions.begin() as session:
            session.add(made := Customer(id=new_id(), first_name="Camille", last_name="Moreau", language=self.language))
            await session.flush()
            address = email or f"{new_id()}@example.com"
            session.add(Identity(customer_id=made.id, kind="email", value=address, proof="verified", is_primary=True))
        return made.id

    async def desk(self, first_name: str, role: str, *, script: str = "") -> DeskPage:
        """Somebody signed in at the desk, in this language."""
        email = f"{first_name}@maison-tilleul.example"
        async with self.parts.sessions.begin() as session:
            of_them = update(Agent).where(Agent.email == email)
            await session.execute(of_them.values(role=role, language=self.language))
        desk = DeskPage(await self.page(), self.address)
        await desk.page.add_init_script(script)
        await desk.sign_in(email)
        return desk

    async def leave(self) -> None:
        """Closes what was opened."""
        for page in self.opened:
            await page.context.close()
        self.opened.clear()


@dataclass
class Album:
    """A folder of pictures: of each page and language, wide and narrow, light and dark."""

    folder: Path
    taken: int = 0
    wide: list[str] = field(default_factory=list)
    """What is wider than the smallest screen."""
    missed: list[str] = field(default_factory=list)
    """Walks that were broken off, and why."""

    async def keep(self, name: str, page: Page) -> None:
        """Takes the four pictures of a page, to its end unless something lies over it, and leaves it as it was."""
        before = page.viewport_size or DESKTOP
        whole = not await page.evaluate(LIES_OVER)
        for shape, size in (("desktop", DESKTOP), ("phone", PHONE)):
            await page.set_viewport_size(size)
            if whole and (hidden := await page.evaluate(HIDDEN)):
                await page.set_viewport_size({**size, "height": min(size["height"] + hidden, TALLEST)})
            for theme in ("light", "dark"):
                await page.emulate_media(color_scheme=theme)
                path = self.folder / f"{name}-{shape}-{theme}.png"
                await page.screenshot(path=path, animations="disabled", full_page=whole)
                self.taken += 1
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(SMALLEST)
        self.wide += [f"{name}: {one}" for one in await page.evaluate(WIDER)]
        await page.set_viewport_size(before)
