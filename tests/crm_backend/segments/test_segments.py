"""Segments: kept, changed, asked of one customer and of all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.customers.model import Customer
from crm_backend.customers.records import AttributeDefinition, AttributeValue
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, Stale
from crm_backend.segments import services

ENGLISH = {"field": "language", "op": "is", "value": "en"}
READER = Actor("agent:1", frozenset({"segments.read"}))


async def two(session: AsyncSession) -> tuple[Customer, Customer]:
    """One who is written to in English, one in French."""
    made = Customer(id=new_id(), language="en"), Customer(id=new_id(), language="fr")
    session.add_all(made)
    await session.flush()
    return made


async def test_one_customer_is_asked_of_all_segments_by_one_statement(crm: AsyncSession) -> None:
    english, french = await two(crm)
    ids = [
        (await services.add(crm, SYSTEM, name=name, rule=rule)).id
        for name, rule in (("B", ENGLISH), ("a", {"not": {"field": "vip", "op": "is", "value": True}}), ("c", ENGLISH))
    ]
    assert await services.segments_of(crm, english.id) == [ids[1], ids[0], ids[2]]
    assert await services.segments_of(crm, french.id, only=ids[1:]) == [ids[1]]
    assert await services.segments_of(crm, new_id()) == []
    assert await services.segments_of(crm, english.id, only=[new_id()]) == []
    counted: list[Any] = []
    connection = (await crm.connection()).sync_connection

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        counted.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    await services.segments_of(crm, english.id)
    event.remove(connection, "before_cursor_execute", count)
    assert len(counted) == 3  # segments, attributes, the answer


async def test_a_segment_is_changed_and_deleted_by_who_read_its_last_version(crm: AsyncSession) -> None:
    await two(crm)
    made = await services.add(crm, SYSTEM, name=" English ", rule=ENGLISH)
    assert made.name == "English"
    changed = await services.change(crm, SYSTEM, made.id, version=1, rule={"not": ENGLISH})
    assert await services.counts(crm, SYSTEM, [changed]) == {made.id: 1}
    for deed in (services.change, services.remove):
        with pytest.raises(Stale):
            await deed(crm, SYSTEM, made.id, version=1)  # type: ignore[operator]
    await services.remove(crm, SYSTEM, made.id, version=2)
    with pytest.raises(NotFound):
        await services.get(crm, SYSTEM, made.id)
    actions = await crm.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(made.id)))
    assert sorted(actions) == ["segment_added", "segment_changed", "segment_removed"]


async def test_rights_are_asked_for(crm: AsyncSession) -> None:
    made = await services.add(crm, SYSTEM, name="English", rule=ENGLISH)
    for deed in (
        services.add(crm, READER, name="Mine", rule=ENGLISH),
        services.change(crm, READER, made.id, version=None),
        services.remove(crm, READER, made.id, version=None),
        services.preview(crm, READER, ENGLISH),
    ):
        with pytest.raises(NotAllowed):
            await deed
    assert (await services.get(crm, READER, made.id)).id == made.id


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "text_needed"), ("  ", "text_needed"), ("x" * 121, "longer_than"), ("a\0", "text_unprintable"),
     (3, "text_needed"), ("ENGLISH", "name_taken")],
)  # fmt: skip
async def test_names_that_cannot_be_kept_are_refused(crm: AsyncSession, name: Any, reason: str) -> None:
    await services.add(crm, SYSTEM, name="English", rule=ENGLISH)
    with pytest.raises(Invalid) as raised:
        await services.add(crm, SYSTEM, name=name, rule=ENGLISH)
    assert (raised.value.field, raised.value.reason) == ("name", reason)
    # Nothing is half written, and the transaction goes on.
    assert len(await services.segments_of(crm, (await two(crm))[0].id)) == 1


async def test_a_rule_follows_an_attribute_that_is_renamed_and_breaks_when_it_goes(crm: AsyncSession) -> None:
    english, _ = await two(crm)
    own = AttributeDefinition(id=new_id(), key="size", kind="number", labels={"fr": "T", "en": "S"})
    crm.add(own)
    await crm.flush()
    crm.add(AttributeValue(customer_id=english.id, definition_id=own.id, value=40))
    made = await services.add(crm, SYSTEM, name="Tall", rule={"field": "attribute.size", "op": "ge", "value": 39.5})
    own.key = "height"
    await crm.flush()
    assert await services.segments_of(crm, english.id) == [made.id]
    assert services.shown(made, await services.fields(crm))["field"] == "attribute.height"
    await crm.delete(own)
    await crm.flush()
    assert await services.segments_of(crm, english.id) == []
    assert await services.counts(crm, SYSTEM, [made]) == {}
    with pytest.raises(NotNow) as raised:
        await services.rule_of(crm, made)
    assert raised.value.reason == "segment_broken"


async def test_a_rule_that_takes_too_long_is_given_up_and_nothing_else(
    crm: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PATIENCE_MS", 50)
    english, _ = await two(crm)

    async def sleep() -> None:
        async with services.patience(crm):
            await crm.execute(text("select pg_sleep(5)"))

    with pytest.raises(NotNow) as raised:
        await sleep()
    assert raised.value.reason == "segment_too_slow"
    assert await crm.get(Customer, english.id) is not None
    assert await crm.scalar(select(Customer.id).where(Customer.id == english.id))


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "recency_score", "op": "eq", "value": 10**15},
        {"field": "orders", "op": "between", "value": [0.5, 10**15]},
        {"field": "open_cases", "op": "ge", "value": 2.5},
    ],
)
async def test_numbers_beyond_the_columns_they_are_compared_with_break_nothing(
    crm: AsyncSession, rule: dict[str, Any]
) -> None:
    english, _ = await two(crm)
    made = await services.add(crm, SYSTEM, name="Far", rule=rule)
    assert await services.segments_of(crm, english.id) == []
    assert await services.counts(crm, SYSTEM, [made]) == {made.id: 0}
