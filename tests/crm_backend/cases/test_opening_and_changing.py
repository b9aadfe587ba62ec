"""Cases are opened with what is known, changed field by field, and every change stays on record."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from crm_backend.access.actor import Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.cases import configuring, events, queries, services, templates
from crm_backend.cases.model import Case, CaseEvent, CaseItem, CaseOrder
from crm_backend.cases.schema import NewCase
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from tests.crm_backend.cases.conftest import NOON, World


async def test_numbers_can_be_read_and_follow_each_other(world: World) -> None:
    first, second = await world.open(), await world.open()
    assert re.fullmatch(r"C-2026-\d{6}", first.number)
    assert int(second.number[7:]) == int(first.number[7:]) + 1
    assert (first.status, first.stage, first.language, first.team) == ("new", "active", "fr", "support")


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [("high", "high", "urgent"), ("high", "low", "normal"), ("medium", "medium", "normal"), ("low", "low", "low")],
)
async def test_the_priority_comes_from_the_matrix(world: World, impact: str, urgency: str, priority: str) -> None:
    case = await world.open(impact=impact, urgency=urgency)
    assert case.priority == priority


async def test_another_matrix_gives_other_priorities_to_what_is_changed_from_then_on(world: World) -> None:
    case = await world.open()
    matrix = await configuring.matrix(world.session, actor=world.actor)
    matrix["medium"]["high"] = "urgent"
    await configuring.set_matrix(world.session, actor=world.actor, given=matrix)
    assert case.priority == "normal"
    changed = await services.change(world.session, case.id, actor=world.actor, changes={"urgency": "high"})
    assert changed.priority == "urgent"
    with pytest.raises(Invalid, match="medium"):
        await configuring.set_matrix(world.session, actor=world.actor, given={"low": matrix["low"]})


async def test_every_change_is_kept_with_old_and_new_and_by_whom(world: World) -> None:
    case = await world.open()
    await services.change(
        world.session, case.id, actor=world.actor, changes={"subject": "Colis perdu", "urgency": "high"}
    )
    opened, changed = await world.session.scalars(select(CaseEvent).order_by(CaseEvent.seq))
    assert (opened.action, changed.action, changed.actor) == ("opened", "changed", world.actor.name)
    assert changed.changes == {
        "subject": {"old": "Colis abîmé", "new": "Colis perdu"},
        "urgency": {"old": "medium", "new": "high"},
        "priority": {"old": "normal", "new": "high"},
    }
    audited = await world.session.scalar(select(AuditEntry).where(AuditEntry.action == "case_changed"))
    assert audited is not None
    assert (audited.new or {})["priority"] == "high"
    assert "perdu" not in str(audited.new)


async def test_what_stays_the_same_is_no_change(world: World) -> None:
    case = await world.open()
    before = case.version
    await services.change(world.session, case.id, actor=world.actor, changes={"subject": "Colis abîmé"})
    assert case.version == before


async def test_a_change_on_what_was_read_before_anothers_is_refused(world: World) -> None:
    case = await world.open()
    version = case.version
    await services.change(world.session, case.id, actor=world.actor, changes={"subject": "A"}, version=version)
    with pytest.raises(Stale):
        await services.change(world.session, case.id, actor=world.actor, changes={"subject": "B"}, version=version)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"type_key": "nonsense"}, "type"),
        ({"subject": " \u200b "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"description": "x" * 20_001}, "description"),
        ({"impact": "huge"}, "impact"),
        ({"language": "de"}, "language"),
        ({"customer_id": uuid4()}, "customer_id"),
        ({"agent_id": uuid4()}, "agent_id"),
        ({"category_id": uuid4()}, "category_id"),
        ({"template_key": "none_such"}, "template"),
        ({"parent_id": uuid4()}, "parent_id"),
        ({"order_ids": [uuid4()]}, "order_ids.0"),
        ({"conversation_id": uuid4()}, "conversation_id"),
        ({"tags": ["a"] * 21}, "tags"),
        ({"tags": ["<b>"]}, "tags"),
        ({"due_at": NOON + timedelta(days=40_000)}, "due_at"),
        ({"due_at": NOON.replace(tzinfo=None)}, "due_at"),
        ({"fields": {"Bad Key": 1}}, "fields.Bad Key"),
        ({"fields": {"a": float("nan")}}, "fields.a"),
    ],
)
async def test_bad_values_are_refused_with_their_field(world: World, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await world.open(**given)
    assert refused.value.field == field


async def test_control_characters_are_not_kept(world: World) -> None:
    case = await world.open(subject="Colis\0 abîmé\n", description="a\0b\x07")
    assert (case.subject, case.description) == ("Colis abîmé", "ab")


async def test_orders_of_another_customer_are_not_tied_to_a_case(world: World) -> None:
    order = await world.order(customer=await world.someone_else())
    with pytest.raises(Invalid, match="case_other_customer"):
        await world.open(order_ids=[order.id])
    mine = await world.order("FR-1002")
    case = await world.open(order_ids=[mine.id])
    assert await world.session.scalar(select(CaseOrder.order_id).where(CaseOrder.case_id == case.id)) == mine.id


async def test_what_one_may_not_read_is_tied_to_no_case(world: World) -> None:
    """Nor is it told whether there is such an order or conversation."""
    order, talk, writer = await world.order(), await world.conversation(), Actor("key:1", frozenset({"cases.write"}))
    for tied in ({"order_ids": [order.id]}, {"order_ids": [uuid4()]}, {"conversation_id": talk.id}):
        with pytest.raises(NotAllowed):
            await services.open_case(world.session, NewCase(type_key="request", subject="x", **tied), actor=writer)


async def test_rights_are_asked_for(world: World) -> None:
    case = await world.open()
    reader = Actor("key:1", frozenset({"cases.read"}))
    with pytest.raises(NotAllowed):
        await services.open_case(world.session, NewCase(type_key="request", subject="x"), actor=reader)
    with pytest.raises(NotAllowed):
        await services.change(world.session, case.id, actor=reader, changes={"subject": "x"})
    with pytest.raises(NotAllowed):
        await queries.one(world.session, case.id, actor=Actor("nobody"))
    with pytest.raises(NotFound):
        await queries.one(world.session, uuid4(), actor=reader)


async def test_a_case_with_an_order_stays_its_customers(world: World) -> None:
    order = await world.order()
    case = await world.open(order_ids=[order.id])
    other = await world.someone_else()
    with pytest.raises(NotNow, match="case_customer_fixed"):
        await services.change(world.session, case.id, actor=world.actor, changes={"customer_id": other.id})


async def test_a_template_gives_texts_in_the_customers_language_a_checklist_and_fields(world: World) -> None:
    given: dict[str, Any] = {
        "names": {"fr": "Colis abîmé", "en": "Damaged parcel"},
        "type_key": "complaint",
        "subjects": {"fr": "Colis abîmé à l’arrivée", "en": "Parcel damaged on arrival"},
        "descriptions": {"fr": "Que s’est-il passé ?", "en": "What happened?"},
        "impact": "high",
        "tags": ["transport"],
        "fields": [
            {"key": "carrier", "names": {"fr": "Transporteur", "en": "Carrier"}, "required": True},
            {"key": "photos", "names": {"fr": "Photos", "en": "Photos"}, "kind": "number"},
        ],
        "checklist": [{"texts": {"fr": "Demander des photos", "en": "Ask for photos"}, "required": True}],
        "due_days": 2,
    }
    await templates.add(world.session, actor=world.actor, key="damaged", given=given)
    new = {"type_key": None, "subject": None, "template_key": "damaged"}
    with pytest.raises(Invalid, match=r"fields.carrier"):
        await world.open(**new)
    case = await world.open(**new, fields={"carrier": "Colissimo", "photos": 2}, language="en")
    assert (case.type_key, case.subject, case.description) == (
        "complaint",
        "Parcel damaged on arrival",
        "What happened?",
    )
    assert (case.priority, case.tags, case.due_at) == ("high", ["transport"], NOON + timedelta(days=2))
    item = await world.session.scalar(select(CaseItem).where(CaseItem.case_id == case.id))
    assert item is not None
    assert (item.texts["fr"], item.required, item.done_at) == ("Demander des photos", True, None)
    with pytest.raises(Invalid, match=r"fields.colour"):
        await services.change(world.session, case.id, actor=world.actor, changes={"fields": {"colour": "red"}})


async def test_followers_hear_of_an_event_in_its_transaction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str]] = []

    async def hear(_session: Any, case: Case, event: CaseEvent) -> None:
        heard.append((case.subject, event.action))

    monkeypatch.setattr(events, "_followers", [])
    events.follow(hear)
    events.follow(hear)
    case = await world.open()
    await services.change(world.session, case.id, actor=world.actor, changes={"team": "orders"})
    assert heard == [("Colis abîmé", "opened"), ("Colis abîmé", "changed")]
