"""Asking how it was: on which channels, when, in which words, and nobody too often."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.conversations.handing_over import asking, owners, ratings
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.customers import consents
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.notifications.model import ContactPreference
from crm_backend.notifications.schema import Rules
from crm_backend.satisfaction import settings
from tests.crm_backend.routing import centre
from tests.crm_backend.wrap_up.ended import customer, spoken

ALWAYS = Rules(zone=ZoneInfo("Europe/Paris"), quiet_from=time(0), quiet_until=time(0))
MESSENGERS = ("telegram", "whatsapp", "mail")
WORDS = {"fr": "Alors, cette théière ?", "en": "Well, that teapot?"}


async def setting(session: AsyncSession, channel: str = "*", **given: Any) -> None:
    await settings.put(session, channel, actor=SYSTEM, given=given)


async def ended(
    session: AsyncSession, channel: str = "telegram", *, ask_in: Collection[str] = MESSENGERS, **more: Any
) -> Conversation:
    claire = await centre.agent(session)
    talk = await spoken(session, claire, channel=channel, **more)
    await owners.close(session, conversation_id=talk.id, agent=claire, version=talk.version, ask_in=ask_in)
    await session.flush()
    return talk


async def questions(session: AsyncSession, talk: Conversation) -> list[str]:
    found = select(Message.text).where(Message.conversation_id == talk.id, Message.content["asks"].astext == "rating")
    return list(await session.scalars(found))


async def later(session: AsyncSession, *, minutes: float, rules: Rules = ALWAYS) -> Any:
    now = utc_now() + timedelta(minutes=minutes)
    return await asking.ask_later(session, rules=rules, now=now, channels=MESSENGERS)


@pytest.mark.parametrize("channel", MESSENGERS)
async def test_it_goes_out_once_by_the_channel_itself(crm: AsyncSession, channel: str) -> None:
    talk = await ended(crm, channel)
    assert len(await questions(crm, talk)) == 1
    out = await crm.scalars(select(OutboxItem.channel).where(OutboxItem.conversation_id == talk.id))
    assert set(out) == {channel}
    assert await later(crm, minutes=9_999) == (False, None)


async def test_a_channel_may_be_left_out_and_the_chat_asks_nothing_either(crm: AsyncSession) -> None:
    await setting(crm, enabled=True)
    await setting(crm, "telegram", enabled=False)
    await setting(crm, "webchat", enabled=False)
    assert await questions(crm, await ended(crm)) == []
    assert len(await questions(crm, await ended(crm, "mail"))) == 1
    chat = await ended(crm, "webchat")
    assert not await ratings.wanted(crm, chat)
    assert (await ratings.rate(crm, conversation_id=chat.id, score=5)).score == 5, "taken all the same"


@pytest.mark.parametrize(("set_up", "asks"), [(None, False), (True, True), (False, False)])
async def test_where_the_settings_of_the_server_say_no_the_company_may_say_yes(
    crm: AsyncSession, set_up: bool | None, asks: bool
) -> None:
    if set_up is not None:
        await setting(crm, "telegram", enabled=set_up)
    assert len(await questions(crm, await ended(crm, ask_in={"telegram": False}))) == asks


async def test_it_is_asked_in_the_companys_words_after_a_while(crm: AsyncSession) -> None:
    await setting(crm, delay_minutes=30, words=WORDS)
    talk = await ended(crm)
    assert (await questions(crm, talk), await ratings.wanted(crm, talk)) == ([], False)
    assert await ratings.wanted(crm, talk, now=utc_now() + timedelta(minutes=31))
    assert await later(crm, minutes=29) == (False, None)
    assert await later(crm, minutes=31) == (True, talk.id)
    assert await questions(crm, talk) == [WORDS["fr"]]
    assert await later(crm, minutes=32) == (False, None)


@pytest.mark.parametrize("why", ["went_on", "objected", "unasked", "switched_off", "rated"])
async def test_who_is_not_to_be_asked_any_more_is_not(crm: AsyncSession, why: str) -> None:
    await setting(crm, delay_minutes=30)
    marie = await customer(crm)
    talk = await ended(crm, customer_id=marie.id)
    if why == "went_on":
        talk.owner = "bot"
    elif why == "switched_off":
        await setting(crm, enabled=False)
    elif why == "rated":
        await ratings.rate(crm, conversation_id=talk.id, score=3)
    elif why == "objected":
        consents.note(crm, customer_id=marie.id, purpose=consents.SURVEYS, given=False, how="message", actor="customer")
    else:
        crm.add(ContactPreference(customer_id=marie.id, unasked=False))
    await crm.flush()
    asked = await later(crm, minutes=31)
    assert (asked, await questions(crm, talk)) == ((True, None), [])
    assert await later(crm, minutes=32) == (False, None)


async def test_in_quiet_hours_it_waits_for_their_end(crm: AsyncSession) -> None:
    await setting(crm, delay_minutes=1)
    talk = await ended(crm)
    now = utc_now()
    night = Rules(zone=ZoneInfo("UTC"), quiet_from=(now - timedelta(hours=1)).time(),
                  quiet_until=(now + timedelta(hours=1)).time())  # fmt: skip
    assert await later(crm, minutes=2, rules=night) == (True, None)
    assert await later(crm, minutes=3, rules=night) == (False, None)
    assert await later(crm, minutes=90) == (True, talk.id)


async def test_nobody_is_asked_again_so_soon_on_whatever_channel(crm: AsyncSession) -> None:
    await setting(crm, rest_days=14)
    marie, paul = await customer(crm), await customer(crm, first_name="Paul")
    assert len(await questions(crm, await ended(crm, customer_id=marie.id))) == 1
    assert await questions(crm, await ended(crm, "mail", customer_id=marie.id)) == []
    assert not await ratings.wanted(crm, await ended(crm, "webchat", customer_id=marie.id))
    assert len(await questions(crm, await ended(crm, "mail", customer_id=paul.id))) == 1


async def test_an_answer_is_kept_with_team_topic_and_agent(crm: AsyncSession) -> None:
    await centre.team(crm, "returns")
    talk = await ended(crm, team="returns", topic="return_item")
    await ratings.rate(crm, conversation_id=talk.id, score=4, comment="bien")
    row = await crm.scalar(select(ratings.Rating).where(ratings.Rating.conversation_id == talk.id))
    assert row is not None and (row.team, row.topic, row.author) == ("returns", "return_item", "agent")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"delay_minutes": 1_441}, "delay_minutes"),
        ({"delay_minutes": True}, "delay_minutes"),
        ({"rest_days": -1}, "rest_days"),
        ({"enabled": "yes"}, "enabled"),
        ({"words": {"fr": "Alors ?"}}, "words.en"),
        ({"words": {"fr": "x" * 301, "en": "x"}}, "words.fr"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_set_is_told(crm: AsyncSession, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await setting(crm, **given)
    assert wrong.value.field == field


async def test_settings_are_the_admins_and_nobody_overwrites_another(crm: AsyncSession) -> None:
    await setting(crm, "mail", delay_minutes=5)
    with pytest.raises(Stale):
        await settings.put(crm, "mail", actor=SYSTEM, given={}, version=7)
    with pytest.raises(NotFound):
        await settings.put(crm, "telegram", actor=SYSTEM, given={}, version=1)
    with pytest.raises(Invalid):
        await setting(crm, "Nul\0")
    with pytest.raises(NotAllowed):
        await settings.put(crm, "mail", actor=Actor("agent:x"), given={})
    await settings.remove(crm, "mail", actor=SYSTEM)
    assert (await settings.of_channel(crm, "mail")).delay == timedelta()
    assert await settings.listing(crm, actor=SYSTEM) == []
