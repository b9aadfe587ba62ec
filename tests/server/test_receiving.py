"""The way in under load: together where messages come faster than they are committed, and none at another's cost."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.receiving.receive import MoreToAsk, receive
from crm_backend.conversations.schema import InboundMessage, Press, Received
from crm_backend.database import Sessions
from crm_backend.errors import NotFound
from server import receiving
from server.receiving import Receiving
from tests.support import core
from tests.support.lending import POOL_SIZE


class Watched:
    """Stores as the server does, the first only once it may, and knows which session stored what."""

    def __init__(self) -> None:
        self.may_go = asyncio.Event()
        self.by: list[tuple[int, str]] = []

    async def __call__(
        self, session: AsyncSession, inbound: InboundMessage, *, at_once: bool = False, unlocked: bool = False
    ) -> Received:
        if unlocked:
            raise MoreToAsk
        if inbound.text == "first":
            await self.may_go.wait()
        received = await receive(session, inbound, at_once=at_once)
        transaction = await session.scalar(text("select txid_current()"))
        self.by.append((int(transaction), inbound.text))
        return received

    def together(self) -> list[set[str]]:
        """What was stored in one transaction."""
        found: dict[int, set[str]] = {}
        for transaction, said in self.by:
            found.setdefault(transaction, set()).add(said)
        return list(found.values())


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def way_in(sessions: Sessions, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> Receiving:
    """With one lane; five people have written before."""
    monkeypatch.setattr(receiving, "LANES", 1)
    for name in ("marie", "paul", "lea", "karim", "emma"):
        await core.write(sessions, visitor=name)
    return Receiving(sessions, watched)


async def behind(way_in: Receiving, watched: Watched, *others: Any) -> list[Received | BaseException]:
    """What becomes of those who come while the only lane is taken."""
    first = asyncio.create_task(way_in.take(core.inbound("first", visitor="marie")))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(way_in.take(one)) for one in others]
    await asyncio.sleep(0)
    watched.may_go.set()
    assert (await first).seq == 2
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_comes_while_all_lanes_are_taken_goes_together(
    sessions: Sessions, way_in: Receiving, watched: Watched
) -> None:
    said = [core.inbound(name, visitor=name, external_id=name) for name in ("paul", "lea", "karim")]
    received = await behind(way_in, watched, *said, said[0])
    assert [isinstance(one, Received) and (one.seq, one.duplicate) for one in received] == [
        (2, False), (2, False), (2, False), (2, True),
    ]  # fmt: skip
    assert watched.together() == [{"first"}, {"paul", "lea", "karim"}]
    assert (await way_in.take(core.inbound("free again", visitor="emma"))).seq == 2


async def test_one_that_is_refused_takes_no_other_along(
    sessions: Sessions, way_in: Receiving, watched: Watched
) -> None:
    maries = (await core.write(sessions, visitor="marie")).conversation_id
    bad = core.inbound("let me in", visitor="paul", conversation_id=maries)
    nobody_offered = core.inbound("press", visitor="emma", press=Press(seq=1, index=9))
    good = [core.inbound(name, visitor=name) for name in ("lea", "karim")]
    watched.may_go.set()
    received = await asyncio.gather(
        *(way_in.take(one) for one in (core.inbound("first", visitor="emma"), good[0], bad, nobody_offered, good[1])),
        return_exceptions=True,
    )
    assert [type(one).__name__ for one in received] == ["Received", "Received", "NotFound", "BadInput", "Received"]
    assert isinstance(received[2], NotFound)
    for one, conversation in zip(good, (received[1], received[4]), strict=True):
        assert isinstance(conversation, Received)
        told = await core.transcript(sessions, conversation.conversation_id)
        assert [message.text for message in told] == ["bonjour", one.text]


async def test_who_has_to_wait_leaves_the_lane_to_the_others(
    sessions: Sessions, way_in: Receiving, watched: Watched
) -> None:
    async with sessions() as session, session.begin():
        await session.execute(text("select 1 from identities where value = 'paul' for update"))
        blocked = asyncio.create_task(way_in.take(core.inbound("waits", visitor="paul")))
        newcomer = core.inbound("new here", visitor="nora")
        received = await behind(way_in, watched, core.inbound("lea", visitor="lea"), newcomer)
        assert [isinstance(one, Received) and one.seq for one in received] == [2, 1]
        assert not blocked.done()
    assert (await blocked).seq == 2


async def test_whoever_has_to_wait_with_many_messages_takes_no_connection_for_each(sessions: Sessions) -> None:
    way_in = Receiving(sessions, receive)
    for name in ("marie", "lea"):
        await core.write(sessions, visitor=name)
    many = 2 * POOL_SIZE + receiving.LANES
    async with sessions() as session, session.begin():
        await session.execute(text("select 1 from identities where value = 'marie' for update"))
        said = [core.inbound(f"{n}", visitor="marie", external_id=f"{n}") for n in range(many)]
        waiting = [asyncio.create_task(way_in.take(one)) for one in said]
        await asyncio.sleep(0.5)
        async with asyncio.timeout(10):
            assert (await way_in.take(core.inbound("lea", visitor="lea"))).seq == 2
        assert not any(each.done() for each in waiting)
    assert sorted([(await each).seq for each in waiting]) == list(range(2, many + 2))


async def test_the_servers_way_in_is_this_one(sessions: Sessions) -> None:
    way_in = Receiving(sessions, partial(receive, default_language="en"))
    people = [core.inbound(name, visitor=name) for name in "abcdefghijkl"]
    received = await asyncio.gather(*(way_in.take(one) for one in people))
    assert len({one.conversation_id for one in received}) == len(people)


async def test_what_one_person_sends_in_one_moment_is_stored_once_and_whole(sessions: Sessions) -> None:
    way_in = Receiving(sessions, receive)
    await core.write(sessions, visitor="marie")
    said = [core.inbound(f"{n}", visitor="marie", external_id=f"{n}") for n in range(12)]
    received = await asyncio.gather(*(way_in.take(one) for one in [*said, *said[:6]]))
    assert sorted(one.seq for one in received if not one.duplicate) == list(range(2, 14))
    assert sum(one.duplicate for one in received) == 6
    async with sessions() as session:
        assert await session.scalar(text("select count(*) from turns where state = 'queued'")) == 13


async def test_every_message_to_a_person_is_told_as_a_new_one(sessions: Sessions) -> None:
    way_in = Receiving(sessions, receive)
    first = await core.write(sessions, visitor="marie")
    await core.change(sessions, "take", first.conversation_id, await core.agent(sessions))
    said = [core.inbound(words, visitor="marie") for words in ("Bonjour", "Vous êtes là ?", "Allô ?")]
    assert [(await way_in.take(one)).duplicate for one in said] == [False] * 3
