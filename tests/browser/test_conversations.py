"""Several conversations of one visitor, cards side by side, and going on elsewhere."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from playwright.async_api import expect

from tests.browser.conftest import MakeChat
from tests.browser.test_accessibility import barriers
from tests.support.assistant import ScriptedBot

CARDS: list[dict[str, Any]] = [
    {"kind": "order", "title": f"Commande {number}", "text": "Expédiée", "url": None, "lines": ["1 × Lampe Ondine"]}
    for number in (10860, 10861, 10862)
]


async def test_a_visitor_goes_back_to_an_earlier_conversation(visitor: MakeChat) -> None:
    customer = await visitor()
    await customer.say("La première")
    await customer.hears("echo: La première")
    await customer.part("menu").click()
    await customer.part("new").click()
    customer.said = 0
    await customer.say("La seconde")
    await customer.hears("echo: La seconde")
    await customer.part("menu").click()
    await customer.part("conversations").click()
    rows = customer.part("conversation")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_have_attribute("aria-current", "true")
    await rows.nth(1).click()
    await expect(customer.messages("customer", "La première")).to_be_visible()
    await expect(customer.messages("customer", "La seconde")).to_have_count(0)
    await customer.holds_together()
    customer.said = 2
    await customer.say("Encore la première")
    await customer.hears("echo: Encore la première")
    await customer.page.reload()
    await customer.open()
    await expect(customer.messages("customer", "Encore la première")).to_be_visible()


async def test_a_list_that_cannot_be_loaded_says_so_and_recovers(visitor: MakeChat) -> None:
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.page.route("**/chat/conversations", lambda route: route.abort())
    await customer.part("menu").click()
    await customer.part("conversations").click()
    await expect(customer.part("sheet-retry")).to_be_visible()
    await customer.page.unroute("**/chat/conversations")
    await customer.part("sheet-retry").click()
    await expect(customer.part("conversation")).to_have_count(1)
    assert await barriers(customer.page) == ""
    await customer.page.keyboard.press("Escape")
    await expect(customer.part("sheet")).to_be_hidden()
    await expect(customer.part("panel")).to_be_visible()
    await expect(customer.part("composer")).to_be_focused()


async def test_nothing_is_offered_where_there_is_nowhere_else_to_go(visitor: MakeChat) -> None:
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.part("menu").click()
    await expect(customer.part("conversations")).to_be_visible()
    await expect(customer.part("elsewhere")).to_be_hidden()


async def test_cards_are_leafed_through_by_keyboard(visitor: MakeChat, scripted: ScriptedBot) -> None:
    async def show(turn: dict[str, Any]) -> web.Response:
        return web.json_response(
            {
                "replies": [{"text": "Vos commandes", "buttons": [], "cards": CARDS, "command": None}],
                "state": {},
                "language": "fr",
                "understanding": {"intent": "orders", "confidence": 0.9, "entities": [], "ranking": []},
            }
        )

    scripted.script = show
    customer = await visitor(viewport={"width": 320, "height": 640})
    await customer.say("Mes commandes")
    await customer.hears("Vos commandes")
    row = customer.part("carousel")
    await row.focus()
    await customer.page.keyboard.press("ArrowRight")
    await expect(customer.part("previousCard")).to_have_attribute("aria-disabled", "false")
    await customer.page.keyboard.press("ArrowRight")
    await expect(customer.part("nextCard")).to_have_attribute("aria-disabled", "true")
    await expect(row.get_by_text("Commande 10862")).to_be_in_viewport()
    assert await barriers(customer.page) == ""
    await customer.part("previousCard").click()
    await expect(customer.part("nextCard")).to_have_attribute("aria-disabled", "false")
    assert await customer.overflow() == []
