"""The chat in pages that are strict, that run the other way, or that have a look of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import FilePayload, expect

from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.pages import Site
from tests.browser.test_accessibility import barriers
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.samples import picture
from tests.support.stores import Stores

WATCH = """() => {
  window.broken = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.broken.push(event.violatedDirective + ' ' + event.blockedURI));
}"""


@pytest.fixture
async def shop(database_url: str, stores: Stores, scripted: ScriptedBot, site_of_a_shop: Site) -> AsyncIterator[Parts]:
    """A server that the shop's site may embed."""
    await stores.forget()
    options = site.settings_for(
        database_url, stores.redis_url, bot_port=scripted.port, allowed_origins=[site_of_a_shop.address]
    )
    async with site.serving(options) as parts:
        yield parts


async def test_the_documented_policy_is_enough(shop: Parts, site_of_a_shop: Site, context: MakeContext) -> None:
    address = shop.settings.address
    socket = address.replace("http", "ws")
    policy = (
        f"default-src 'none'; script-src {address}; connect-src {address} {socket}; img-src {address};"
        " style-src 'none'; base-uri 'none'; form-action 'none'"
    )
    page = await (await context()).new_page()
    await page.add_init_script(f"({WATCH})()")
    customer = await site_of_a_shop.visit(page, address, policy=policy)
    await customer.open()
    content: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(size=(300, 200))}
    await customer.part("file-input").set_input_files([content])
    await expect(customer.part("attached")).to_have_attribute("data-state", "kept")
    await customer.say("Sous une politique stricte")
    await customer.hears("echo:")
    await expect(customer.part("file").locator("img")).to_have_js_property("naturalWidth", 300)
    colour = "(node) => getComputedStyle(node).backgroundColor"
    assert await customer.part("send").evaluate(colour) != "rgba(0, 0, 0, 0)"
    # What few visitors open comes in a script of its own.
    await customer.part("menu").click()
    await customer.part("conversations").click()
    await expect(customer.part("conversation")).to_have_count(1)
    assert await customer.page.evaluate("() => window.broken") == []


async def test_a_page_that_runs_the_other_way(shop: Parts, site_of_a_shop: Site, context: MakeContext) -> None:
    profile = await context(viewport={"width": 320, "height": 640})
    customer = await site_of_a_shop.visit(await profile.new_page(), shop.settings.address, direction="rtl")
    await customer.open()
    await customer.say("Bonjour")
    await customer.hears("echo:")
    mine = await customer.messages("customer").locator(".bubble").bounding_box()
    theirs = await customer.messages("bot").locator(".bubble").bounding_box()
    assert mine and theirs and mine["x"] < theirs["x"]
    assert await customer.overflow() == []
    assert await barriers(customer.page) == ""


async def test_a_page_in_another_encoding(shop: Parts, site_of_a_shop: Site, context: MakeContext) -> None:
    profile = await context()
    customer = await site_of_a_shop.visit(await profile.new_page(), shop.settings.address, charset="iso-8859-1")
    await customer.open()
    await expect(customer.part("status")).to_have_text("Répond tout de suite")


async def test_a_company_sets_tokens_of_its_own(shop: Parts, site_of_a_shop: Site, context: MakeContext) -> None:
    profile = await context()
    customer = await site_of_a_shop.visit(await profile.new_page(), shop.settings.address)
    await customer.page.add_style_tag(content="#relais-widget { --r-surface: rgb(1, 2, 3); --r-radius-l: 5px; }")
    await customer.open()
    panel = customer.part("panel")
    assert await panel.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(1, 2, 3)"
    assert await panel.evaluate("(node) => getComputedStyle(node).borderRadius") == "5px"


async def test_unread_messages_are_counted_on_the_button_and_in_the_title(
    shop: Parts, scripted: ScriptedBot, site_of_a_shop: Site, context: MakeContext
) -> None:
    closed = asyncio.Event()

    async def once_closed(turn: dict[str, Any]) -> web.Response:
        await closed.wait()
        return await scripted.echo(turn)

    scripted.script = once_closed
    profile = await context()
    customer = await site_of_a_shop.visit(await profile.new_page(), shop.settings.address)
    await customer.open()
    await customer.part("composer").fill("Je reviens")
    await customer.part("send").click()
    await customer.page.keyboard.press("Escape")
    closed.set()
    await expect(customer.part("launcher")).to_have_accessible_name("Ouvrir la discussion (1 nouveau message)")
    await expect(customer.page).to_have_title("(1) Boutique")
    await customer.open()
    await expect(customer.page).to_have_title("Boutique")


MOVING = """() => {
  const root = document.querySelector('#relais-widget').shadowRoot;
  const longest = (list) => Math.max(...list.split(',').map(parseFloat));
  const moves = (node, of) => {
    const style = getComputedStyle(node, of);
    const plays = style.animationName !== 'none' && longest(style.animationDuration) > 0;
    return plays || longest(style.transitionDuration) > 0;
  };
  const parts = [null, '::before', '::after'];
  const found = [...root.querySelectorAll('*')].filter((node) => parts.some((of) => moves(node, of)));
  return [...new Set(found.map((node) => String(node.className.baseVal ?? node.className) || node.tagName))];
}"""


async def test_nothing_moves_where_less_motion_is_asked_for(
    shop: Parts, site_of_a_shop: Site, context: MakeContext
) -> None:
    page = await (await context(reduced_motion="no-preference")).new_page()
    customer = await site_of_a_shop.visit(page, shop.settings.address)
    await customer.open()
    await customer.say("Bonjour")
    await customer.hears("echo:")
    moving = await page.evaluate(MOVING)
    assert {"launcher", "I"} <= set(moving), "the button's colour, and the dots of who is writing"
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate(MOVING) == []
    assert await page.evaluate("() => document.getAnimations().length") == 0
