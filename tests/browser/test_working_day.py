"""A whole working day: three agents and a supervisor, five customers on three channels, from the first to the last.

Everything goes through pages, platforms and the administration's addresses; at the end the database must hold each
message once, in its order, and every conversation in the state that the day left it in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.mail import reading
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import BOT, NOBODY
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.wrap_up.model import WrapUp
from server import working
from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.day import ANSWERS, Day
from tests.browser.hands import Hands
from tests.browser.keys import Keys
from tests.browser.mouse import Mouse
from tests.browser.outside import Outside, outside
from tests.support import assistant, site
from tests.support.api import Program, key
from tests.support.boards import until
from tests.support.stores import Stores

AWAKE = {"routing", "inbox", "waiting", "mentions"}
"""Of the loops that keep the CRM in order, those that a day at the desk needs."""
OFFERED = {
    "marie": [("claire", "work", "accepted")],
    "nadia": [("claire", "work", "declined"), ("thomas", "work", "accepted"), ("claire", "transfer", "accepted")],
    "karim": [("thomas", "work", "timed_out"), ("emma", "work", "accepted")],
    "paul": [("thomas", "work", "accepted"), ("emma", "work", "accepted")],
    "nina": [("emma", "work", "accepted")],
}
CLOSED_BY = {"nadia": "claire", "karim": "emma", "paul": "sophie", "nina": "emma"}
RATED = {"nadia": 5, "karim": 4, "paul": 5, "nina": 3}


@pytest.fixture
async def platforms() -> AsyncIterator[Outside]:
    """Telegram and the mailbox."""
    async with outside() as opened:
        yield opened


@pytest.fixture
async def house(
    demo_url: str,
    stores: Stores,
    real_assistant: assistant.Settings,
    platforms: Outside,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Parts]:
    """The demo company with its assistant, reached on three channels, handing out work."""
    every = working._keeping
    monkeypatch.setattr(working, "_keeping", lambda *given: [one for one in every(*given) if one.name in AWAKE])
    # A mail that comes just before IDLE is told by nobody: it is looked for the sooner.
    monkeypatch.setattr(reading, "UNSURE", 1.0)
    settings = site.settings_for(
        demo_url,
        stores.redis_url,
        bot_port=real_assistant.bot_port,
        given=platforms.given,
    )
    async with site.serving(settings, keeping=True) as parts:
        yield parts


@pytest.mark.parametrize("hands", [Mouse(), Keys()], ids=["mouse", "keyboard"])
async def test_a_whole_working_day(hands: Hands, house: Parts, platforms: Outside, context: MakeContext) -> None:
    async with site.browser_session() as client:
        program = Program(client, house.settings.address, await key(house.sessions))
        day = Day(house, hands, context, platforms, program)
        await day.set_up()
        await day.morning()
        await day.passed_on()
        await day.let_pass()
        await day.vanishes()
        await day.watched()
        await day.evening()
    if isinstance(hands, Keys):
        for desk in day.desks.values():
            await hands.never_pointed(desk)
    assert await day.ratings() == RATED
    await until(partial(_all_sent, day))
    await _told_once(day)
    async with house.sessions() as session:
        await _messages_in_order(session, day)
        await _handed_out(session, day)
        await _over(session, day)


async def _all_sent(day: Day) -> bool:
    unsent = select(OutboxItem.id).where(OutboxItem.conversation_id.in_(day.talks.values()), OutboxItem.state != "sent")
    async with day.parts.sessions() as session:
        return not list(await session.scalars(unsent))


async def _told_once(day: Day) -> None:
    """Nobody heard an answer twice, or not at all."""
    heard = {
        name: [one["text"] for one in await chat.read()] for name, chat in (("marie", day.marie), ("paul", day.paul))
    }
    heard |= {"nadia": day.nadia.heard(), "nina": day.nina.heard(), "karim": day.karim.heard()}
    for customer, answers in ANSWERS.items():
        times = [sum(answer in one for one in heard[customer]) for answer in answers]
        assert times == [1] * len(answers), (customer, heard[customer])
    for chat in (day.marie, day.paul):
        await chat.holds_together()


async def _messages_in_order(session: AsyncSession, day: Day) -> None:
    """Every message once, without a gap; agents said what they said, and while they had it nobody else did."""
    for customer, talk in day.talks.items():
        said = list(await session.scalars(select(Message).where(Message.conversation_id == talk).order_by(Message.seq)))
        assert [one.seq for one in said] == list(range(1, len(said) + 1)), customer
        assert [one.place for one in said] == sorted(one.place for one in said), customer
        assert [one.text for one in said if one.author == "agent"] == ANSWERS[customer]
        at = [number for number, one in enumerate(said) if one.author == "agent"]
        between = {one.author for one in said[at[0] : at[-1] + 1]}
        assert between <= {"agent", "customer", "system"}, (customer, between)


async def _handed_out(session: AsyncSession, day: Day) -> None:
    """Who was offered what, and what became of it."""
    whose, names = _by_id(day)
    found = defaultdict(list)
    for offer in await session.scalars(select(RoutingOffer).order_by(RoutingOffer.offered_at)):
        if offer.conversation_id in whose:
            found[whose[offer.conversation_id]].append((names[offer.agent_id], offer.kind, offer.state))
    assert found == OFFERED
    still = select(QueueEntry.id).where(
        QueueEntry.conversation_id.in_(day.talks.values()), QueueEntry.left_at.is_(None)
    )
    assert list(await session.scalars(still)) == []
    audited = select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject_id == str(day.talks["paul"]))
    done = set((await session.execute(audited)).tuples())
    assert ("put_back", "system") in done
    assert ("overridden", f"agent:{day.ids['sophie']}") in done


async def _over(session: AsyncSession, day: Day) -> None:
    """The assistant has who was given back to it; everything else is closed and wrapped up, once."""
    whose, names = _by_id(day)
    owners = {
        whose[one.id]: one.owner
        for one in await session.scalars(select(Conversation).where(Conversation.id.in_(whose)))
    }
    assert owners == dict.fromkeys(ANSWERS, NOBODY) | {"marie": BOT}
    wrapped = list(await session.scalars(select(WrapUp).where(WrapUp.conversation_id.in_(whose))))
    assert {whose[one.conversation_id]: names[one.agent_id] for one in wrapped} == CLOSED_BY
    assert len(wrapped) == len(CLOSED_BY)
    assert all(one.reason_id and one.ended_by == "done" for one in wrapped)


def _by_id(day: Day) -> tuple[dict[UUID, str], dict[UUID, str]]:
    return {talk: name for name, talk in day.talks.items()}, {one: name for name, one in day.ids.items()}
