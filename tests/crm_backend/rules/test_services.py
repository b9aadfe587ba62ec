"""Rules as they are made: sense is asked for, and the right to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.errors import Conflict, Invalid, NotAllowed
from crm_backend.rules import services
from tests.crm_backend.rules.at_work import TEXTS, rule


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"event": "case.exploded"}, "event"),
        ({"event": "case.waited"}, "wait"),
        ({"wait": {"status": "new", "hours": 1}}, "wait"),
        ({"event": "case.waited", "wait": {"status": "moon", "hours": 1}}, "wait.status"),
        ({"event": "case.waited", "wait": {"status": "new", "hours": 0}}, "wait.hours"),
        ({"event": "case.waited", "wait": {"status": "new", "hours": 1, "calendar_id": "x"}}, "wait.calendar_id"),
        ({"name": "a\0"}, "name"),
        ({"stop": "yes"}, "stop"),
        ({"moon": 1}, "moon"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(crm: AsyncSession, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await rule(crm, {"do": "raise_priority"}, **{"event": "case.opened", **fields})
    assert refused.value.field == field


async def test_rules_are_guarded(crm: AsyncSession) -> None:
    made = await rule(crm, {"do": "raise_priority"}, name="One")
    with pytest.raises(Conflict):
        await rule(crm, {"do": "raise_priority"}, name="ONE")
    with pytest.raises(NotAllowed):
        await services.change(crm, made.id, actor=Actor("agent:1"), changes={})
    reply, mute = {"do": "reply", "texts": TEXTS}, Actor("key:1", frozenset({"cases.configure", "cases.write"}))
    with pytest.raises(NotAllowed, match=r"conversations\.write"):
        await services.change(crm, made.id, actor=mute, changes={"actions": [reply]})
    with pytest.raises(NotAllowed, match=r"conversations\.write"):
        await services.add(crm, actor=mute, fields={"name": "Two", "event": "case.opened", "actions": [reply]})
    await crm.refresh(made)
    with pytest.raises(Invalid):
        await services.order(crm, [made.id, made.id], actor=COMMAND_LINE)
    await services.remove(crm, made.id, actor=COMMAND_LINE)
