"""Answers promised by e-mail, and the hours in which people answer here."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from channels.port import Company
from crm_backend.calendars.opening import parse
from crm_backend.conversations.model import Conversation, OutboxItem
from crm_backend.conversations.schema import InboundMessage
from crm_backend.customers.model import Identity
from server.app import Parts
from tests.channels.webchat.by_mail import ask, began, known, outgoing, with_mailbox
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent

ZONE = ZoneInfo("Europe/Paris")


async def test_a_promised_answer_goes_by_mail_and_the_chat_takes_over_when_they_write_there_again(
    server: Parts, browser: Browser, agent: MakeAgent
) -> None:
    await with_mailbox(server)
    conversation, claire = await began(browser, "vous êtes là ?"), await agent()
    assert (await ask(browser, "paul@example.com", "/answer"))[1] == {"email": "p…@example.com"}
    assert await outgoing(server) == [], "only a person's answer was promised"
    await claire.take(conversation)
    await claire.answer(conversation, "Oui, me voilà.")
    await claire.answer(conversation, "Et votre numéro ?")
    assert await outgoing(server) == [("paul@example.com", "Oui, me voilà."), ("paul@example.com", "Et votre numéro ?")]
    await browser.send("le 10234")
    await claire.answer(conversation, "Merci.")
    assert len(await outgoing(server)) == 2


async def test_a_promised_answer_is_shown_where_it_was_asked_for_until_another_writes(
    server: Parts, browser: Browser, agent: MakeAgent
) -> None:
    await with_mailbox(server)
    conversation, claire = await began(browser, "vous êtes là ?"), await agent()
    await ask(browser, "paul@example.com", "/answer")
    await claire.take(conversation)
    await claire.answer(conversation, "Oui, me voilà.")
    async with server.sessions.begin() as session:
        paul = await session.scalar(select(Identity.value).where(Identity.kind == "email"))
    assert paul == "paul@example.com"
    written = InboundMessage(
        channel="mail",
        external_id="m1@example.com",
        identity_kind="email",
        identity_value=paul,
        address=paul,
        text="merci, mon code est 1234",
        conversation_id=UUID(conversation),
    )
    await server.core.accept(written)
    await claire.answer(conversation, "Bien noté, 1234.")
    _, seen = await browser.poll(after=0)
    texts = [message["text"] for message in seen["messages"]]
    stayed = "Ce message est resté sur E-mail, où vous pouvez le lire."
    assert "Oui, me voilà." in texts and texts[-2:] == [stayed, stayed]


@pytest.mark.parametrize(("email", "to"), [("marie@example.com", ["marie@example.com"]), ("not an address", [])])
async def test_who_proved_to_be_a_customer_since_is_answered_at_their_own_address(
    server: Parts, browser: Browser, agent: MakeAgent, email: str, to: list[str]
) -> None:
    await with_mailbox(server)
    conversation, claire = await began(browser), await agent()
    await ask(browser, "somebody@example.com", "/answer")
    await known(server, conversation, email=email)
    await claire.take(conversation)
    assert (await claire.answer(conversation, "Votre adresse est 1 rue des Lilas."))[0] == 201
    assert [one for one, _ in await outgoing(server)] == to


async def test_a_customer_with_no_address_on_file_proves_one_in_the_chat(
    server: Parts, browser: Browser, agent: MakeAgent
) -> None:
    await with_mailbox(server)
    conversation, claire = await began(browser), await agent()
    await known(server, conversation, email="not an address")
    assert (await ask(browser, "paul@example.com", "/answer"))[0] == 403, "they wait for nobody"
    async with server.sessions.begin() as session:
        await session.execute(update(Conversation).values(owner="queue:support"))
    assert (await ask(browser, "paul@example.com", "/answer"))[1] == {"email": "p…@example.com", "code": True}
    async with server.sessions() as session:
        code = await session.scalar(select(OutboxItem.secret).where(OutboxItem.channel == "mail"))
    await browser.send(f"le code : {code}")
    _, seen = await browser.poll(after=0)
    asked, typed, told = seen["messages"][-3:]
    assert "paul@example.com" in asked["text"] and asked["buttons"][-1]["title"] == "Garder ma place"
    assert code not in typed["text"] and "paul@example.com" in told["text"]
    await claire.take(conversation)
    await claire.answer(conversation, "Me voilà.")
    assert (await outgoing(server))[-1] == ("paul@example.com", "Me voilà.")


async def test_outside_opening_hours_the_chat_says_so(server: Parts, browser: Browser) -> None:
    company: Company = server.core.company
    now = datetime.now(ZONE)
    ended = (now - timedelta(hours=2)).strftime("%a").lower()
    for hours, is_open in (("mon-sun 00:00-24:00", True), (f"{ended} 00:00-00:01", False)):
        opening = parse(hours, ZONE)
        object.__setattr__(company, "opening", opening)
        _, told = await browser.call("GET", "/config")
        assert (told["open"], told["opens"] is None, told["closes"] is not None) == (is_open, is_open, is_open)
        # By the company's clock, whatever the visitor's.
        assert told["opens"] is None or told["opens"][10:19] == "T00:00:00"
    object.__setattr__(company, "opening", None)
    assert (await browser.call("GET", "/config"))[1]["open"] is True
