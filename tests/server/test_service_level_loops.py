"""The loops of service levels and rules: each thing once, whoever is killed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case
from crm_backend.conversations import stream
from crm_backend.conversations.schema import Reply
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.events.model import Event, QueuedEvent
from crm_backend.notices.model import AgentNotice
from crm_backend.rules import running
from crm_backend.rules.model import RuleRun
from crm_backend.service_levels import clocks
from server.cases import news
from server.loops.order_news import AT_ONCE, OrderNews
from server.loops.rules import RuleLoop
from server.loops.service_levels import ServiceLevelLoop
from server.wakes import Wakes
from tests.crm_backend.rules.at_work import TEXTS, rule
from tests.crm_backend.service_levels import house
from tests.crm_backend.service_levels.house import HOUR, MONDAY

news.listen()


class Heard:
    """Stands for Redis: what was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    async def publish(self, topic: str, note: dict[str, Any], *, here: dict[str, Any] | None = None) -> None:
        self.told.append((topic, note))


def clock_loop(sessions: Sessions, heard: Heard) -> ServiceLevelLoop:
    return ServiceLevelLoop(sessions=sessions, live=heard, wakes=Wakes(heard), now=lambda: MONDAY + 2 * HOUR)


def rule_loop(sessions: Sessions, heard: Heard) -> RuleLoop:
    return RuleLoop(sessions=sessions, live=heard, wakes=Wakes(heard))


async def overdue_case(session: AsyncSession) -> tuple[UUID, UUID]:
    supervisor = await house.agent(session, role="supervisor")
    await house.policy(session, (await house.calendar(session)).id, on_breach=[{"do": "escalate"}])
    return (await house.case(session)).id, supervisor.id


async def counted(sessions: Sessions, model: Any, *where: Any) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(model).where(*where)) or 0


async def test_several_loops_escalate_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        case_id, supervisor = await overdue_case(session)
    heard = Heard()
    worked = await asyncio.gather(*(clock_loop(sessions, heard).work() for _ in range(4)))
    assert sum(worked) == 1
    assert await clock_loop(sessions, heard).work() is False
    async with sessions() as session:
        case = await session.get_one(Case, case_id)
        assert case.priority == "high"
    assert await counted(sessions, AgentNotice) == await counted(sessions, Event, Event.kind == "clock.breached") == 1
    notice, case_news = {"kind": "notice", "agent": str(supervisor)}, {"kind": "case", "case": str(case_id)}
    assert heard.told == [("desk", notice), ("desk", case_news)]


async def test_a_loop_that_is_killed_has_told_nothing_and_the_next_tells_all(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        await overdue_case(session)
    escalate = running.escalate

    async def killed(*args: Any, **more: Any) -> Any:
        await escalate(*args, **more)
        raise asyncio.CancelledError

    monkeypatch.setattr(running, "escalate", killed)
    with pytest.raises(asyncio.CancelledError):
        await clock_loop(sessions, Heard()).work()
    monkeypatch.undo()
    assert await counted(sessions, AgentNotice) == 0
    assert await clock_loop(sessions, Heard()).work() is True
    assert await counted(sessions, AgentNotice) == await counted(sessions, Event, Event.kind == "clock.breached") == 1


async def test_a_clock_that_meets_the_unforeseen_holds_no_other_up(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        first, _ = await overdue_case(session)
        second = (await house.case(session, MONDAY + HOUR / 2)).id
    escalate = running.escalate

    async def breaks(session: AsyncSession, actions: Any, *, case: Case, **more: Any) -> Any:
        if case.id == first:
            raise ZeroDivisionError
        return await escalate(session, actions, case=case, **more)

    monkeypatch.setattr(running, "escalate", breaks)
    loop = clock_loop(sessions, Heard())
    assert [await loop.work(), await loop.work(), await loop.work()] == [True, True, False]
    assert await counted(sessions, Event, Event.kind == "clock.breached", Event.subject_id == first) == 0
    assert await counted(sessions, Event, Event.kind == "clock.breached", Event.subject_id == second) == 1


async def test_a_killed_rule_runs_again_and_one_that_fails_holds_nobody_up(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sessions.begin() as session:
        agent = await house.agent(session)
        await rule(session, {"do": "notify_agent", "agent_id": str(agent.id), "texts": TEXTS})
        first, second = await house.case(session), await house.case(session)
        ids = first.id, second.id
    run = running.run

    async def breaks(session: AsyncSession, event: Event, **more: Any) -> Any:
        outcome = await run(session, event, **more)
        if event.subject_id == ids[0]:
            raise ZeroDivisionError
        return outcome

    monkeypatch.setattr(running, "run", breaks)
    heard = Heard()
    loop = rule_loop(sessions, heard)
    assert [await loop.work(), await loop.work(), await loop.work()] == [True, True, False]
    assert await counted(sessions, RuleRun, RuleRun.case_id == ids[1]) == 1
    assert await counted(sessions, RuleRun, RuleRun.case_id == ids[0]) == 0
    assert heard.told == [("desk", {"kind": "notice", "agent": str(agent.id)})]
    monkeypatch.undo()
    async with sessions.begin() as session:
        held = await session.scalar(select(QueuedEvent).where(QueuedEvent.consumer == "rules"))
        assert held is not None and (held.attempts, held.last_error) == (1, "ZeroDivisionError")
        held.available_at = utc_now()
    assert await loop.work() is True
    assert await counted(sessions, AgentNotice) == 2


async def test_an_answer_of_the_assistant_counts_where_it_may(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await house.policy(session, (await house.calendar(session)).id, bot_counts=True)
        customer = await house.customer(session)
        conversation = await house.conversation(session, customer)
        case = await house.case(session, utc_now(), customer_id=customer.id)
        await house.link(session, case, conversation)
    async with sessions.begin() as session:
        held = await stream.locked(session, conversation.id)
        stream.send(session, held, author="bot", reply=Reply(text="Hello"), now=utc_now())
    loop = ServiceLevelLoop(sessions=sessions, live=Heard(), wakes=Wakes(Heard()))
    assert [await loop.work(), await loop.work()] == [True, False]
    async with sessions() as session:
        states = {clock.kind: clock.state for clock in await clocks.of_case(session, case.id)}
    assert states == {"first_response": "met", "resolution": "running"}


async def test_an_answer_that_meets_the_unforeseen_holds_no_other_up(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    async with sessions.begin() as session:
        await house.policy(session, (await house.calendar(session)).id, bot_counts=True)
        customer = await house.customer(session)
        conversation = await house.conversation(session, customer)
        await house.link(session, await house.case(session, utc_now(), customer_id=customer.id), conversation)
    async with sessions.begin() as session:
        held = await stream.locked(session, conversation.id)
        stream.send(session, held, author="bot", reply=Reply(text="Hello"), now=utc_now())
    monkeypatch.setattr(clocks, "answered", breaks)
    loop = ServiceLevelLoop(sessions=sessions, live=Heard(), wakes=Wakes(Heard()))
    assert [await loop.work(), await loop.work()] == [True, False]
    waits = (QueuedEvent.consumer == "service_levels", QueuedEvent.attempts == 1)
    assert await counted(sessions, QueuedEvent, *waits) == 1


async def test_of_many_orders_at_once_desks_are_told_that_they_are_many() -> None:
    heard = Heard()
    news = OrderNews(Wakes(heard))
    for _ in range(3 * AT_ONCE):
        await news.changed(new_id(), None)
    await news.rested()
    await news.rested()
    told = [note["order"] for _, note in heard.told]
    assert len(told) == AT_ONCE + 1 and told[-1] is None and None not in told[:-1]
