"""Everything at once: nothing is lost, and nobody is told of a failure that was only bad luck."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from crm_backend.conversations import stream
from crm_backend.conversations.desk import threads
from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.receiving import moving
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions, unreachable, utc_now
from crm_backend.errors import BadInput, Conflict, NotFound, NotOwner
from tests.security.marie import WHATSAPP, code_for
from tests.support import core


async def insisted(work: Callable[[], Awaitable[Any]]) -> None:
    """Does it as a platform or a browser would: what is answered 503 comes again."""
    for _ in range(20):
        try:
            await work()
            return
        except (Conflict, NotFound, NotOwner, BadInput):
            return
        except DBAPIError as error:
            if not unreachable(error):
                raise


async def test_receiving_joining_splitting_moving_and_taking_at_once_loses_nothing(sessions: Sessions) -> None:
    """Locks are taken identity first, then conversation; where three meet all the same, one is told to come again."""
    claire = await core.agent(sessions)
    web = await core.write(sessions, "première", visitor="marie")
    conversation = web.conversation_id
    people = [{"visitor": "marie"}] + [
        {**WHATSAPP, "identity_value": f"3361234560{n}", "address": f"3361234560{n}", "vouched": None} for n in range(4)
    ]
    for who in people[1:]:
        await core.write(sessions, **who)
    async with sessions() as session, session.begin():
        theirs = select(Identity.id, Identity.value).where(Identity.kind == "whatsapp")
        for identity, number in (await session.execute(theirs)).tuples().all():
            here = {"channel": "whatsapp", "account": "main", "address": number, "last_at": utc_now()}
            session.add(Participant(conversation_id=conversation, identity_id=identity, **here))

    async def split() -> None:
        async with sessions() as session, session.begin():
            talk = await session.get_one(Conversation, conversation)
            await threads.split(session, conversation_id=conversation, seq=max(2, talk.last_seq), agent=claire)

    async def unsplit() -> None:
        async with sessions() as session:
            part = await session.scalar(select(Conversation.id).where(Conversation.continues_id == conversation))
        if part is not None:
            async with sessions() as session, session.begin():
                await threads.undo_split(session, conversation_id=part, agent=claire)

    async def move(n: int) -> None:
        async with sessions() as session, session.begin():
            old, new = f"3361234560{n}", f"3361234569{n}"
            await moving.account_moved(
                session, channel="whatsapp", kind="whatsapp", old=old, new=new, moved_at=utc_now() + timedelta(days=1)
            )

    written = 0
    works: list[Callable[[], Awaitable[Any]]] = []
    for n in range(12):
        for number, who in enumerate(people):
            works.append(partial(core.write, sessions, f"{n} {number}", external_id=f"{n} {number}", **who))
            written += 1
        works += [split, unsplit, partial(move, n % 4)]
        works.append(partial(core.change, sessions, "take" if n % 2 else "release", conversation, claire))
        works.append(partial(code_for, sessions, conversation))
    random.Random(7).shuffle(works)
    async with asyncio.timeout(60):
        await asyncio.gather(*(insisted(work) for work in works))
    async with sessions() as session:
        stored = list(await session.execute(select(Message.conversation_id, Message.seq, Message.external_id)))
        ends = dict((await session.execute(select(Conversation.id, Conversation.last_seq))).tuples().all())
    assert len([one for one in stored if one[2] and one[2][0].isdigit() and " " in one[2]]) == written
    for talk, last in ends.items():
        assert sorted(seq for each, seq, _ in stored if each == talk) == list(range(1, last + 1))


async def test_who_lost_a_race_for_locks_is_asked_to_come_again_and_not_told_of_a_failure(sessions: Sessions) -> None:
    first = (await core.write(sessions, visitor="a")).conversation_id
    second = (await core.write(sessions, visitor="b")).conversation_id
    met = asyncio.Barrier(2)

    async def both(one: UUID, other: UUID) -> None:
        async with sessions() as session, session.begin():
            await stream.locked(session, one)
            await met.wait()
            await stream.locked(session, other)

    outcomes = await asyncio.gather(both(first, second), both(second, first), return_exceptions=True)
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert len(lost) == 1 and isinstance(lost[0], Exception) and unreachable(lost[0])
