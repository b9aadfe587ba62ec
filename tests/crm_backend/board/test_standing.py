"""How things stand: queues, agents, the assistant and promises, each counted a second way."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.board.standing import TALKING, AtWork, Queue, standing
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.database import utc_now
from crm_backend.routing import presence
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.settings_model import AgentPresence, ChannelWeight, Team, TeamMember
from crm_backend.service_levels.model import CaseClock
from tests.crm_backend.routing import centre
from tests.crm_backend.service_levels import house

WITHIN = 60


async def queues(session: AsyncSession) -> dict[str, Queue]:
    found = await standing(session, now=utc_now(), within=WITHIN)
    return {each.team: each for each in found.queues}


async def at_work(session: AsyncSession) -> dict[str, AtWork]:
    found = await standing(session, now=utc_now(), within=WITHIN)
    return {each.name: each for each in found.agents}


async def takes(session: AsyncSession, agent: Agent, talk: Conversation) -> None:
    await owners.take(session, conversation_id=talk.id, agent=agent, version=talk.version)
    await session.flush()


async def test_queues_tell_who_waits_how_long_and_for_how_many(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    crm.add(Team(key="returns", names={"fr": "Retours", "en": "Returns"}, everyone=False))
    crm.add(Team(key="billing", names={"fr": "Factures", "en": "Billing"}, everyone=False))
    await crm.flush()
    crm.add(TeamMember(team_key="returns", agent_id=claire.id))
    for minutes in (0.5, 3, 7):
        await centre.waits(crm, minutes=minutes)
    await centre.waits(crm, team="returns", minutes=0.2)
    await takes(crm, claire, await centre.waits(crm, minutes=30))
    found = await queues(crm)
    assert list(found) == ["support", "returns", "billing"], "who waits longest first, empty ones last"
    assert {key: (each.waiting, each.late, each.there) for key, each in found.items()} == {
        "support": (3, 2, 1),
        "returns": (1, 0, 1),
        "billing": (0, 0, 0),
    }
    entries = list(await crm.scalars(select(QueueEntry).execution_options(populate_existing=True)))
    for key, each in found.items():
        waiting = [one for one in entries if one.left_at is None and one.team == key]
        assert each.waiting == len(waiting)
        assert each.since == min((one.entered_at for one in waiting), default=None)
        assert each.late == sum((utc_now() - one.entered_at).total_seconds() > WITHIN for one in waiting)
    assert found["returns"].names == {"fr": "Retours", "en": "Returns"} and found["billing"].since is None


async def test_agents_tell_where_they_are_what_they_hold_and_who_waits_for_them(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, capacity=300)
    away = await centre.agent(crm, "Thomas Bernard")
    closed = await centre.agent(crm, "Yanis Petit", desk=False)
    await centre.agent(crm, "Zoé Faure", desk=False)
    await centre.agent(crm, "Nadia Roux", role="auditor")
    for channel in ("webchat", "mail", "mail"):
        await takes(crm, claire, await centre.waits(crm, channel=channel, minutes=4))
    await takes(crm, closed, await centre.waits(crm, channel="mail"))
    await presence.choose(crm, away, presence="away", reason="Déjeuner", channels={"mail": "available"})
    found = await at_work(crm)
    assert list(found) == ["Claire Martin", "Thomas Bernard", "Yanis Petit"]
    hers, weights = (
        found["Claire Martin"],
        {row.channel: row.weight for row in await crm.scalars(select(ChannelWeight))},
    )
    load = weights["webchat"] + 2 * weights["mail"]
    assert (hers.load, hers.capacity, hers.held, hers.conversations) == (load, 300, {"webchat": 1, "mail": 2}, 3)
    owned = select(Conversation).where(Conversation.owner == f"agent:{claire.id}")
    assert hers.customer_waits == min(one.waiting_since for one in await crm.scalars(owned) if one.waiting_since)
    his = found["Thomas Bernard"]
    assert (his.presence, his.reason, his.channels, his.here, his.load) == (
        "away", "Déjeuner", {"mail": "available"}, True, 0,
    )  # fmt: skip
    row = await crm.get_one(AgentPresence, away.id, populate_existing=True)
    assert his.since == row.since
    assert found["Yanis Petit"].here is False


async def test_the_assistant_counts_conversations_in_which_somebody_still_talks(crm: AsyncSession) -> None:
    lately, before, taken = [await centre.waits(crm) for _ in range(3)]
    for talk, ago in ((lately, timedelta(minutes=1)), (before, TALKING + timedelta(minutes=1))):
        values = {"owner": "bot", "last_message_at": utc_now() - ago}
        await crm.execute(update(Conversation).where(Conversation.id == talk.id).values(**values))
    assert (await standing(crm, now=utc_now(), within=WITHIN)).talking == 1
    assert taken.owner == "queue:support"


async def test_promises_tell_which_are_nearly_up_and_which_have_run_out(crm: AsyncSession) -> None:
    now = utc_now()
    await house.policy(crm, (await house.calendar(crm)).id)
    for index, (warn, due, state) in enumerate(
        [(-5, 10, "running"), (-5, 3, "running"), (-9, -1, "running"), (5, 10, "running"), (-5, 1, "paused")]
    ):
        case = await house.case(crm, subject=f"case {index}")
        await crm.execute(
            update(CaseClock)
            .where(CaseClock.case_id == case.id)
            .values(warn_at=now + timedelta(minutes=warn), due_at=now + timedelta(minutes=due), state=state)
        )
    found = await standing(crm, now=now, within=WITHIN)
    clocks = [one for one in await crm.scalars(select(CaseClock)) if one.state == "running" and one.warn_at]
    warned = [one for one in clocks if one.warn_at and one.warn_at <= now and one.due_at]
    assert found.nearly_up == len({one.case_id for one in warned if one.due_at and one.due_at > now}) == 2
    assert found.run_out == len({one.case_id for one in warned if one.due_at and one.due_at <= now}) == 1
    assert found.next_due == now + timedelta(minutes=3)
