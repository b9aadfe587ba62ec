"""The inbox at the desk: an answer taken back, a canned reply, something put off and brought back, a filter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from crm_backend.access.actor import SYSTEM
from crm_backend.canned import services as canned
from server.app import Parts
from server.loops.inbox import InboxLoop
from server.loops.wake import Workers
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers

TEXT = {"fr": "Bonjour {customer.first_name}, ici {agent.first_name}."}


@pytest.fixture
async def keeping(server: Parts) -> AsyncIterator[None]:
    """The loop that says what nobody took back, and a canned reply."""
    async with server.sessions.begin() as session:
        fields = {"shortcut": "accueil", "titles": {"fr": "Accueil"}, "texts": TEXT}
        await canned.add(session, actor=SYSTEM, fields=fields)
    loop = InboxLoop(sessions=server.sessions, live=server.live, wakes=server.wakes)
    workers = Workers(name="inbox", topic="inbox", count=1, work=loop.work, live=server.live, rest=0.5)
    workers.start()
    yield
    await workers.stop()


@pytest.mark.usefixtures("keeping")
async def test_an_agent_works_the_inbox(visitor: MakeChat, colleague: MakeDesk) -> None:
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.part("person").click()
    agent = await colleague()
    page = agent.page
    await agent.open()
    await agent.take()
    await page.evaluate("() => localStorage.setItem('relais.desk.preferences', '{}')")
    await page.reload()
    await agent.connected()
    await expect(agent.composer).to_be_visible()

    await agent.composer.type("/acc")
    await expect(agent.part("canned")).to_contain_text("Accueil")
    assert await barriers(page) == ""
    await page.keyboard.press("Enter")
    await expect(agent.composer).to_have_value("Bonjour {customer.first_name}, ici Claire.")
    await expect(agent.part("blanks")).to_contain_text("prénom")
    await page.keyboard.press("Enter")
    await expect(agent.part("held")).to_have_count(0)
    await page.keyboard.type("Marie")
    await expect(agent.part("blanks")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(agent.part("held")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(agent.composer).to_have_value("Bonjour Marie, ici Claire.")
    await page.keyboard.press("Enter")
    await customer.hears("Bonjour Marie, ici Claire.", "agent")
    await expect(agent.part("held")).to_have_count(0)

    await page.keyboard.press("Escape")
    await page.keyboard.press("z")
    await page.get_by_test_id("snooze-written").click()
    await expect(agent.part("wake")).to_be_visible()
    await page.keyboard.press("2")
    await page.keyboard.press("f")
    await expect(agent.part("inbox-panel").get_by_test_id("view-snoozed")).to_contain_text("1")
    assert await barriers(page) == ""
    await agent.part("narrow-language").select_option("fr")
    await agent.part("filter-name").fill("<b>En français</b>")
    await page.keyboard.press("Enter")
    await expect(agent.part("filter")).to_have_text("<b>En français</b>")
    await customer.say("Encore une chose")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(agent.part("returned")).to_be_visible()
