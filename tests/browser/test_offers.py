"""What is offered to an agent, on the desk: accepted, declined, and where they say they are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from server.app import Parts
from server.loops.routing import RoutingLoop
from server.loops.wake import Workers
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers


@pytest.fixture
async def handing(server: Parts) -> AsyncIterator[None]:
    """The loop that hands out."""
    loop = RoutingLoop(sessions=server.sessions, live=server.live, wakes=server.wakes, apart=0)
    workers = Workers(name="routing", topic="routing", count=1, work=loop.work, live=server.live, rest=1)
    workers.start()
    yield
    await workers.stop()


@pytest.mark.usefixtures("handing")
async def test_a_customer_is_offered_and_opens_on_accepting(visitor: MakeChat, colleague: MakeDesk) -> None:
    claire = await colleague()
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.part("person").click()
    offer = claire.part("offer")
    await expect(offer).to_be_visible()
    await expect(claire.part("offer-left")).to_contain_text("encore")
    assert await barriers(claire.page) == ""
    await claire.part("offer-accept").click()
    await expect(claire.composer).to_be_visible()
    await expect(offer).to_have_count(0)
    await claire.never_reloaded()


async def test_presence_is_chosen_with_a_reason(colleague: MakeDesk) -> None:
    claire = await colleague()
    await claire.part("account").click()
    await claire.part("presence").select_option("away")
    await claire.part("presence-reason").select_option("Déjeuner")
    assert await barriers(claire.page) == ""
    await claire.page.reload()
    await claire.part("account").click()
    await expect(claire.part("presence")).to_have_value("away")
    await expect(claire.part("presence-reason")).to_have_value("Déjeuner")
