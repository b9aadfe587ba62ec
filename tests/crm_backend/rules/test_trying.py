"""A dry run of a rule."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.database import Base
from crm_backend.events.model import Event
from crm_backend.rules.trying import try_rule
from tests.crm_backend.rules.at_work import TEXTS
from tests.crm_backend.service_levels import house


async def everything(session: AsyncSession) -> dict[str, Any]:
    """Every row of every table."""
    await session.flush()
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = await session.scalars(text(f'select md5(t::text) from "{table.name}" t order by 1'))
        found[table.name] = rows.all()
    return found


async def test_a_dry_run_shows_everything_and_changes_nothing(crm: AsyncSession) -> None:
    agent_id = (await house.agent(crm, role="supervisor")).id
    await house.policy(crm, (await house.calendar(crm)).id)
    customer = await house.customer(crm)
    conversation = await house.conversation(crm, customer)
    case, other = await house.case(crm, customer_id=customer.id, urgency="high"), await house.case(crm)
    await house.link(crm, case, conversation)
    ids, number = (case.id, other.id), case.number
    before = await everything(crm)
    actions = [
        {"do": "reply", "texts": TEXTS},
        {"do": "set_status", "to": "waiting_on_customer"},
        {"do": "escalate", "team": "experts"},
        {"do": "set_status", "to": "moon"},
    ]
    fields = {"event": "case.opened", "actions": actions}
    fields["condition"] = {"field": "case.urgency", "is": "is", "value": "high"}
    tried = await try_rule(crm, actor=COMMAND_LINE, fields=fields, last=10)
    assert [(each.case_id, each.matches) for each in tried] == [(ids[1], False), (ids[0], True)]
    steps = tried[1].steps
    assert steps[1]["changed"] == {"status": ["new", "waiting_on_customer"]}
    assert steps[2]["told"] == [str(agent_id)] and steps[2]["changed"]["team"] == ["support", "experts"]
    assert steps[3]["refused"] == "invalid"
    assert await everything(crm) == before
    event_id = await crm.scalar(select(Event.id).where(Event.subject_id == ids[0]).limit(1))
    (one,) = await try_rule(crm, actor=COMMAND_LINE, fields=fields, event_id=event_id)
    assert (one.number, one.matches) == (number, True)
    # The house stands on a fixed day, which is further back every day.
    week = await try_rule(crm, actor=COMMAND_LINE, fields=fields, days=36_500)
    assert [(each.case_id, each.matches, each.at is not None) for each in week] == [
        (ids[1], False, True),
        (ids[0], True, True),
    ]
    assert await everything(crm) == before
