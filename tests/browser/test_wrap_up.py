"""Closing at the desk: a suggestion put in with one key, then the wrap-up with a reason and something still to do."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from crm_backend.access.actor import SYSTEM
from crm_backend.canned import services as canned
from crm_backend.suggesting import learning
from crm_backend.wrap_up import reasons, rules
from server.app import Parts
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers

ASKED = "Ma théière est arrivée cassée, que faire ?"
ANSWER = "Votre théière cassée est remplacée. Vous recevrez la nouvelle vendredi."
LATE = {"fr": "Colis en retard", "en": "Late parcel"}
BROKEN = {"fr": "Article cassé", "en": "Broken item"}


@pytest.fixture
async def set_up(server: Parts) -> None:
    """A canned reply that is known to suggestions, and two reasons of which one must be given."""
    async with server.sessions.begin() as session:
        fields = {"shortcut": "casse", "titles": {"fr": "Article cassé"}, "texts": {"fr": ANSWER}}
        made = await canned.add(session, actor=SYSTEM, fields=fields)
        await learning.know_reply(session, made.id, "fr", version=1, vector=[0.1] * 384)
        for names in (LATE, BROKEN):
            await reasons.add(session, actor=SYSTEM, fields={"names": names})
        await rules.put(session, "*", actor=SYSTEM, given={"mode": "required", "seconds": 300})


@pytest.mark.usefixtures("set_up")
async def test_an_agent_answers_with_one_key_and_wraps_up(visitor: MakeChat, colleague: MakeDesk) -> None:
    customer = await visitor()
    await customer.say(ASKED)
    await customer.part("person").click()
    agent = await colleague()
    page = agent.page
    await agent.open()
    await expect(agent.part("suggestions")).to_have_count(0)
    await agent.take()
    await expect(agent.part("suggestion-canned")).to_contain_text("Article cassé")
    assert await barriers(page) == ""
    await page.keyboard.press("Alt+1")
    await expect(agent.composer).to_have_value(ANSWER)
    await agent.part("send").click()
    await customer.hears("Votre théière cassée est remplacée.", "agent")

    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await agent.part("close-confirm").click()
    await expect(agent.part("wrap-up-summary")).to_have_value(
        f"Demande\u00a0: {ASKED}\nRéponse\u00a0: Votre théière cassée est remplacée."
        "\nPromis\u00a0: Vous recevrez la nouvelle vendredi."
    )
    await expect(agent.part("wrap-up-room")).to_be_visible()
    assert await barriers(page) == ""
    await page.keyboard.press("q")
    await expect(agent.part("wrap-up-reason")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(agent.part("wrap-up-reason")).to_have_attribute("aria-invalid", "true")
    await agent.part("wrap-up-reason").select_option(label="Article cassé")
    await agent.part("wrap-up-follows").check()
    await agent.part("wrap-up-what").fill("Vérifier que la théière est partie")
    await page.set_viewport_size({"width": 320, "height": 700})
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    await agent.part("wrap-up-save").click()
    noted = agent.part("wrap-up-noted")
    await expect(noted).to_contain_text("Article cassé")
    await expect(noted).to_contain_text("Noté par Claire")
    await expect(noted).to_contain_text("Rappel")
    assert await barriers(page) == ""
