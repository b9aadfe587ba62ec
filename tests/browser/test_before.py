"""Before the first message: what a page says by itself beside the button, and the short form."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import Page, ViewportSize, expect
from sqlalchemy import select

from crm_backend.conversations.model import Message
from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.pages import Site
from tests.browser.test_accessibility import barriers
from tests.browser.test_pictures import Album
from tests.browser.test_visit import SECRET, token
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores

SMALL: ViewportSize = {"width": 320, "height": 640}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SAID = {
    "fr": "Une question sur la livraison\u00a0? Je peux vous dire quand votre panier arriverait.",
    "en": "Any question about delivery? I can tell you when your basket would arrive.",
}
GREETINGS = json.dumps([{"path": "/shop*", "after": 0, **SAID}])
GIVEN = {
    "RELAIS_WEBCHAT_SIGN_IN": "jwt",
    "RELAIS_WEBCHAT_SIGN_IN_SECRET": SECRET,
    "RELAIS_WEBCHAT_GREETINGS": GREETINGS,
    "RELAIS_WEBCHAT_ASK_BEFORE": "name,email,order_number",
}


@pytest.fixture
async def shop(database_url: str, stores: Stores, scripted: ScriptedBot, site_of_a_shop: Site) -> AsyncIterator[Parts]:
    """A server whose chat greets on the shop's pages, and asks before the first message."""
    await stores.forget()
    more: dict[str, Any] = {"given": GIVEN, "allowed_origins": [site_of_a_shop.address]}
    async with site.serving(site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, **more)) as parts:
        yield parts


async def _told(parts: Parts) -> list[dict[str, Any]]:
    """What stands with each first message of a customer, oldest first."""
    async with parts.sessions() as session:
        asked = select(Message.details).where(Message.seq == 1).order_by(Message.id)
        return [details or {} for details in (await session.scalars(asked)).all()]


async def _pictures(album: Album, page: Page, name: str) -> None:
    """The four of every state, and two on the smallest screen."""
    await album.keep(page, name)
    before = page.viewport_size
    assert before is not None
    await page.set_viewport_size(SMALL)
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        path = site.folder_of("browser") / f"{name}-{album.language}-320-{theme}.png"
        await page.screenshot(path=path, animations="disabled")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(before)


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_greeting_opens_the_chat_as_its_first_line_and_agents_see_what_was_answered(
    language: str, shop: Parts, site_of_a_shop: Site, context: MakeContext
) -> None:
    album, page = Album(language), await (await context(language=language)).new_page()
    customer = await site_of_a_shop.visit(page, shop.settings.address, language=language)
    greeting, form = customer.part("greeting"), customer.part("before")
    await expect(page.locator("#relais-widget").get_by_role("status")).to_have_text(SAID[language])
    assert await page.evaluate("() => document.activeElement.tagName") == "BODY"
    assert await barriers(page) == ""
    await _pictures(album, page, "widget-greeting")
    await greeting.focus()
    await page.keyboard.press("Enter")
    await customer.welcomed()
    await expect(customer.messages("bot")).to_have_count(1)
    await expect(customer.messages("bot", SAID[language])).to_contain_text("Maison Tilleul")
    await expect(greeting).to_have_count(0)
    await expect(form).to_be_visible()
    await expect(customer.part("before-name")).to_be_focused()
    assert await barriers(page) == ""
    await _pictures(album, page, "widget-before")
    await customer.part("before-email").fill("marie@")
    await customer.part("before-send").click()
    await _pictures(album, page, "widget-before-wrong")
    await customer.part("before-email").fill("marie@example.com")
    await customer.part("before-send").click()
    await expect(form).to_have_count(0)
    await _pictures(album, page, "widget-before-done")
    await customer.say("Oui, pour lundi" if language == "fr" else "Yes, by Monday")
    await customer.hears("echo:")
    assert (await _told(shop))[0]["greeting"] == SAID[language]
    await page.reload()
    await customer.open()
    await expect(customer.messages("bot").first).to_contain_text(SAID[language])


@pytest.mark.parametrize("rtl", [False, True])
async def test_a_greeting_keeps_to_the_buttons_strip_on_a_small_screen_and_is_closed_for_good(
    rtl: bool, shop: Parts, site_of_a_shop: Site, context: MakeContext
) -> None:
    page = await (await context(viewport=SMALL)).new_page()
    customer = await site_of_a_shop.visit(page, shop.settings.address, direction="rtl" if rtl else "ltr")
    await expect(customer.part("greeting")).to_be_visible()
    bubble = await page.locator("#relais-widget .greeting").bounding_box()
    button = await customer.part("launcher").bounding_box()
    assert bubble and button
    assert bubble["y"] >= SMALL["height"] - 110 and bubble["x"] >= 0
    assert bubble["x"] + bubble["width"] <= SMALL["width"]
    beside = button["x"] + button["width"] <= bubble["x"] if rtl else bubble["x"] + bubble["width"] <= button["x"]
    assert beside and await customer.overflow() == [] and await barriers(page) == ""
    if rtl:
        await customer.part("greeting-close").focus()
        await page.keyboard.press("Enter")
        await expect(customer.part("launcher")).to_be_focused()
    else:
        await page.keyboard.press("Escape")
    await expect(customer.part("greeting")).to_have_count(0)
    await customer.open()
    await expect(customer.messages("bot")).to_have_count(0)
    async with page.expect_response("**/widget/widget.js"):
        await page.reload()
    await page.wait_for_timeout(100)
    await expect(customer.part("greeting")).to_have_count(0)


@pytest.mark.parametrize("rtl", [False, True])
async def test_the_form_leads_to_what_is_wrong_and_what_was_filled_in_goes_along_once(
    rtl: bool, shop: Parts, site_of_a_shop: Site, context: MakeContext
) -> None:
    page = await (await context(viewport=SMALL)).new_page()
    customer = await site_of_a_shop.visit(page, shop.settings.address, direction="rtl" if rtl else "ltr")
    await page.keyboard.press("Tab")
    await customer.open()
    name, email, number = (customer.part(f"before-{one}") for one in ("name", "email", "order_number"))
    await name.fill("Marie Dupont")
    await email.fill("marie@")
    await number.fill("abc")
    # Who writes at once is asked the same: the text stays, and the first wrong field has the focus.
    await customer.part("composer").fill("Où est mon colis ?")
    await page.keyboard.press("Enter")
    await expect(email).to_be_focused()
    await expect(email).to_have_attribute("aria-invalid", "true")
    await expect(email).to_have_accessible_description("Cette adresse ne semble pas complète, comme nom@exemple.fr.")
    await expect(customer.part("composer")).to_have_value("Où est mon colis ?")
    assert await barriers(page) == "" and await customer.overflow() == []
    await page.keyboard.type("example.com")
    await expect(email).to_have_accessible_description("")
    await page.keyboard.press("Enter")
    await expect(number).to_be_focused()
    await number.fill("10860")
    await page.context.set_offline(True)
    await page.keyboard.press("Enter")
    await expect(customer.part("composer")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(customer.messages("customer")).to_have_attribute("data-state", "waiting")
    await page.context.set_offline(False)
    await customer.stored("Où est mon colis")
    await customer.hears("echo:")
    assert (await _told(shop))[0]["form"] == {
        "name": "Marie Dupont",
        "email": "marie@example.com",
        "order_number": "10860",
    }
    await customer.part("menu").click()
    await customer.part("new").click()
    await expect(customer.part("starter").first).to_be_visible()
    await expect(customer.part("before")).to_have_count(0)
    customer.said = 0
    await customer.part("starter").nth(1).click()
    await customer.stored("retour")
    # The order was that of the first conversation; who they are is not asked again, and not forgotten.
    assert (await _told(shop))[1]["form"] == {"name": "Marie Dupont", "email": "marie@example.com"}


async def test_who_is_signed_in_is_not_asked(shop: Parts, site_of_a_shop: Site, context: MakeContext) -> None:
    page = await (await context()).new_page()
    customer = await site_of_a_shop.visit(page, shop.settings.address, user=token("C-1"))
    await expect(customer.part("greeting")).to_be_visible()
    await customer.open()
    await expect(customer.messages("bot")).to_have_count(1)
    await expect(customer.part("before")).to_have_count(0)
    await page.evaluate("() => window.Relais.user(null)")
    await expect(customer.part("before")).to_be_visible()


@pytest.mark.parametrize("how", ["navigation", "told"])
async def test_a_site_that_is_one_page_is_greeted_where_it_goes(
    how: str, shop: Parts, site_of_a_shop: Site, context: MakeContext
) -> None:
    profile = await context()
    if how == "told":
        # A browser without the Navigation API: the site says that it has gone elsewhere.
        await profile.add_init_script("delete Window.prototype.navigation; delete window.navigation")
    page = await profile.new_page()
    async with page.expect_response("**/chat/config*"):
        customer = await site_of_a_shop.visit(page, shop.settings.address, "/elsewhere")
    await page.evaluate("(how) => { history.pushState({}, '', '/shop'); if (how === 'told') Relais.page(); }", how)
    await expect(customer.part("greeting")).to_have_text(SAID["fr"])
    await page.evaluate("() => history.back()")
    await expect(customer.part("greeting")).to_have_count(0)
