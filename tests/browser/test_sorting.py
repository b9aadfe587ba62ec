"""A row chosen and taken, a tag, a macro and words in bold: at the desk, by the keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from crm_backend.access.actor import SYSTEM
from crm_backend.macros import services as macros
from crm_backend.tags import services as tags
from server.app import Parts
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers


@pytest.fixture
async def sorted_by(server: Parts) -> None:
    """A tag, and a macro that puts on another and proposes a text."""
    async with server.sessions.begin() as session:
        await tags.add(session, actor=SYSTEM, name="Colis égaré", colour="late")
        late = await tags.add(session, actor=SYSTEM, name="Retard", colour="risk")
        steps = [{"do": "add_tag", "tag": str(late.id)}, {"do": "insert", "texts": {"fr": "Je cherche votre colis."}}]
        await macros.add(session, actor=SYSTEM, name="Colis en retard", steps=steps, shared=True)


@pytest.mark.usefixtures("sorted_by")
async def test_an_agent_sorts_and_answers_by_the_keyboard(visitor: MakeChat, colleague: MakeDesk) -> None:
    customer = await visitor()
    await customer.say("Bonjour")
    await customer.part("person").click()
    agent = await colleague()
    page = agent.page
    await expect(agent.row()).to_have_count(1)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(agent.part("bulk-count")).to_contain_text("1")
    assert await barriers(page) == ""
    await agent.part("bulk-take").click()
    await expect(agent.part("bulk-came")).to_contain_text("à vous")
    await page.keyboard.press("2")
    await agent.row().focus()
    await page.keyboard.press("Enter")
    await expect(agent.composer).to_be_visible()

    await page.keyboard.press("l")
    await agent.part("tags-find").type("egare")
    await expect(agent.part("tag-option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(agent.part("tag-option")).to_have_attribute("aria-selected", "true")
    assert await barriers(page) == ""
    await page.keyboard.press("Escape")
    await expect(agent.row().get_by_test_id("tags")).to_contain_text("Colis égaré")

    await page.keyboard.press("m")
    await expect(agent.part("macros-preview")).to_contain_text("Je cherche votre colis.")
    assert await barriers(page) == ""
    await page.keyboard.press("Enter")
    await expect(agent.composer).to_have_value("Je cherche votre colis.")
    await expect(agent.conversation.get_by_test_id("tags")).to_contain_text("Retard")
    await agent.composer.focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Control+b")
    await expect(agent.composer).to_have_value("**Je cherche votre colis.**")
    await page.keyboard.press("Control+Enter")
    await customer.hears("Je cherche votre colis.", "agent")
    await expect(agent.messages("agent").locator("strong")).to_have_text("Je cherche votre colis.")
