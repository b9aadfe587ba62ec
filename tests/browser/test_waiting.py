"""Waiting for a person: what is passed on is shown, corrected by keyboard, and marked where the agent reads it."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from playwright.async_api import expect

from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers
from tests.browser.test_pictures import Album
from tests.support.assistant import ScriptedBot, said

SMALL = {"width": 320, "height": 640}


async def test_the_customer_corrects_what_is_passed_on_and_the_agent_sees_it(
    scripted: ScriptedBot, visitor: MakeChat, colleague: MakeDesk
) -> None:
    async def hands_over(turn: dict[str, Any]) -> web.Response:
        answer = said("Un instant.", intent="order_status", language="fr")
        answer["understanding"]["entities"] = [{"entity": "order_number", "value": "10234"}]
        answer["replies"].append({"command": {"do": "hand_over"}})
        return web.json_response(answer)

    scripted.script = hands_over
    album, customer = Album("fr"), await visitor(viewport=SMALL)
    page = customer.page
    await customer.say("10234 ?")
    await expect(customer.part("passed-on")).to_contain_text("10234")
    await customer.part("correct").focus()
    await page.keyboard.press("Enter")
    field = customer.part("fact-order_number")
    assert await barriers(page) == "" and await customer.overflow() == []
    await field.fill("x")
    await page.keyboard.press("Enter")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_be_focused()
    await album.keep(page, "widget-correcting")
    await field.fill("10235")
    await page.keyboard.press("Enter")
    await expect(customer.part("passed-on")).to_contain_text("10235 (corrigé par vous)")
    await expect(customer.part("correct")).to_be_focused()
    await album.keep(page, "widget-waiting")

    agent = await colleague()
    await agent.open("10234 ?")
    await expect(agent.part("passport")).to_contain_text("10235")
    await expect(agent.part("fact-corrected")).to_contain_text("corrigé par le client")
    assert await barriers(agent.page) == ""
    await album.keep(agent.page, "desk-corrected")
    await agent.take()
    await expect(customer.part("passed-on")).to_have_count(0)
