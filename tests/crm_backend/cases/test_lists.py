"""Lists of cases by many filters at once, and how many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import categories, links, people, queries, workflow
from crm_backend.cases.schema import Filters
from crm_backend.errors import Invalid
from tests.crm_backend.cases.conftest import NOON, World

HOUR = timedelta(hours=1)


async def numbered(world: World) -> dict[str, str]:
    """Four cases that differ in everything; their numbers by a letter."""
    names = {"fr": "x", "en": "x"}
    top = await categories.add(world.session, actor=SYSTEM, names=names)
    low = await categories.add(world.session, actor=SYSTEM, names=names, parent_id=top.id)
    other = await world.someone_else()
    conversation, order = await world.conversation(), await world.order()
    a = await world.open(
        subject="Écran abîmé", category_id=low.id, tags=["vip"], agent_id=world.agent.id, order_ids=[order.id]
    )
    b = await world.open(
        subject="Colis 100 % perdu", type_key="incident", impact="high", urgency="high", team="orders",
        category_id=top.id, due_at=NOON + HOUR, now=NOON + HOUR,
    )  # fmt: skip
    c = await world.open(subject="Facture", customer_id=other.id, tags=["vip", "b2b"], now=NOON + 2 * HOUR)
    d = await world.open(subject="Écran cassé", due_at=NOON + HOUR, conversation_id=conversation.id)
    await workflow.move(world.session, d.id, actor=world.actor, to="closed", reason="x", now=NOON + 3 * HOUR)
    await links.put_under(world.session, c.id, actor=world.actor, parent_id=a.id)
    await people.watch(world.session, c.id, actor=world.actor, agent_id=world.agent.id)
    return {"top": str(top.id), "low": str(low.id), "other": str(other.id), "order": str(order.id),
            "conversation": str(conversation.id), "a": a.number, "b": b.number, "c": c.number, "d": d.number,
            "parent": str(a.id)}  # fmt: skip


async def test_the_open_case_of_a_kind_about_an_order_is_found(world: World) -> None:
    order, other = await world.order(), await world.order("FR-1002")
    first = await world.open(tags=["late_parcel"], order_ids=[order.id])
    latest = await world.open(tags=["late_parcel", "vip"], order_ids=[order.id, other.id], now=NOON + HOUR)

    async def found(tag: str = "late_parcel") -> str | None:
        case = await queries.open_about(world.session, order.id, tag=tag)
        return case.number if case else None

    assert await found() == latest.number and await found("lost_parcel") is None
    await workflow.move(world.session, latest.id, actor=world.actor, to="closed", reason="x", now=NOON + 2 * HOUR)
    assert await found() == first.number


EXPECTED: list[tuple[dict[str, Any], str]] = [
    ({}, "abcd"),
    ({"status": ["closed"]}, "d"),
    ({"status": ["new", "closed"]}, "abcd"),
    ({"stage": ["active"]}, "abc"),
    ({"type_key": ["incident"]}, "b"),
    ({"priority": ["urgent"]}, "b"),
    ({"team": ["orders"]}, "b"),
    ({"category_id": "top"}, "ab"),
    ({"category_id": "low"}, "a"),
    ({"agent_id": "agent"}, "a"),
    ({"unassigned": True}, "bcd"),
    ({"unassigned": False}, "a"),
    ({"watcher_id": "agent"}, "c"),
    ({"customer_id": "other"}, "c"),
    ({"order_id": "order"}, "a"),
    ({"conversation_id": "conversation"}, "d"),
    ({"parent_id": "parent"}, "c"),
    ({"tag": ["b2b", "none"]}, "c"),
    ({"tag": ["vip"]}, "ac"),
    ({"text": "ecran"}, "ad"),
    ({"text": "ÉCRAN casse"}, "d"),
    ({"text": "100 %"}, "b"),
    ({"text": "colis_perdu"}, ""),
    ({"open": True}, "abc"),
    ({"open": False}, "d"),
    ({"overdue": True}, "b"),
    ({"overdue": False}, "acd"),
    ({"created_from": NOON + HOUR}, "bc"),
    ({"created_until": NOON + HOUR}, "ad"),
    ({"open": True, "type_key": ["request"], "tag": ["vip"], "text": "ecran", "created_until": NOON + HOUR}, "a"),
]


async def test_each_filter_leaves_what_it_says(world: World) -> None:
    known = await numbered(world)
    for given, expected in EXPECTED:
        assert await found(world, known, given) == expected, given


async def found(world: World, known: dict[str, str], given: dict[str, Any]) -> str:
    """The letters of the cases that the filters leave; counting them comes to the same."""
    ids = {**known, "agent": world.agent.id}
    values: dict[str, Any] = {
        key: ids.get(value, value) if isinstance(value, str) else value for key, value in given.items()
    }
    filters = Filters(**values)
    now = NOON + 2 * HOUR
    cases = await world.session.scalars(await queries.filtered(world.session, filters, actor=world.actor, now=now))
    letters = {number: letter for letter, number in known.items() if len(letter) == 1}
    there = "".join(sorted(letters[case.number] for case in cases))
    counted = await queries.counts(world.session, filters, actor=world.actor, now=now)
    assert counted.total == len(there) == sum(counted.by_status.values()) == sum(counted.by_team.values())
    return there


async def test_a_number_is_found_as_it_is_typed(world: World) -> None:
    case = await world.open()
    await world.open()
    query = await queries.filtered(world.session, Filters(text=f" {case.number.lower()} "), actor=world.actor)
    assert [each.id for each in await world.session.scalars(query)] == [case.id]


@pytest.mark.parametrize("text", ["", "ab", "x" * 201, "abc\0"])
async def test_a_text_too_short_or_too_long_is_not_looked_for(world: World, text: str) -> None:
    with pytest.raises(Invalid, match="text"):
        await queries.filtered(world.session, Filters(text=text), actor=world.actor)
