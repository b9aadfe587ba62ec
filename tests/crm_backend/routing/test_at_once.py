"""Several servers and many agents at once over one database: one owner each, never too much, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import random
from uuid import UUID

from sqlalchemy import select, text, update

from crm_backend.agents.model import Agent
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions
from crm_backend.errors import RelaisError
from crm_backend.routing import loads, offers
from crm_backend.routing.distributing import distribute
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence
from tests.crm_backend.routing import centre

TWICE = text("""
select entry_id from routing_offers where entry_id is not null and state in ('offered', 'accepted')
group by entry_id having count(*) > 1
""")


async def opened(sessions: Sessions, *, agents: int, customers: int, capacity: int = 200) -> list[Agent]:
    async with sessions.begin() as session:
        people = [await centre.agent(session, f"Agent {n}", capacity=capacity) for n in range(agents)]
        for _ in range(customers):
            await centre.waits(session)
    return people


async def a_round(sessions: Sessions) -> int:
    async with sessions.begin() as session:
        return (await distribute(session)).made


async def within_capacity(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        rows = {row.agent_id: row.capacity for row in await session.scalars(select(AgentPresence))}
        held = await loads.loads(session, list(rows), await loads.weights(session))
        assert all(held[one] <= rows[one] for one in rows)
        assert not list(await session.execute(TWICE))


async def works(sessions: Sessions, who: Agent, chance: random.Random, stop: asyncio.Event) -> None:
    """An agent who accepts, declines and closes, whenever there is something to."""
    while not stop.is_set():
        with contextlib.suppress(RelaisError):
            async with sessions.begin() as session:
                agent = await session.get_one(Agent, who.id)
                for offer in await offers.open_offers(session, agent.id):
                    do = offers.decline if chance.random() < 0.2 else offers.accept
                    await do(session, offer.id, agent=agent)
        with contextlib.suppress(RelaisError):
            async with sessions.begin() as session:
                mine = list(
                    await session.scalars(select(Conversation).where(Conversation.owner == centre.owner(who)).limit(2))
                )
                agent = await session.get_one(Agent, who.id)
                for one in sorted(mine, key=lambda each: each.id)[: chance.randint(0, 2)]:
                    await owners.close(session, conversation_id=one.id, agent=agent, version=one.version)
        await asyncio.sleep(0)


async def test_everybody_is_served_once_by_agents_who_never_have_too_much(sessions: Sessions) -> None:
    people = await opened(sessions, agents=3, customers=10)
    async with sessions.begin() as session:
        await centre.team(session, offer_again_after=0)
    stop = asyncio.Event()
    at_work = [asyncio.create_task(works(sessions, who, random.Random(n), stop)) for n, who in enumerate(people)]
    try:
        async with asyncio.timeout(60):
            while True:
                await asyncio.gather(*(a_round(sessions) for _ in range(3)))
                await within_capacity(sessions)
                async with sessions() as session:
                    if not list(await session.scalars(select(Conversation.id).where(Conversation.owner != "nobody"))):
                        break
    finally:
        stop.set()
        await asyncio.gather(*at_work)
    async with sessions() as session:
        taken = list(await session.scalars(select(QueueEntry.conversation_id).where(QueueEntry.taken_at.is_not(None))))
        assert len(taken) == len(set(taken)) == 10


async def test_of_taking_by_hand_and_accepting_at_once_exactly_one_is_done(sessions: Sessions) -> None:
    claire, emma = await opened(sessions, agents=2, customers=1, capacity=100)
    assert await a_round(sessions) == 1
    async with sessions() as session:
        offer = (await session.scalars(select(RoutingOffer))).one()
    offered, other = (claire, emma) if offer.agent_id == claire.id else (emma, claire)

    async def accepts() -> UUID:
        async with sessions.begin() as session:
            await offers.accept(session, offer.id, agent=await session.get_one(Agent, offered.id))
            return offered.id

    async def takes() -> UUID:
        async with sessions.begin() as session:
            agent = await session.get_one(Agent, other.id)
            assert offer.conversation_id
            await owners.take(session, conversation_id=offer.conversation_id, agent=agent, version=1)
            return other.id

    done = await asyncio.gather(accepts(), takes(), return_exceptions=True)
    won = [each for each in done if isinstance(each, UUID)]
    lost = [each for each in done if not isinstance(each, UUID)]
    assert len(won) == len(lost) == 1 and isinstance(lost[0], RelaisError)
    async with sessions() as session:
        assert (await session.scalars(select(Conversation.owner))).one() == f"agent:{won[0]}"
    await within_capacity(sessions)


async def test_taking_by_hand_during_a_round_is_counted_before_anything_more_is_given(sessions: Sessions) -> None:
    (claire,) = await opened(sessions, agents=1, customers=2, capacity=100)
    async with sessions() as session:
        first = (await session.scalars(select(Conversation.id).order_by(Conversation.id))).first()
    async with sessions.begin() as taking:
        agent = await taking.get_one(Agent, claire.id)
        assert first
        await owners.take(taking, conversation_id=first, agent=agent, version=1)
        await taking.flush()
        assert await a_round(sessions) == 0
    assert await a_round(sessions) == 0
    await within_capacity(sessions)


async def test_a_round_waits_neither_for_an_offer_being_answered_nor_for_an_account_being_ended(
    sessions: Sessions,
) -> None:
    (claire,) = await opened(sessions, agents=1, customers=1)
    async with sessions.begin() as session:
        await centre.team(session, mode="assign")
    async with sessions() as ending:
        await ending.get(Agent, claire.id, with_for_update=True)
        assert await a_round(sessions) == 0
    async with sessions.begin() as session:
        await centre.team(session, mode="offer")
    assert await a_round(sessions) == 1
    async with sessions.begin() as session:
        await session.execute(update(RoutingOffer).values(expires_at=RoutingOffer.offered_at))
    async with sessions() as answering:
        await answering.execute(select(RoutingOffer).with_for_update())
        assert await a_round(sessions) == 0
    async with sessions() as session:
        assert (await session.scalars(select(RoutingOffer.state))).all() == ["offered"]
    await a_round(sessions)
    async with sessions() as session:
        assert (await session.scalars(select(RoutingOffer.state))).all() == ["timed_out"]


async def test_a_server_that_dies_in_a_round_leaves_nothing_of_it_and_the_next_goes_on(sessions: Sessions) -> None:
    await opened(sessions, agents=1, customers=1)
    async with sessions() as dying:
        assert (await distribute(dying)).made == 1
        assert await a_round(sessions) == 0
        await dying.rollback()
    assert await a_round(sessions) == 1
    async with sessions.begin() as session:
        await session.execute(update(RoutingOffer).values(expires_at=RoutingOffer.offered_at))
    assert await a_round(sessions) == 0
    async with sessions() as session:
        assert (await session.scalars(select(RoutingOffer.state))).all() == ["timed_out"]
