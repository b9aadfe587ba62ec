"""Making customers and changing what is known of them: name, languages, hours and ways they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers import checks
from crm_backend.customers.model import Customer
from crm_backend.customers.successors import now_called, numbered
from crm_backend.customers.telling import tell
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.notifications.model import ContactPreference

_CHECKS: dict[str, Callable[[str, object], object]] = {
    "first_name": checks.text,
    "last_name": checks.text,
    "language": checks.language,
    "company": checks.text,
    "birth_date": checks.birth_date,
    "time_zone": checks.time_zone,
    "external_id": lambda field, value: checks.text(field, value, longest=120, needed=True),
}
_MAY_BE_NONE = frozenset({"birth_date", "time_zone", "external_id", "channel", "hours_from", "hours_until"})
_WISHES: dict[str, Callable[[str, object], object]] = {
    "channel": checks.channel,
    "hours_from": checks.hour,
    "hours_until": checks.hour,
}
FIELDS = (*_CHECKS, *_WISHES)
"""What `create` and `change` take. The last three are how they like to be written to: the preferred channel, and from
and until which hour."""
_COMPARED = frozenset({"first_name", "last_name"})


async def create(session: AsyncSession, *, actor: Actor, values: Mapping[str, Any]) -> Customer:
    """A new customer with these of FIELDS. Raises Invalid: a value that is not taken, neither name nor company, an
    `external_id` that somebody has."""
    actor.need("customers.write")
    checked = _checked(values)
    if not any(checked.get(name) for name in ("first_name", "last_name", "company")):
        raise Invalid("last_name", "missing")
    await _free(session, checked.get("external_id"), of=None)
    customer = Customer(**{name: value for name, value in checked.items() if name in _CHECKS})
    session.add(customer)
    await session.flush()
    await _wish(session, customer, checked)
    await tell(session, customer.id, actor=actor, action="created", fields=checked, new=checked)
    await session.flush()
    return customer


async def change(
    session: AsyncSession, *, actor: Actor, customer_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> Customer:
    """The customer with these of FIELDS changed; None takes a value away where there need be none. Raises NotFound,
    Stale, Invalid."""
    actor.need("customers.write")
    customer = await locked(session, customer_id)
    expect(customer, version)
    checked = _checked(values)
    if checked.get("external_id") != customer.external_id:
        await _free(session, checked.get("external_id"), of=customer.id)
    old = {name: getattr(customer, name) for name in checked if name in _CHECKS}
    for name, before in old.items():
        if before != checked[name]:
            setattr(customer, name, checked[name])
    if not any((customer.first_name, customer.last_name, customer.company)):
        raise Invalid("last_name", "missing")
    old |= await _wish(session, customer, checked)
    if fields := {name for name in old if old[name] != checked[name]}:
        touch(customer, compared=bool(_COMPARED & fields))
        await tell(session, customer.id, actor=actor, action="changed", fields=fields, old=old, new=checked)
    await session.flush()
    return customer


async def locked(session: AsyncSession, customer_id: UUID) -> Customer:
    """The customer, locked until the transaction ends. Raises NotFound, and NotNow (`merged`, with `into`) for one who
    became part of another."""
    found: Customer | None = await session.scalar(
        select(Customer)
        .where(Customer.id == customer_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        if (into := await now_called(session, customer_id)) != customer_id:
            raise NotNow("merged", into=str(into))
        raise NotFound("no such customer")
    return found


def touch(customer: Customer, *, compared: bool = False) -> None:
    """Counts a change of what belongs to the customer; `compared` when duplicates may be found by it."""
    customer.updated_at = utc_now()
    if compared:
        customer.matched_at = None


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {**_CHECKS, **_WISHES}
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise Invalid(name, "unknown_field")
        if value is None and name not in _MAY_BE_NONE:
            raise Invalid(name, "not_null")
        checked[name] = None if value is None else known[name](name, value)
    return checked


async def _free(session: AsyncSession, external_id: str | None, *, of: UUID | None) -> None:
    if external_id is not None and (holder := await numbered(session, external_id)) not in (None, of):
        raise Invalid("external_id", "taken", holder=str(holder))


async def _wish(session: AsyncSession, customer: Customer, checked: dict[str, Any]) -> dict[str, Any]:
    """Notes how the customer likes to be written to; what it was before."""
    wanted = {name: value for name, value in checked.items() if name in _WISHES}
    if not wanted:
        return {}
    wish = await session.get(ContactPreference, customer.id, with_for_update=True, populate_existing=True)
    if wish is None:
        wish = ContactPreference(customer_id=customer.id, unasked=True)
        session.add(wish)
    old = {name: getattr(wish, name) or None for name in wanted}
    for name, value in wanted.items():
        setattr(wish, name, value or None)
    _span(wish.hours_from, wish.hours_until)
    wish.updated_at = utc_now()
    return old


def _span(start: time | None, end: time | None) -> None:
    if (start is None) != (end is None):
        raise Invalid("hours_from" if start is None else "hours_until", "missing")
    if start is not None and start == end:
        raise Invalid("hours_until", "no_hours")
