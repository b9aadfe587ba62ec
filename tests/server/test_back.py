"""Outside its hours the team is not there: who writes to people then is told when it is back, once, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from crm_backend.calendars.opening import DAYS, OpeningHours, parse
from crm_backend.conversations.model import Message
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.waiting.away import Away, sorry
from crm_backend.database import Sessions, utc_now
from server.back import when_back
from tests.support import core

PARIS = ZoneInfo("Europe/Paris")


def open_in(days: int) -> OpeningHours:
    """Hours on one day of the week only: `days` after today."""
    day = DAYS[(utc_now().astimezone(PARIS) + timedelta(days=days)).weekday()]
    return parse(f"{day} 00:00-24:00", PARIS)


CLOSED, ANOTHER_NIGHT, OPEN = (
    when_back(open_in(3)),
    when_back(open_in(4)),
    when_back(parse("Mon-Sun 00:00-24:00", PARIS)),
)


async def write(sessions: Sessions, away: Away, text: str = "vous êtes là ?", **more: Any) -> bool:
    """Whether the customer is told something at once."""
    async with sessions() as session, session.begin():
        return (await receive(session, core.inbound(text, **more), away=away)).outgoing


async def with_people(sessions: Sessions, *, taken: bool) -> UUID:
    received = await core.write(sessions)
    await core.answered(sessions, core.saying("un instant", do="hand_over"))
    if taken:
        claire = await core.agent(sessions)
        await core.change(sessions, "take", received.conversation_id, claire)
    return received.conversation_id


async def system(sessions: Sessions, conversation: UUID) -> list[Message]:
    return [one for one in await core.transcript(sessions, conversation) if one.content.get("back_at")]


async def test_an_agent_s_customer_is_told_once_a_night(sessions: Sessions) -> None:
    talk = await with_people(sessions, taken=True)
    told = [await write(sessions, away) for away in (OPEN, CLOSED, CLOSED, ANOTHER_NIGHT)]
    assert told == [False, True, False, True]
    said = await system(sessions, talk)
    assert said[0].text.startswith("Notre équipe n’est pas là en ce moment\u00a0; elle revient ")
    assert [one.seq for one in said] == [said[0].seq, said[0].seq + 3], "each right under what it answers"


async def test_who_was_handed_over_in_the_same_hours_was_told_then(sessions: Sessions) -> None:
    talk = await with_people(sessions, taken=False)
    assert await write(sessions, CLOSED) is False
    async with sessions() as session, session.begin():
        found = await session.get_one(core.Conversation, talk)
        found.waiting_since = utc_now() - timedelta(days=5)
    assert await write(sessions, CLOSED) is True
    assert await write(sessions, CLOSED) is False


async def test_the_assistant_is_there_at_any_hour(sessions: Sessions) -> None:
    assert await write(sessions, CLOSED) is False


@pytest.mark.parametrize(
    ("automatic", "told"), [("encrypted", True), ("too_large", True), ("too_many", False), ("auto_reply", False)]
)
async def test_what_goes_to_people_at_once_is_told_of_too(sessions: Sessions, automatic: str, told: bool) -> None:
    mail = {"channel": "mail", "identity_kind": "email", "identity_value": "m@example.com", "address": "m@example.com"}
    assert await write(sessions, CLOSED, automatic=automatic, **mail) is told
    assert await write(sessions, CLOSED, automatic=automatic, **mail) is False


async def test_an_assistant_that_fails_says_when_people_are_back(sessions: Sessions) -> None:
    async with sessions() as session:
        words = [await sorry(session, away, language="en", now=utc_now()) for away in (None, OPEN, CLOSED)]
    assert words[0] == words[1]
    assert words[2].startswith(f"{words[0]} Our team is back on ")
