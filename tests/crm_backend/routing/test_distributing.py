"""Rounds of handing out, over the database: who is offered what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.model import AuditEntry
from crm_backend.calendars import services as calendars
from crm_backend.cases import services as cases
from crm_backend.cases.model import CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.handing_over import owners
from crm_backend.database import utc_now
from crm_backend.routing import loads, offers, presence
from crm_backend.routing.distributing import distribute
from crm_backend.routing.loads import Weights
from crm_backend.routing.model import QueueEntry
from crm_backend.routing.settings_model import AgentSkill, ChannelWeight, Skill, TeamMember
from crm_backend.routing.waiting import waiting
from crm_backend.service_levels.model import CaseClock
from tests.crm_backend.routing import centre


async def test_who_is_there_is_offered_who_waits_longest_and_takes_it(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    later, first = await centre.waits(crm, minutes=2), await centre.waits(crm, minutes=5)
    done = await distribute(crm)
    assert (done.made, done.told, await centre.offered(crm)) == (1, {claire.id}, {first.id: claire.id})
    assert (await distribute(crm)).made == 0
    offer = await centre.offer_to(crm, claire)
    await offers.accept(crm, offer.id, agent=claire)
    await crm.refresh(first)
    assert first.owner == centre.owner(claire) and (await centre.entry(crm, first)).agent_id == claire.id
    assert offer.state == "accepted"
    await offers.accept(crm, offer.id, agent=claire)
    assert (await distribute(crm)).made == 0
    await owners.close(crm, conversation_id=first.id, agent=claire, version=first.version)
    assert (await distribute(crm)).made == 1 and later.id in await centre.offered(crm)


@pytest.mark.parametrize(
    "why", ["offline", "busy", "away", "no desk", "may not answer", "left", "elsewhere", "not of the team"]
)
async def test_nothing_is_offered_to_who_cannot_take_it(crm: AsyncSession, why: str) -> None:
    claire = await centre.agent(crm, desk=why != "no desk", role="auditor" if why == "may not answer" else "agent")
    await centre.waits(crm)
    if why in ("offline", "busy", "away"):
        await presence.choose(crm, claire, presence=why)
    if why == "left":
        claire.active = False
    if why == "elsewhere":
        await presence.choose(crm, claire, presence="available", channels={"chat": "busy"})
    if why == "not of the team":
        await centre.team(crm, everyone=False)
    await crm.flush()
    assert (await distribute(crm)).made == 0
    if why == "elsewhere":
        mail = await centre.waits(crm, channel="mail")
        await distribute(crm)
        assert await centre.offered(crm) == {mail.id: claire.id}
    if why == "not of the team":
        crm.add(TeamMember(team_key="support", agent_id=claire.id))
        await crm.flush()
        assert (await distribute(crm)).made == 1


async def test_capacity_is_by_the_weight_of_channels_and_nothing_goes_above_it(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, capacity=200)
    for channel in ("webchat", "whatsapp", "mail", "mail", "mail"):
        await centre.waits(crm, channel=channel, minutes=1)
    await distribute(crm)
    assert len(await centre.offered(crm)) == 4
    weight = await crm.get_one(ChannelWeight, "mail")
    weight.weight = 10
    await crm.flush()
    assert (await distribute(crm)).made == 1
    for offer in await offers.open_offers(crm, claire.id):
        await offers.accept(crm, offer.id, agent=claire)
    await centre.waits(crm)
    assert (await distribute(crm)).made == 0


@pytest.mark.parametrize("mode", ["manual", "assign"])
async def test_a_team_may_take_by_hand_or_be_given_at_once(crm: AsyncSession, mode: str) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await centre.team(crm, mode=mode)
    await distribute(crm)
    await crm.refresh(one)
    assert one.owner == ("queue:support" if mode == "manual" else centre.owner(claire))
    assert await centre.offered(crm) == {}
    told = list(await crm.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(one.id))))
    assert told == ([] if mode == "manual" else ["assigned"])


async def test_skills_are_asked_for_where_the_company_has_them(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma")
    english = await centre.waits(crm, language="en", topic="refund")
    skills = [Skill(kind="language", value="en", firm=True), Skill(kind="topic", value="refund", level=3)]
    crm.add_all(skills)
    await crm.flush()
    assert (await distribute(crm)).made == 0
    crm.add_all(
        AgentSkill(agent_id=emma.id, skill_id=skill.id, level=level)
        for skill, level in zip(skills, (1, 2), strict=True)
    )
    await crm.flush()
    assert (await distribute(crm)).made == 0
    await crm.execute(update(QueueEntry).values(entered_at=utc_now() - timedelta(seconds=121)))
    await distribute(crm)
    assert await centre.offered(crm) == {english.id: emma.id} and claire.id != emma.id


async def test_the_agent_they_had_last_gets_them_again_if_free(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma")
    one = await centre.waits(crm)
    await owners.take(crm, conversation_id=one.id, agent=emma, version=one.version)
    await owners.release(crm, conversation_id=one.id, agent=emma, version=one.version)
    await owners.hand_over(crm, one, reason="asked", topic=None, now=utc_now())
    await crm.flush()
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: emma.id} and claire.presence == "available"


async def test_what_is_due_soon_comes_first_by_the_case_it_belongs_to(crm: AsyncSession) -> None:
    case = await cases.open_case(crm, NewCase(type_key="complaint", subject="Vase", team="support"), actor=SYSTEM)
    one = await centre.waits(crm)
    crm.add(CaseConversation(case_id=case.id, conversation_id=one.id))
    await crm.flush()
    calendar = await calendars.add(crm, actor=SYSTEM, name="Open", zone="UTC", week={"mon": [["09:00", "17:00"]]})
    now = utc_now()
    for round_, minutes in enumerate((90, 30)):
        crm.add(
            CaseClock(
                case_id=case.id, kind="next_response", round=round_, state="running", policy_version=1,
                calendar_id=calendar.id, target=60, warn_percent=80, pause_on_third_party=False, bot_counts=False,
                runs=[], started_at=now, due_at=now + timedelta(minutes=minutes),
            )
        )  # fmt: skip
    await crm.flush()
    (item,), _ = await waiting(crm, weights=await loads.weights(crm))
    assert item.due_in == pytest.approx(1800, abs=60)


async def test_cases_without_an_agent_are_handed_out_where_the_team_does_so(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, capacity=100)
    case = await cases.open_case(crm, NewCase(type_key="complaint", subject="Vase", team="support"), actor=SYSTEM)
    assert (await distribute(crm)).made == 0
    await centre.team(crm, cases=True)
    assert (await distribute(crm)).made == 1
    offer = await centre.offer_to(crm, claire)
    taken = await offers.accept(crm, offer.id, agent=claire)
    assert (taken.id, case.agent_id) == (case.id, claire.id)
    await offers.accept(crm, offer.id, agent=claire)
    assert await loads.load_of(crm, claire.id) == 10
    await cases.change(crm, case.id, actor=SYSTEM, changes={"agent_id": None})
    await distribute(crm)
    assert await loads.load_of(crm, claire.id) == 10 and (await centre.offer_to(crm, claire)).case_id == case.id


async def test_outside_its_hours_a_team_overflows_to_one_that_is_open(crm: AsyncSession) -> None:
    week = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    yesterday = (utc_now() - timedelta(days=1)).strftime("%a").lower()
    closed = await calendars.add(
        crm, actor=SYSTEM, name="Closed", zone="UTC", week=week | {yesterday: [["00:00", "00:01"]]}
    )
    await centre.agent(crm)
    one = await centre.waits(crm)
    await centre.team(crm, calendar_id=closed.id)
    assert (await distribute(crm)).made == 0
    emma = await centre.agent(crm, "Emma")
    await centre.team(crm, "night", everyone=False)
    crm.add(TeamMember(team_key="night", agent_id=emma.id))
    await centre.team(crm, overflow_team="night")
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: emma.id}


def test_what_is_set_for_other_channels_says_nothing_of_cases() -> None:
    weights = Weights([ChannelWeight(channel="*", kind="chat", weight=100, points=5.0, returns=True)])
    assert [weights.kind("sms"), weights.weight("sms"), weights.points("sms")] == ["chat", 100, 5.0]
    assert [weights.kind("case"), weights.weight("case"), weights.points("case")] == ["case", 10, 0.0]
    assert weights.returns("sms") and not weights.returns("case")
    own = Weights([ChannelWeight(channel="case", kind="case", weight=30, points=1.0, returns=False)])
    assert (own.weight("case"), own.weight("sms")) == (30, 50)
