"""Where a customer lives or has things sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers import checks, countries
from crm_backend.customers.model import Address
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.telling import tell
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

MOST = 50
_TEXTS = {"line1": True, "line2": False, "city": False, "region": False, "label": False}
FIELDS = (*_TEXTS, "postcode", "country", "is_default")


async def add(session: AsyncSession, *, actor: Actor, customer_id: UUID, values: Mapping[str, Any]) -> Address:
    """A new address with these of FIELDS, `line1` and `country` at least; the first is the default one.

    Raises NotFound, Invalid (a postcode that the country does not have), NotNow (`enough_there`).
    """
    actor.need("customers.write")
    customer = await locked(session, customer_id)
    there = list(await session.scalars(select(Address.id).where(Address.customer_id == customer_id)))
    if len(there) >= MOST:
        raise NotNow("enough_there", most=MOST)
    for name in ("line1", "country"):
        if name not in values:
            raise Invalid(name, "missing")
    checked = _checked(values, None)
    checked["is_default"] = bool(checked.get("is_default")) or not there
    if checked["is_default"]:
        await _no_default(session, customer_id)
    address = Address(customer_id=customer_id, **checked)
    session.add(address)
    touch(customer, compared=True)
    await session.flush()
    told = {**checked, "address": address.id}
    await tell(session, customer_id, actor=actor, action="address_added", fields=_names(checked), new=told)
    return address


async def change(
    session: AsyncSession, *, actor: Actor, address_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> Address:
    """The address with these of FIELDS changed. Raises NotFound, Stale, Invalid."""
    actor.need("customers.write")
    address = await _locked(session, address_id)
    expect(address, version)
    customer = await locked(session, address.customer_id)
    checked = _checked(values, address)
    old = {name: getattr(address, name) for name in checked}
    if checked.get("is_default") and not address.is_default:
        await _no_default(session, address.customer_id)
    if address.is_default and checked.get("is_default") is False:
        raise Invalid("is_default", "choose_another")
    for name, value in checked.items():
        setattr(address, name, value)
    touch(customer, compared=True)
    await session.flush()
    told: dict[str, Any] = {"old": old, "new": checked, "address": str(address.id)}
    fields = _names(name for name in old if old[name] != checked[name])
    await tell(session, customer.id, actor=actor, action="address_changed", fields=fields, **told)
    return address


async def remove(session: AsyncSession, *, actor: Actor, address_id: UUID, version: int | None = None) -> None:
    """Takes the address away; the newest of the others becomes the default one where it was. Raises NotFound, Stale."""
    actor.need("customers.write")
    address = await _locked(session, address_id)
    expect(address, version)
    customer = await locked(session, address.customer_id)
    was_default = address.is_default
    await session.delete(address)
    await session.flush()
    if was_default:
        heir = await session.scalar(
            select(Address)
            .where(Address.customer_id == customer.id)
            .order_by(Address.created_at.desc(), Address.id.desc())
            .limit(1)
        )
        if heir is not None:
            heir.is_default = True
    touch(customer, compared=True)
    await session.flush()
    old = {"address": address_id}
    await tell(session, customer.id, actor=actor, action="address_removed", fields=["addresses"], old=old)


def _names(fields: Iterable[str]) -> list[str]:
    return [f"addresses.{name}" for name in fields]


def _checked(values: Mapping[str, Any], before: Address | None) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name in _TEXTS:
            checked[name] = checks.text(name, value, needed=_TEXTS[name])
        elif name == "country":
            checked[name] = countries.country(name, value)
        elif name == "is_default":
            if not isinstance(value, bool):
                raise Invalid(name, "not_boolean")
            checked[name] = value
        elif name != "postcode":
            raise Invalid(name, "unknown_field")
    if "postcode" in values or "country" in checked:
        # What was imported may name no country that is one; it stays until somebody says better.
        country = checked.get("country") or (before.country if before else "")
        given = values.get("postcode", before.postcode if before else "")
        checked["postcode"] = countries.postcode("postcode", given, country=country)
    return checked


async def _locked(session: AsyncSession, address_id: UUID) -> Address:
    found: Address | None = await session.scalar(
        select(Address).where(Address.id == address_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such address")
    return found


async def _no_default(session: AsyncSession, customer_id: UUID) -> None:
    await session.execute(
        update(Address)
        .where(Address.customer_id == customer_id, Address.is_default)
        .values(is_default=False, version=Address.version + 1)
    )
