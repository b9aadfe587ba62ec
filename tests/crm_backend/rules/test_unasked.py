"""Rules that write to customers by the clock: only to whom it is welcome, and when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Message
from crm_backend.customers.model import Customer
from crm_backend.events import services as events
from crm_backend.notifications.model import ContactPreference
from crm_backend.notifications.schema import Rules
from crm_backend.rules import running, services, waiting
from crm_backend.rules.model import Rule, RuleRun
from tests.crm_backend.service_levels import house
from tests.crm_backend.service_levels.house import HOUR, MONDAY

QUIET = Rules(zone=UTC, quiet_from=time(21), quiet_until=time(8))
TEXTS = {"fr": "Avez-vous vu notre question\u00a0?", "en": "Have you seen our question?"}
REPLY = {"do": "reply", "texts": TEXTS}
NIGHT = MONDAY + 14 * HOUR
MORNING = datetime(2026, 11, 17, 8, tzinfo=UTC)


async def waiting_case(crm: AsyncSession, *, zone: str | None = None, **wish: Any) -> tuple[Customer, Case]:
    """A case of somebody with these wishes; the rule writes to them after 13 hours, at ten in the evening."""
    marie = await house.customer(crm, time_zone=zone)
    if wish:
        crm.add(ContactPreference(customer_id=marie.id, **wish))
    conversation = await house.conversation(crm, marie)
    case = await house.case(crm, customer_id=marie.id)
    await house.link(crm, case, conversation)
    return marie, case


async def reminding(crm: AsyncSession, event: str = "case.waited") -> Rule:
    wait = {"status": "new", "hours": 13} if event == "case.waited" else None
    tag = {"do": "add_tag", "tag": "reminded"}
    fields = {"name": "Remind", "event": event, "wait": wait, "actions": [REPLY, tag]}
    return await services.add(crm, actor=COMMAND_LINE, fields=fields)


async def work(crm: AsyncSession, now: datetime) -> None:
    while (event := await events.claim(crm, consumer="rules")) is not None:
        await running.run(crm, event, now=now, quiet=QUIET)
        await events.done(crm, event, consumer="rules")


async def steps(crm: AsyncSession) -> list[dict[str, Any]]:
    return [each for run in await crm.scalars(select(RuleRun)) for each in run.steps]


async def written(crm: AsyncSession) -> int:
    return await crm.scalar(select(func.count()).select_from(Message).where(Message.text.in_(TEXTS.values()))) or 0


@pytest.mark.parametrize(
    ("wish", "zone", "due"),
    [
        ({}, None, MORNING),
        ({"hours_from": time(18), "hours_until": time(20)}, None, MONDAY + 33 * HOUR),
        ({"hours_from": time(18), "hours_until": time(20)}, "America/New_York", None),
        ({"hours_from": time(17), "hours_until": time(7)}, "Asia/Tokyo", MORNING),
    ],
)
async def test_a_reminder_waits_for_an_hour_that_suits(
    crm: AsyncSession, wish: dict[str, Any], zone: str | None, due: datetime | None
) -> None:
    await waiting_case(crm, zone=zone, **wish)
    await reminding(crm)
    at = NIGHT
    while not await waiting.look(crm, now=at, quiet=QUIET):
        assert at < NIGHT + timedelta(days=2)
        at += HOUR
    await work(crm, at)
    log = await steps(crm)
    if due is None:
        # Six in the evening over there is quiet here: after a day the rest is done, and why not this.
        assert (at, log[0]["held_back"], log[1]["do"]) == (NIGHT + 23 * HOUR, "quiet_hours", "add_tag")
    else:
        assert (at, await written(crm), "held_back" in log[0]) == (due, 1, False)


async def test_who_wants_no_messages_gets_no_reminder_and_the_rest_is_done(crm: AsyncSession) -> None:
    _, case = await waiting_case(crm, unasked=False)
    await reminding(crm)
    assert await waiting.look(crm, now=MORNING, quiet=QUIET) == 1
    await work(crm, MORNING)
    assert (await written(crm), case.tags) == (0, ["reminded"])
    assert (await steps(crm))[0] == {"do": "reply", "held_back": "unsubscribed", "until": None}
    assert (await crm.scalars(select(RuleRun.outcome))).all() == ["done"]


async def test_rules_that_write_to_nobody_do_not_wait(crm: AsyncSession) -> None:
    await waiting_case(crm)
    made = await reminding(crm)
    made.actions = [{"do": "add_tag", "tag": "old"}]
    await crm.flush()
    assert await waiting.look(crm, now=NIGHT, quiet=QUIET) == 1


async def test_a_clock_that_is_up_writes_to_nobody_at_night(crm: AsyncSession) -> None:
    _, case = await waiting_case(crm)
    for now, kind, sent in ((NIGHT, "clock.breached", 0), (MORNING, "clock.warned", 1)):
        done = await running.escalate(crm, [REPLY], case=case, cause=case.id, kind=kind, now=now, quiet=QUIET)
        assert await written(crm) == sent
        held = {"held_back": "quiet_hours", "until": MORNING.isoformat()}
        assert sent or done.steps == [{"do": "reply", **held}]


async def test_what_answers_goes_at_any_hour(crm: AsyncSession) -> None:
    await reminding(crm, event="case.status")
    _, case = await waiting_case(crm, unasked=False)
    await house.move(crm, case, "open", NIGHT)
    await work(crm, NIGHT)
    assert await written(crm) == 1
