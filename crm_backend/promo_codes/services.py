"""Promotion codes as the company keeps them, and what the shop tells of their use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.model import Customer
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.orders import values as amounts
from crm_backend.promo_codes.model import KINDS, PromoCode, PromoCodeUse

LONGEST, LONGEST_TEXT, MOST_CATEGORIES, MOST_USES = 40, 500, 50, 2**31 - 1
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]*")
_PLAIN = ("code", "kind", "currency", "categories", "texts")


def spelt(code: str) -> str:
    """A code as it is stored: in capitals, without blanks."""
    return "".join(code.split()).upper()


def is_code(text: str) -> bool:
    """Whether a text may be a code at all."""
    return len(text) <= LONGEST and _CODE.fullmatch(text) is not None


def promo_codes(actor: Actor, *, active: bool | None = None, code: str | None = None) -> Select[tuple[PromoCode]]:
    """Codes, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    found = select(PromoCode)
    if active is not None:
        found = found.where(PromoCode.active == active)
    return found.where(PromoCode.code == spelt(code)) if code is not None else found


async def promo_code(session: AsyncSession, promo_id: UUID, *, actor: Actor, lock: bool = False) -> PromoCode:
    """One code. Raises NotAllowed, NotFound."""
    actor.need("orders.read")
    found = await session.get(PromoCode, promo_id, with_for_update=lock or None, populate_existing=True)
    if found is None:
        raise NotFound("no such promotion code")
    return found


async def add(session: AsyncSession, *, actor: Actor, code: str, kind: str, **values: Any) -> PromoCode:
    """A new code of the columns of the table; it holds from now, unless told. Raises NotAllowed, Invalid."""
    actor.need("catalogue.write")
    plain = spelt(checks.text("code", code, longest=2 * LONGEST, needed=True))
    if not is_code(plain):
        raise Invalid("code", "promo_code_form", most=LONGEST)
    if await session.scalar(select(PromoCode.id).where(PromoCode.code == plain)) is not None:
        raise Invalid("code", "promo_code_used")
    if kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    made = PromoCode(id=new_id(), code=plain, kind=kind, valid_from=utc_now(), minimum_minor=0, categories=[], texts={})
    await _write(session, made, values, actor=actor, action="added")
    return made


async def change(
    session: AsyncSession, promo_id: UUID, *, actor: Actor, version: int | None, **values: Any
) -> PromoCode:
    """Changes what is given; not the code and not its kind. Raises NotAllowed, NotFound, Stale, Invalid."""
    actor.need("catalogue.write")
    found = await promo_code(session, promo_id, actor=actor, lock=True)
    expect(found, version)
    await _write(session, found, values, actor=actor, action="changed")
    return found


def uses(actor: Actor, promo_id: UUID) -> Select[tuple[PromoCodeUse]]:
    """The orders a code was taken off, in no order. Raises NotAllowed."""
    actor.need("orders.read")
    return select(PromoCodeUse).where(PromoCodeUse.promo_code_id == promo_id)


async def used(
    session: AsyncSession,
    promo_id: UUID,
    *,
    actor: Actor,
    reference: str,
    customer_id: UUID | None = None,
    at: datetime | None = None,
) -> PromoCodeUse:
    """Notes that the shop has taken the code off an order; told again of the same order, it changes nothing. Whether it
    should have is not asked: the shop applies codes. Raises NotAllowed, NotFound, Invalid."""
    actor.need("orders.write")
    await promo_code(session, promo_id, actor=actor)
    name = checks.text("reference", reference, needed=True)
    if customer_id is not None and await session.get(Customer, customer_id) is None:
        raise Invalid("customer_id", "unknown_customer")
    row = insert(PromoCodeUse).values(
        id=new_id(),
        created_at=utc_now(),
        promo_code_id=promo_id,
        reference=name,
        customer_id=customer_id,
        at=amounts.past("at", at),
    )
    await session.execute(row.on_conflict_do_nothing())
    told = select(PromoCodeUse).where(PromoCodeUse.promo_code_id == promo_id, PromoCodeUse.reference == name)
    return (await session.scalars(told)).one()


async def _write(session: AsyncSession, row: PromoCode, given: Mapping[str, Any], *, actor: Actor, action: str) -> None:
    values = {name: _checked(name, value) for name, value in given.items()}
    old = {name: getattr(row, name) for name in values} if action == "changed" else None
    for name, value in values.items():
        setattr(row, name, value)
    _whole(row)
    session.add(row)
    await session.flush()
    new = values if old is not None else {"code": row.code, "kind": row.kind, **values}
    audit.record(session, actor=actor, action=action, subject=("promo_code", row.id), old=old, new=new, plain=_PLAIN)


def _whole(row: PromoCode) -> None:
    """What its parts have to be together. Raises Invalid."""
    wanted, other = ("percent", "amount_minor") if row.kind == "percent" else ("amount_minor", "percent")
    if getattr(row, wanted) is None:
        raise Invalid(wanted, "missing")
    if getattr(row, other) is not None:
        raise Invalid(other, "promo_code_other_kind")
    if row.currency is None and (row.kind == "amount" or row.minimum_minor):
        raise Invalid("currency", "missing")
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise Invalid("valid_to", "before_start")


def _checked(name: str, value: Any) -> Any:
    """One value as it is stored. Raises Invalid."""
    if name not in _CHECKS:
        raise Invalid(name, "unknown_field")
    return None if value is None and name in _MAY_BE_NONE else _CHECKS[name](name, value)


def _instant(name: str, value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid(name, "no_time_zone")
    return value


def _categories(name: str, value: Any) -> list[str]:
    if len(value) > MOST_CATEGORIES:
        raise Invalid(name, "too_long", most=MOST_CATEGORIES)
    return sorted({checks.text(name, each, longest=100, needed=True) for each in value})


def _texts(name: str, value: Any) -> dict[str, str]:
    if not set(value) <= set(checks.LANGUAGES):
        raise Invalid(name, "not_choice", expected=", ".join(checks.LANGUAGES))
    return {key: checks.text(f"{name}.{key}", text, longest=LONGEST_TEXT) for key, text in value.items()}


def _from(least: int, most: int) -> Any:
    return lambda name, value: amounts.whole(name, value, least=least, most=most)


_MAY_BE_NONE = frozenset({"percent", "amount_minor", "currency", "valid_to", "usage_limit", "per_customer"})
_CHECKS: dict[str, Any] = {
    "percent": _from(1, 10_000),
    "amount_minor": _from(1, amounts.MOST_MINOR),
    "minimum_minor": _from(0, amounts.MOST_MINOR),
    "currency": amounts.currency,
    "usage_limit": _from(1, MOST_USES),
    "per_customer": _from(1, MOST_USES),
    "valid_from": _instant,
    "valid_to": _instant,
    "categories": _categories,
    "texts": _texts,
    "active": lambda _name, value: bool(value),
}
