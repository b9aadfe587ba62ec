"""axe-core on every kind of page, light and dark: it finds nothing, not even something minor."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from crm_backend.agents.model import Agent
from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from server.app import Parts
from server.help.theme import theme_of
from server.notifications.pages import Unsubscribing
from tests.browser.conftest import MakeChat, MakeContext, MakeDesk
from tests.browser.rooms import rooms
from tests.support.stores import ROOT

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
LOOKED_AT = {
    f"admin-{part}"
    for part in ("users", "roles", "keys", "webhooks", "retention", "hours", "levels", "canned", "audit")
}
"""Where test_administration.py looks, with the forms that open there."""
RUN = """async () => {
  // WCAG 2.2 asks for targets of 24 px; axe leaves that rule off unless told.
  const {violations} = await axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}});
  return violations.flatMap(({id, help, nodes}) =>
    nodes.map((node) => `${id} (${help}): ${node.target.flat().join(' ')} ${node.any[0]?.message ?? ''}`));
}"""


@cache
def axe() -> str:
    """The script that looks for barriers."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed: run `npm ci` in web/.")
    return AXE.read_text(encoding="utf-8")


async def barriers(page: Page) -> str:
    """What keeps people out, in light and dark."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(axe())
    found: list[str] = []
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {one}" for one in await page.evaluate(RUN)]
    return "\n".join(sorted(set(found)))


async def test_public_pages(chat: MakeChat) -> None:
    visitor = await chat("fr")
    assert await barriers(visitor.page) == ""
    await visitor.say("Quels sont vos délais de livraison ?")
    await visitor.hears("jours ouvrés")
    assert await barriers(visitor.page) == ""
    for path in ("/fr/aide", "/fr/aide?q=retour", "/desk/"):
        await visitor.visit(path)
        assert await barriers(visitor.page) == "", path
    await visitor.visit("/en/help")
    await visitor.page.locator(".groups a").first.click()
    await expect(visitor.page.locator("article h1")).to_be_visible()
    assert await barriers(visitor.page) == ""


async def test_the_page_that_ends_messages(server: Parts, context: MakeContext) -> None:
    async with server.sessions.begin() as session:
        marie = Customer(id=new_id(), first_name="Marie", last_name="Durand", language="fr")
        session.add(marie)
    settings = server.settings
    links = Unsubscribing(
        sessions=server.sessions,
        secret=settings.secret_key.get_secret_value().encode(),
        address=settings.address,
        company=settings.company,
        theme=theme_of(settings),
    )
    page = await (await context(viewport={"width": 320, "height": 640})).new_page()
    for language in ("fr", "en"):
        await page.goto(f"{links.link(marie.id)}?language={language}")
        assert await barriers(page) == ""
    await page.get_by_role("main").get_by_role("button").click()
    await expect(page.get_by_role("main")).to_contain_text("Done")
    assert await barriers(page) == ""


async def test_the_desk(chat: MakeChat, desk: MakeDesk) -> None:
    customer, agent = await chat("fr"), await desk()
    assert await barriers(agent.page) == ""
    await customer.say("Où est ma commande 10860 ? marie.dupont@example.fr 69003")
    await customer.hears("10860")
    await customer.part("person").click()
    await agent.open()
    await expect(agent.part("take")).to_be_visible()
    assert await barriers(agent.page) == ""
    await agent.take()
    await agent.say("Bonjour")
    assert await barriers(agent.page) == ""
    await agent.part("release").click()
    assert await barriers(agent.page) == ""


async def test_every_page_of_the_desk(company: Parts, desk: MakeDesk) -> None:
    async with company.sessions.begin() as session:
        sophie = Agent.email == "sophie@maison-tilleul.example"
        await session.execute(update(Agent).where(sophie).values(role="admin"))
    admin = await desk("sophie")
    found = {}
    async for name in rooms(admin):
        if name not in LOOKED_AT and (barred := await barriers(admin.page)):
            found[name] = barred
    assert found == {}
