"""Rounds of handing out, over the database: who is offered what, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.agents.administration import deactivate
from crm_backend.audit.model import AuditEntry
from crm_backend.calendars import services as calendars
from crm_backend.cases import services as cases
from crm_backend.cases.model import CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.conversations import owners
from crm_backend.database import utc_now
from crm_backend.errors import NotFound, NotNow
from crm_backend.routing import distributing, forecasting, loads, offers, presence, services
from crm_backend.routing.distributing import distribute
from crm_backend.routing.model import QueueEntry, RoutingOffer
from crm_backend.routing.settings_model import AgentPresence, AgentSkill, ChannelWeight, Skill, TeamMember
from crm_backend.routing.teams import teams
from crm_backend.routing.waiting import waiting
from crm_backend.service_levels.model import CaseClock
from tests.crm_backend.routing import centre


async def expire(session: AsyncSession) -> None:
    """The time of every open offer is up."""
    await session.execute(
        update(RoutingOffer).where(RoutingOffer.state == "offered").values(expires_at=func.clock_timestamp())
    )


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


async def test_an_offer_let_pass_goes_to_the_front_for_somebody_else(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    vip_like, offered = await centre.waits(crm, minutes=1), await centre.waits(crm, minutes=3)
    await distribute(crm)
    await expire(crm)
    emma = await centre.agent(crm, "Emma")
    vip_like.priority = "urgent"
    await crm.flush()
    assert claire.id in (await distribute(crm)).told
    assert await centre.offered(crm) == {offered.id: emma.id, vip_like.id: claire.id}
    assert (await centre.entry(crm, offered)).front
    old = (await crm.scalars(select(RoutingOffer).where(RoutingOffer.state == "timed_out"))).one()
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, old.id, agent=claire)


async def test_who_lets_too_many_pass_is_set_away_and_comes_back_by_a_click(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await centre.team(crm, offer_again_after=0)
    await centre.waits(crm)
    for _ in range(2):
        assert (await distribute(crm)).made == 1
        await expire(crm)
    assert (await distribute(crm)).made == 0
    now = await presence.of_agent(crm, claire)
    await crm.refresh(claire)
    assert (claire.presence, now.automatic) == ("away", "missed")
    assert not await presence.touched(crm, claire.id)
    await presence.choose(crm, claire, presence="available")
    assert (await distribute(crm)).made == 1


async def test_a_declined_one_is_for_another_and_comes_back_after_a_while(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    offer = await centre.offer_to(crm, claire)
    for _ in range(2):
        await offers.decline(crm, offer.id, agent=claire)
    assert offer.state == "declined" and (await distribute(crm)).made == 0
    emma = await centre.agent(crm, "Emma")
    with pytest.raises(NotFound):
        await offers.accept(crm, offer.id, agent=emma)
    await crm.execute(update(RoutingOffer).values(ended_at=utc_now() - timedelta(seconds=301)))
    emma.presence = "away"
    await crm.flush()
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: claire.id}


async def test_taking_by_hand_works_as_ever_and_ends_the_offer(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm), await centre.agent(crm, "Emma", desk=False)
    one = await centre.waits(crm)
    await distribute(crm)
    offer = await centre.offer_to(crm, claire)
    await owners.take(crm, conversation_id=one.id, agent=emma, version=one.version)
    await crm.refresh(offer)
    assert offer.state == "withdrawn"
    with pytest.raises(NotNow, match="offer_gone"):
        await offers.accept(crm, offer.id, agent=claire)


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


async def test_what_a_vanished_agent_held_goes_back_to_the_front(crm: AsyncSession) -> None:
    claire = await centre.agent(crm, capacity=300)
    chat, quiet, mail = [await centre.waits(crm, channel=each) for each in ("webchat", "webchat", "mail")]
    await distribute(crm)
    for offer in await offers.open_offers(crm, claire.id):
        await offers.accept(crm, offer.id, agent=claire)
    quiet.waiting_since = None
    await distribute(crm)
    await centre.gone(crm, claire, seconds=120)
    assert not (await distribute(crm)).conversations
    await centre.gone(crm, claire, seconds=151)
    assert (await distribute(crm)).conversations == {chat.id}
    for one, owner in ((chat, "queue:support"), (quiet, centre.owner(claire)), (mail, centre.owner(claire))):
        await crm.refresh(one)
        assert one.owner == owner
    before = await centre.waits(crm, minutes=500)
    emma = await centre.agent(crm, "Emma")
    await distribute(crm)
    assert await centre.offered(crm) == {chat.id: emma.id} and (await centre.entry(crm, before)).left_at is None


async def test_an_offer_to_somebody_who_vanishes_does_not_wait_for_its_end(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    emma = await centre.agent(crm, "Emma")
    await centre.gone(crm, claire, seconds=91)
    await distribute(crm)
    assert await centre.offered(crm) == {one.id: emma.id}


async def test_a_second_tab_keeps_its_agent_there(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await centre.gone(crm, claire, seconds=200)
    await centre.at_desk(crm, claire)
    await centre.waits(crm)
    assert (await distribute(crm)).made == 1


async def test_an_agent_who_leaves_puts_back_what_they_hold_and_are_offered(crm: AsyncSession) -> None:
    claire, emma = await centre.agent(crm, capacity=200), await centre.agent(crm, "Emma", desk=False)
    held, offered = await centre.waits(crm, minutes=9), await centre.waits(crm, minutes=1)
    await distribute(crm)
    await offers.accept(crm, (await offers.open_offers(crm, claire.id))[0].id, agent=claire)
    await deactivate(crm, claire.id, actor=SYSTEM)
    await centre.at_desk(crm, emma)
    await distribute(crm)
    assert await centre.offered(crm) == {held.id: emma.id}
    assert (await centre.entry(crm, offered)).front


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


async def test_who_has_not_touched_their_desk_is_away_until_they_do(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    await presence.touched(crm, claire.id)
    await centre.waits(crm)
    await crm.execute(update(AgentPresence).values(active_at=utc_now() - timedelta(minutes=16)))
    assert (await distribute(crm)).told == {claire.id} and await centre.offered(crm) == {}
    assert (await presence.of_agent(crm, claire)).automatic == "inactive"
    assert await presence.touched(crm, claire.id)
    assert (await distribute(crm)).made == 1


async def test_forecasts_are_kept_and_held_against_what_came(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    boss = Actor("agent:x", frozenset({"conversations.supervise"}))
    since = utc_now() - timedelta(days=1)
    assert (await forecasting.errors(crm, actor=boss, since=since))[0].waits == 0
    for _ in range(3):
        one = await centre.waits(crm)
        await distribute(crm)
        await offers.accept(crm, (await centre.offer_to(crm, claire)).id, agent=claire)
        await owners.close(crm, conversation_id=one.id, agent=claire, version=one.version)
        await crm.execute(
            update(QueueEntry)
            .where(QueueEntry.conversation_id == one.id)
            .values(ended_at=QueueEntry.taken_at + timedelta(minutes=10))
        )
    first, second = await centre.waits(crm, minutes=2), await centre.waits(crm, minutes=1)
    await distribute(crm)
    told = [(await centre.entry(crm, one)).predicted_seconds for one in (first, second)]
    assert told[0] == pytest.approx(0, abs=5) and told[1] == pytest.approx(600, abs=5)
    assert (await services.wait_estimate(crm, conversation_id=second.id)).minutes == 11
    await owners.take(crm, conversation_id=second.id, agent=claire, version=second.version)
    everything, support = await forecasting.errors(crm, actor=boss, since=since)
    assert (everything.waits, support.team) == (1, "support") and everything.bias == pytest.approx(600, abs=5)


async def test_what_came_at_once_is_foreseen_over_several_rounds_and_only_while_somebody_is_there(
    crm: AsyncSession,
) -> None:
    for _ in range(distributing.FORESEEN_AT_ONCE + 2):
        await centre.waits(crm)
    foreseen = select(func.count()).where(QueueEntry.foreseen_at.is_not(None))
    assert (await distribute(crm)).made == 0 and await crm.scalar(foreseen) == 0
    await centre.agent(crm)
    for known in (distributing.FORESEEN_AT_ONCE, distributing.FORESEEN_AT_ONCE + 2):
        await distribute(crm)
        assert await crm.scalar(foreseen) == known


async def test_offers_run_out_when_nobody_is_there_any_more(crm: AsyncSession) -> None:
    claire = await centre.agent(crm)
    one = await centre.waits(crm)
    await distribute(crm)
    await expire(crm)
    await centre.gone(crm, claire, seconds=91)
    assert (await distribute(crm)).told == {claire.id} and await centre.offered(crm) == {}
    assert (await centre.entry(crm, one)).front


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
    (item,), _ = await waiting(crm, teams=await teams(crm, now=now), weights=await loads.weights(crm))
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
    today = utc_now().strftime("%a").lower()
    closed = await calendars.add(
        crm, actor=SYSTEM, name="Closed", zone="UTC", week=week | {today: [["00:00", "00:01"]]}
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
