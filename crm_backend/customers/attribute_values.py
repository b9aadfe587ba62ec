"""What customers have in the fields that the company added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers.attribute_kinds import kept_value, unique_key
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.records import AttributeDefinition, AttributeValue
from crm_backend.customers.telling import tell
from crm_backend.database import expect
from crm_backend.errors import Invalid


async def set_values(
    session: AsyncSession, *, actor: Actor, customer_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> dict[str, Any]:
    """Sets fields by key; None takes a value away. What the customer then has, by key.

    `version` is the customer's. Raises NotFound, Stale, Invalid (no such field, a value that it does not take, one that
    somebody else has, a required one left empty).
    """
    actor.need("customers.write")
    customer = await locked(session, customer_id)
    expect(customer, version)
    defined = {each.key: each for each in await session.scalars(select(AttributeDefinition))}
    there = {
        row.definition_id: row
        for row in await session.scalars(select(AttributeValue).where(AttributeValue.customer_id == customer_id))
    }
    old: dict[str, Any] = {}
    for key, value in values.items():
        definition = defined.get(key)
        if definition is None:
            raise Invalid(f"attributes.{str(key)[:60]}", "unknown_field")
        row = there.get(definition.id)
        old[key] = row.value if row else None
        await _set(session, customer_id, definition, row, value, there)
    _complete(list(defined.values()), there)
    new = {key: _of(there, defined[key]) for key in old}
    if fields := [f"attributes.{key}" for key in old if old[key] != new[key]]:
        touch(customer)
        told: dict[str, Any] = {"old": {"attributes": old}, "new": {"attributes": new}}
        await tell(session, customer_id, actor=actor, action="attributes_changed", fields=fields, **told)
    await session.flush()
    return {key: there[each.id].value for key, each in defined.items() if each.id in there}


async def _set(
    session: AsyncSession,
    customer_id: UUID,
    definition: AttributeDefinition,
    row: AttributeValue | None,
    value: object,
    there: dict[UUID, AttributeValue],
) -> None:
    field = f"attributes.{definition.key}"
    if value is None:
        if row is not None:
            await session.delete(row)
            await session.flush()
            del there[definition.id]
        return
    kept = kept_value(definition, value, field=field)
    key = unique_key(definition.kind, kept) if definition.is_unique else None
    if row is None:
        row = AttributeValue(customer_id=customer_id, definition_id=definition.id)
        there[definition.id] = row
    row.value, row.unique_key = kept, key
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        # Also when somebody else took it in this very moment.
        raise Invalid(field, "taken") from None


def _complete(defined: list[AttributeDefinition], there: dict[UUID, AttributeValue]) -> None:
    for definition in defined:
        if definition.required and definition.id not in there:
            raise Invalid(f"attributes.{definition.key}", "missing")


def _of(there: dict[UUID, AttributeValue], definition: AttributeDefinition) -> Any:
    row = there.get(definition.id)
    return row.value if row else None
