"""The supervisor's board in two browsers: it follows what happens, one listens in, whispers, and takes over."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers


async def test_a_supervisor_sees_whispers_and_takes_over(visitor: MakeChat, colleague: MakeDesk) -> None:
    customer = await visitor()
    await customer.say("Ma commande n° 10234 est arrivée cassée")
    agent, above = await colleague(), await colleague("thomas", role="supervisor")
    await above.page.keyboard.press("Shift+M")
    await expect(above.part("page-board")).to_be_visible()
    await customer.part("person").click()
    await expect(above.part("figure-waiting")).to_contain_text("1")
    await agent.open()
    await agent.take()
    await expect(above.part("figure-waiting")).to_contain_text("0")
    row = above.part("board-agent").filter(has_text="Claire Martin")
    await expect(row).to_contain_text("1 sur 3")
    assert await barriers(above.page) == ""

    # What the customer said already is offered before it is asked.
    await agent.composer.fill("Quel est votre numéro de commande ?")
    await expect(agent.part("known")).to_contain_text("10234")
    await agent.composer.fill("")

    await row.get_by_role("button").click()
    await above.part("listen").click()
    heard = above.part("heard")
    await expect(heard.first).to_contain_text("arrivée cassée")
    await customer.say("Vous êtes là ?")
    await expect(heard.last).to_contain_text("Vous êtes là ?")
    await above.part("whisper-text").fill("Propose l’échange.")
    assert await barriers(above.page) == ""
    await above.page.keyboard.press("Control+Enter")
    await expect(agent.part("whisper-heard")).to_contain_text("Propose l’échange.")
    await expect(above.part("whispered")).to_contain_text("lu")
    await expect(customer.page.get_by_text("Propose l’échange.")).to_have_count(0)

    await above.part("take-over").click()
    await above.part("take-reason").fill("Claire est en formation")
    await above.page.keyboard.press("Enter")
    await expect(above.composer).to_be_visible()
    await expect(agent.part("not-mine")).to_be_visible()
    await above.say("Je vous envoie une lampe neuve.")
    await customer.hears("Je vous envoie une lampe neuve.", "agent")

    # On a phone, and on the wall.
    await above.page.keyboard.press("Escape")
    await above.page.keyboard.press("Shift+M")
    await above.page.set_viewport_size({"width": 320, "height": 640})
    await expect(above.part("board-queue").first).to_be_visible()
    wide = "() => document.documentElement.scrollWidth <= innerWidth"
    assert await above.page.evaluate(wide)
    assert await barriers(above.page) == ""
    await above.page.set_viewport_size({"width": 1280, "height": 800})
    await above.page.keyboard.press("w")
    await expect(above.part("board-aims")).to_have_count(0)
    assert await barriers(above.page) == ""
