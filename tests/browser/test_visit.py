"""A visit to the chat: who is signed in on the page, and where the visitor is."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import jwt
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message
from server.app import Parts
from tests.browser.chat import Chat
from tests.browser.conftest import MakeContext
from tests.browser.pages import Site
from tests.browser.test_accessibility import barriers
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores

SECRET = "a secret that the site and the chat share"
Visit = Callable[..., Awaitable[Chat]]


def token(number: str, *, lasts: float = 3600) -> str:
    """What the shop gives the page of a customer who is signed in."""
    now = time.time()
    return jwt.encode({"sub": number, "iat": now, "exp": now + lasts}, SECRET, algorithm="HS256")


@pytest.fixture
async def shop(
    database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str, site_of_a_shop: Site
) -> AsyncIterator[Parts]:
    """A server whose pages say who is signed in."""
    await stores.forget()
    given = {"RELAIS_WEBCHAT_SIGN_IN": "jwt", "RELAIS_WEBCHAT_SIGN_IN_SECRET": SECRET}
    more: dict[str, Any] = {"given": given, "allowed_origins": [site_of_a_shop.address]}
    options = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, **more)
    async with site.serving(options) as parts:
        async with parts.sessions.begin() as session:
            session.add(
                Agent(email="claire@example.com", name="Claire Martin", language="fr", password_hash=password_hash)
            )
        yield parts


@pytest.fixture
def visit(shop: Parts, site_of_a_shop: Site) -> Visit:
    """Goes to a page of the shop, with the chat on it; `user` is signed in there."""

    async def go(page: Page, user: str | None = None, *, opened: bool = True) -> Chat:
        path = "/shop?article=7&secret=1"
        made = await site_of_a_shop.visit(page, shop.settings.address, path, title="Lampe Ondine", user=user)
        if opened:
            await made.open()
        return made

    return go


async def test_nothing_of_a_signed_in_customer_stays_after_signing_out(
    shop: Parts, visit: Visit, context: MakeContext
) -> None:
    page = await (await context()).new_page()
    customer = await visit(page, token("C-1"))
    await customer.say("la commande de Marie")
    await customer.hears("echo:")
    await customer.part("composer").fill("un brouillon de Marie")
    async with shop.sessions() as session:
        assert (await session.scalars(select(Conversation.proof))).all() == ["signed_in"]

    await page.evaluate("() => window.Relais.user(null)")
    await expect(customer.part("message")).to_have_count(0)
    await expect(customer.part("composer")).to_have_value("")
    await customer.welcomed()
    kept = await page.evaluate("() => JSON.stringify(localStorage)")
    assert "Marie" not in kept and "C-1" not in kept

    await page.evaluate("(user) => window.Relais.user(user)", token("C-2"))
    await customer.welcomed()
    customer.said = 0
    await customer.say("je suis Paul")
    await customer.hears("echo:")
    assert "Marie" not in await customer.transcript()

    customer = await visit(page, token("C-1"))
    await expect(customer.messages("customer", "la commande de Marie")).to_be_visible()
    assert "Paul" not in await customer.transcript()


async def test_what_was_begun_before_signing_in_goes_along(shop: Parts, visit: Visit, context: MakeContext) -> None:
    page = await (await context()).new_page()
    customer = await visit(page)
    await customer.say("j'ai une question")
    await customer.hears("echo:")
    await customer.part("composer").fill("et encore")
    customer = await visit(page, token("C-1"))
    await expect(customer.messages("customer", "j'ai une question")).to_be_visible()
    await expect(customer.part("composer")).to_have_value("et encore")
    renewed = token("C-1", lasts=1800)
    await page.evaluate("(user) => window.Relais.user(user)", renewed)
    await customer.welcomed()
    await customer.say("toujours moi")
    await customer.hears("echo:")
    await customer.holds_together()


@pytest.mark.parametrize("line", ["socket", "polling"])
async def test_a_sign_in_that_does_not_hold_waits_for_one_that_does(
    line: str, visit: Visit, site_of_a_shop: Site, context: MakeContext
) -> None:
    profile = await context()
    if line == "polling":
        site_of_a_shop.blocked = True
        await profile.add_init_script("window.WebSocket = class { constructor() { throw Error('blocked') } }")
    customer = await visit(await profile.new_page(), token("C-1", lasts=-600), opened=False)
    await customer.part("launcher").click()
    status = customer.part("status")
    await expect(status).to_have_attribute("data-connection", "refused")
    await expect(status).to_contain_text("connexion")
    await customer.part("composer").fill("Je suis là")
    await customer.part("send").click()
    await expect(customer.messages("customer", "Je suis là")).to_have_attribute("data-state", "waiting")
    assert await barriers(customer.page) == ""
    await customer.page.evaluate("(user) => window.Relais.user(user)", token("C-1"))
    await customer.welcomed()
    await customer.stored("Je suis là")
    await customer.hears("echo:")


async def test_agents_see_the_page_and_its_title_and_no_secret(
    shop: Parts, visit: Visit, site_of_a_shop: Site, context: MakeContext
) -> None:
    customer = await visit(await (await context()).new_page())
    await customer.say("Bonjour")
    async with shop.sessions() as session:
        details = await session.scalar(select(Message.details).where(Message.seq == 1))
    assert details["page"] == {"url": f"{site_of_a_shop.address}/shop", "title": "Lampe Ondine"}
