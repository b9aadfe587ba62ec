"""Answers that wait, go another way or are given up, and names that mislead, as pictures in var/artefacts/browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import expect
from sqlalchemy import select, update

from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.database import new_id, utc_now
from server.app import Parts
from tests.browser.conftest import DESKTOP, PHONE, MakeDesk
from tests.browser.letters import mail, undelivered
from tests.browser.test_pictures import Album
from tests.server.test_desk_reading import known

LOOKALIKE = "m\u0430rie.d@ex\u0430mple.fr"


async def _misled(server: Parts) -> UUID:
    """A mail whose writer's address and name pass for others; its customer is on file, and an answer was promised."""
    details = {"subject": "Lampe cassée, commande 10860", "from": LOOKALIKE, "to": ["support@maison-tilleul.example"]}
    name = "claire@maison-tilleul.example"
    conversation = await mail(server, "Bonjour, où en est ma lampe ?", details=details, sender_name=name)
    await known(server, str(conversation), "Marie", "Dupré")
    async with server.sessions() as session, session.begin():
        promised = {"channel": "mail", "account": "main", "address": "marie@example.fr", "identity": str(new_id())}
        one = update(Conversation).where(Conversation.id == conversation)
        await session.execute(one.values(answer_by=promised))
    return conversation


async def _answers(server: Parts, conversation: UUID) -> None:
    """The first answer waits, the second went by mail, the third was given up."""
    async with server.sessions() as session, session.begin():
        said = select(Message.id).where(Message.conversation_id == conversation, Message.author == "agent")
        first, second, _ = await session.scalars(said.order_by(Message.seq))
        waits = {"state": "queued", "reason": "window", "available_at": utc_now() + timedelta(days=1)}
        await session.execute(update(OutboxItem).where(OutboxItem.message_id == first).values(**waits))
        await session.execute(update(Message).where(Message.id == first).values(delivery="queued"))
        instead = {"name": "Claire", "instead": {"channel": "mail", "to": "marie@example.fr"}}
        await session.execute(update(Message).where(Message.id == second).values(content=instead, delivery="delivered"))


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_answers_and_names(language: str, server: Parts, colleague: MakeDesk) -> None:
    album, agent = Album(language), await colleague(language=language, role="supervisor")
    conversation = await _misled(server)
    await agent.view("assistant")
    await agent.open()
    await agent.take()
    await expect(agent.part("answer-by")).to_contain_text("marie@example.fr")
    await expect(agent.part("beware")).to_contain_text(LOOKALIKE)
    await expect(agent.part("preferred-channel")).to_be_visible()
    await album.keep(agent.page, "desk-promised")
    await agent.page.set_viewport_size(PHONE)
    await agent.conversation.locator(".not-three").click()
    await expect(agent.part("contact")).to_be_visible()
    await agent.part("contact").scroll_into_view_if_needed()
    await album.keep(agent.page, "desk-contact")
    await agent.part("context").get_by_role("button").first.click()
    await agent.page.set_viewport_size(DESKTOP)
    for text in ("Elle part ce soir.", "Le suivi arrive demain.", "Bonne journée."):
        await agent.say(text)
    await undelivered(server, conversation, "blocked")
    await _answers(server, conversation)
    await agent.page.reload()
    await expect(agent.part("waits")).to_be_visible()
    await expect(agent.part("instead")).to_be_visible()
    await agent.part("set-aside").last.click()
    await agent.part("aside-why").fill("Dit au téléphone" if language == "fr" else "Told by phone")
    await album.keep(agent.page, "desk-answers")
    await agent.part("aside-confirm").click()
    await expect(agent.part("not-delivered").last.get_by_test_id("set-aside")).to_have_count(0)
    await agent.page.keyboard.press("Escape")
    await agent.page.goto(f"{agent.address}/desk/#/undelivered")
    await agent.part("which-aside").click()
    await expect(agent.part("aside-reason")).to_be_visible()
    await album.keep(agent.page, "desk-undelivered-aside")
