"""Two agents at the same conversation."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.browser.conftest import MakeChat, MakeDesk


async def test_the_second_agent_sees_who_has_it(chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat("fr")
    await customer.say("bonjour")
    await customer.hears("commande")
    claire, thomas = await asyncio.gather(desk("claire"), desk("thomas"))
    await customer.part("person").click()
    for agent in (claire, thomas):
        await agent.open()
        await expect(agent.part("take")).to_be_visible()
    await claire.take()
    await expect(thomas.conversation.locator(".owner")).to_contain_text("Claire")
    await expect(thomas.composer).to_have_count(0)
    # He reads along, live, and keeps his place.
    await claire.say("Je regarde cela")
    await expect(thomas.messages("agent", "Je regarde cela")).to_be_visible()
    await customer.hears("Je regarde cela", "agent")
    await thomas.never_reloaded()


async def test_of_two_who_take_at_once_one_is_told(chat: MakeChat, desk: MakeDesk) -> None:
    customer = await chat("fr")
    await customer.part("person").click()
    claire, thomas = await asyncio.gather(desk("claire"), desk("thomas"))
    for agent in (claire, thomas):
        await agent.open()
        await expect(agent.part("take")).to_be_visible()
    # Thomas's screen learns nothing until he has pressed: his request leaves with the version he saw.
    held = asyncio.Event()

    async def wait_for_claire(route):
        await held.wait()
        await route.continue_()

    await thomas.page.route("**/take", wait_for_claire)
    await thomas.part("take").click()
    await claire.take()
    held.set()
    await expect(thomas.part("conflict")).to_contain_text("Claire")
    await expect(thomas.composer).to_have_count(0)
    await expect(claire.composer).to_be_visible()
    await expect(customer.part("status")).to_have_attribute("data-state", "agent")
