"""Mail and other channels at the desk: originals, threads, files, failed deliveries."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from server.app import Parts
from server.desk.pictures import RemotePictures
from tests.browser.conftest import MakeDesk
from tests.browser.letters import SUBJECT, broken_lamp, mail, shared_things, undelivered
from tests.browser.test_accessibility import barriers
from tests.support import samples


async def test_a_mail_is_read_with_its_original(server: Parts, colleague: MakeDesk) -> None:
    agent = await colleague()
    await broken_lamp(server)
    await agent.view("assistant")
    await agent.open()
    first = agent.messages("customer").first
    await expect(first.get_by_test_id("subject")).to_contain_text(SUBJECT)
    await expect(first.get_by_test_id("file")).to_have_count(2)
    await expect(first.locator("img")).to_have_js_property("naturalWidth", 800)
    await first.get_by_test_id("addresses").click()
    await expect(first.get_by_test_id("mail-addresses")).to_contain_text("paul@example.fr")
    automatic = agent.messages("customer", "absente")
    await expect(automatic).to_have_attribute("data-automatic", "auto_reply")
    await expect(automatic).to_contain_text("Réponse automatique")


async def test_the_original_runs_nothing_and_fetches_nothing_until_asked(
    server: Parts, colleague: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await colleague()
    fetched: list[str] = []
    ours: list[str] = []

    async def fetch(_: RemotePictures, url: str) -> bytes:
        ours.append(url)
        return samples.picture()

    monkeypatch.setattr(RemotePictures, "_fetch", fetch)

    async def note(route: Route) -> None:
        fetched.append(route.request.url)
        await route.abort()

    await agent.page.route("https://elsewhere.example/**", note)
    await mail(server, "Bonjour")
    await agent.view("assistant")
    await agent.open()
    await agent.part("original").click()
    letter = agent.page.frame_locator("[data-testid=letter]")
    await expect(letter.get_by_text("arrivée cassée")).to_be_visible()
    assert await letter.locator("script").count() == 0
    assert fetched == []
    assert await barriers(agent.page) == ""
    await agent.part("show-images").click()
    async with asyncio.timeout(15):
        while not ours:
            await asyncio.sleep(0.05)
    assert (ours, fetched) == (["https://elsewhere.example/pixel.png"], [])
    await expect(agent.part("show-images")).to_have_count(0)
    assert await agent.page.evaluate("() => window.hurt") is None


async def test_a_mail_is_given_a_conversation_of_its_own_and_put_back(server: Parts, colleague: MakeDesk) -> None:
    agent = await colleague()
    conversation = await broken_lamp(server)
    await agent.view("assistant")
    await agent.open()
    await expect(agent.part("thread-note").last).to_contain_text("réponse à notre e-mail")
    await agent.messages("customer", "de retour").get_by_test_id("split").click()
    await expect(agent.conversation).not_to_have_attribute("data-id", str(conversation))
    await expect(agent.messages("customer", "de retour")).to_be_visible()
    await expect(agent.messages("customer", "arrivée cassée")).to_have_count(0)
    await agent.part("unsplit").click()
    await expect(agent.conversation).to_have_attribute("data-id", str(conversation))
    await expect(agent.messages("customer", "de retour")).to_be_visible()


async def test_places_and_people_are_shown(server: Parts, colleague: MakeDesk) -> None:
    agent = await colleague()
    await shared_things(server)
    await agent.view("assistant")
    await agent.open()
    await expect(agent.part("location")).to_contain_text("45.75781, 4.83201")
    await expect(agent.part("contact")).to_contain_text("+33 6 12 34 56 78")


async def test_what_was_not_delivered_says_why_and_is_sent_again(server: Parts, colleague: MakeDesk) -> None:
    agent = await colleague()
    conversation = await shared_things(server)
    await agent.view("assistant")
    await agent.open()
    await expect(agent.messages("bot").first).to_be_visible()
    await undelivered(server, conversation, "the platform said no")
    await agent.page.reload()
    await agent.connected()
    failed = agent.part("not-delivered").first
    await expect(failed).to_contain_text("the platform said no")
    await failed.get_by_test_id("resend").click()
    await expect(agent.page.get_by_text("Remis en file d’envoi.")).to_be_visible()
