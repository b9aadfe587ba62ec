"""What who waits in a messenger may have instead of sitting there: an answer by mail, or a call; the place is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.accounts.model import Account
from crm_backend.calendars import services as calendars
from crm_backend.call_backs import schedules, services
from crm_backend.call_backs.model import Booking
from crm_backend.call_backs.schema import Asked
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Press
from crm_backend.conversations.waiting import instead
from crm_backend.conversations.waiting.instead_words import SAID
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.routing import telling
from tests.crm_backend.conversations.handing_over.test_passport import TELEGRAM, claire, handed, last, press, say

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp", "identity_kind": "phone", "identity_value": "+33639980001", "address": "+33639980001",
    "vouched": {"kind": "phone", "value": "+33639980001"},
}  # fmt: skip


@pytest.fixture
async def shop(crm: AsyncSession) -> AsyncSession:
    """Calls are offered at any hour, and there is a mailbox."""
    calendar = await calendars.add(crm, actor=SYSTEM, name="Calls", zone="Europe/Paris", place="FR", week=ALWAYS)
    await schedules.add(crm, actor=SYSTEM, kind="call_back", calendar_id=calendar.id, team="support", capacity=1)
    crm.add(Account(channel="mail", name="main", enabled=True))
    await crm.flush()
    return crm


async def on_file(crm: AsyncSession, **theirs: str) -> None:
    """The writer on Telegram is a customer with these addresses."""
    marie = Customer(first_name="Marie", last_name="Dupont", language="fr")
    crm.add(marie)
    await crm.flush()
    crm.add_all(Identity(kind=kind, value=value, customer_id=marie.id, proof="none") for kind, value in theirs.items())
    crm.add(Identity(kind="telegram", value=TELEGRAM["identity_value"], customer_id=marie.id, proof="verified"))
    await crm.flush()


async def titles(crm: AsyncSession, conversation: Conversation) -> list[str]:
    return [each["title"] for each in (await last(crm, conversation.id)).content.get("buttons", [])]


async def waits(crm: AsyncSession, conversation: Conversation) -> bool:
    owner = await crm.scalar(select(Conversation.owner).where(Conversation.id == conversation.id))
    return str(owner).startswith("queue")


async def test_an_answer_by_mail_goes_to_an_address_on_file_and_the_place_is_kept(shop: AsyncSession) -> None:
    await on_file(shop, email="marie@example.com")
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    assert (await titles(shop, conversation))[:2] == ["Réponse par e-mail", "Me rappeler"]
    assert SAID["or"]["fr"] in (await last(shop, conversation.id)).text
    told = await press(shop, conversation.id, "Réponse par e-mail")
    assert "m…@example.com" in told.text and "Vous gardez votre place" in told.text
    assert await waits(shop, conversation)
    assert conversation.answer_by is not None and conversation.answer_by["address"] == "marie@example.com"
    agent = await claire(shop)
    await owners.take(shop, conversation_id=conversation.id, agent=agent, version=conversation.version)
    await owners.answer(
        shop, conversation_id=conversation.id, agent=agent, client_id=new_id(), text="Voici votre réponse."
    )
    assert (conversation.channel, conversation.address) == ("mail", "marie@example.com")


async def test_an_address_that_was_only_said_is_asked_for_and_not_taken(shop: AsyncSession) -> None:
    # The passport holds lea@example.com, because somebody said so.
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    assert (await titles(shop, conversation))[:2] == ["Réponse par e-mail", "Me rappeler"]
    assert (await press(shop, conversation.id, "Réponse par e-mail")).text == SAID["address"]["fr"]
    assert conversation.answer_by is None


async def test_a_call_is_booked_by_messages_and_only_a_yes_gives_the_place_up(shop: AsyncSession) -> None:
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    await press(shop, conversation.id, "Me rappeler")
    offered = await titles(shop, conversation)
    assert 2 <= len(offered) <= 8 and offered[-1] == "Garder ma place" and all(len(each) <= 24 for each in offered)
    assert len(set(offered)) == len(offered)
    await press(shop, conversation.id, offered[0])
    # Words are for the person; figures that are no number are asked for again.
    await say(shop, "j’hésite encore", **TELEGRAM)
    assert (await last(shop, conversation.id)).author == "customer" and await waits(shop, conversation)
    await say(shop, "Me rappeler", press=Press(message_id=await first_offer(shop, conversation), index=1), **TELEGRAM)
    await press(shop, conversation.id, offered[0])
    await say(shop, "12345678901234567890", **TELEGRAM)
    assert (await last(shop, conversation.id)).text == SAID["bad_number"]["fr"]
    await say(shop, "06 39 98 00 01", **TELEGRAM)
    sure = await last(shop, conversation.id)
    assert "finit par 01" in sure.text and await waits(shop, conversation)
    assert await shop.scalar(select(func.count()).select_from(Booking)) == 0
    told = await press(shop, conversation.id, "Oui")
    assert told.text.startswith("C’est noté\u00a0: nous vous appelons") and not await waits(shop, conversation)
    # Pressed twice it is booked once, and the assistant is not asked what that means.
    await say(shop, "Oui", press=Press(message_id=sure.id, index=0), **TELEGRAM)
    assert (await last(shop, conversation.id)).text == told.text
    booked = (await shop.scalars(select(Booking))).one()
    assert (booked.phone, booked.conversation_id) == ("+33639980001", conversation.id)


async def first_offer(crm: AsyncSession, conversation: Conversation) -> Any:
    asks = Message.content["asks"].astext.in_(("wait", "passport"))
    found = select(Message.id).where(Message.conversation_id == conversation.id, asks).order_by(Message.seq)
    return await crm.scalar(found.limit(1))


async def test_a_time_that_was_taken_meanwhile_is_said_to_be_and_the_number_one_writes_from_is_not_asked_for(
    shop: AsyncSession,
) -> None:
    conversation = await handed(shop, confirm_in=("whatsapp",), **WHATSAPP)

    async def choose(title: str) -> str:
        asked = await last(shop, conversation.id)
        place = [each["title"] for each in asked.content["buttons"]].index(title)
        await say(shop, title, press=Press(message_id=asked.id, index=place), **WHATSAPP)
        return (await last(shop, conversation.id)).text

    await choose("Me rappeler")
    chosen = (await titles(shop, conversation))[0]
    assert "finit par 01" in await choose(chosen)
    await shop.execute(update(Conversation).values(passport=None))
    sure = await last(shop, conversation.id)
    at = int(sure.content["buttons"][0]["payload"].split(":")[2])
    await taken(shop, at)
    assert await choose("Oui, rappelez-moi") == SAID["taken"]["fr"]
    assert chosen not in await titles(shop, conversation)
    assert await choose("Garder ma place") == SAID["kept"]["fr"] and await waits(shop, conversation)


async def taken(crm: AsyncSession, at: int) -> None:
    """Somebody else books that time."""
    asked = Asked("call_back", datetime.fromtimestamp(at, UTC), phone="06 39 98 00 02")
    await services.book(crm, asked, actor=services.assistant(origin="web"))


async def test_once_somebody_has_come_the_choice_is_words_for_them(shop: AsyncSession) -> None:
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    agent = await claire(shop)
    await owners.take(shop, conversation_id=conversation.id, agent=agent, version=conversation.version)
    offer = await first_offer(shop, conversation)
    await say(shop, "Me rappeler", press=Press(message_id=offer, index=1), **TELEGRAM)
    heard = await last(shop, conversation.id)
    assert (heard.author, heard.text, heard.content.get("payload")) == ("customer", "Me rappeler", None)


async def test_the_message_that_tells_the_wait_offers_it_too_and_is_not_sent_to_who_left(shop: AsyncSession) -> None:
    await on_file(shop, email="marie@example.com")
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    buttons = await instead.offered(shop, conversation, now=utc_now())
    assert [each.payload for each in buttons] == ["wait:mail", "wait:call"]
    await press(shop, conversation.id, "Réponse par e-mail")
    assert await instead.offered(shop, conversation, now=utc_now()) == []
    assert await telling.tell(shop, channels=["telegram"], wording=lambda _: "x", now=utc_now()) == []
