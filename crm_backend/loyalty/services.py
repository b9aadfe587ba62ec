"""Joining and leaving the programme, and how it works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.model import Customer
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from crm_backend.loyalty.model import LoyaltyLevel, LoyaltyMember, LoyaltyProgramme
from crm_backend.orders import values as amounts
from crm_backend.orders.doers import is_customer

MOST_POINTS, MOST_ADVANTAGES, LONGEST = 1_000_000, 20, 200
_PLAIN = ("names", "points_per_unit", "key", "advantages")


async def programme(session: AsyncSession) -> LoyaltyProgramme:
    """How it works. It begins with a point for a euro or pound, levels by twelve months, and closed."""
    return await session.get_one(LoyaltyProgramme, 1)


async def change_programme(
    session: AsyncSession, *, actor: Actor, version: int | None, **values: Any
) -> LoyaltyProgramme:
    """Changes `enabled`, `names`, `points_per_unit`, `months` or `pending_days`. Points are counted anew by it, those
    of the past too. Raises NotAllowed, Stale, Invalid."""
    actor.need("policies.configure")
    found = await session.get_one(LoyaltyProgramme, 1, with_for_update=True, populate_existing=True)
    expect(found, version)
    checked = {name: _of_programme(name, value) for name, value in values.items()}
    await _change(session, found, checked, actor=actor, subject=("loyalty_programme", 1))
    return found


async def levels(session: AsyncSession) -> Sequence[LoyaltyLevel]:
    """The levels, the lowest first."""
    return (await session.scalars(select(LoyaltyLevel).order_by(LoyaltyLevel.from_points))).all()


async def add_level(
    session: AsyncSession, *, actor: Actor, key: str, names: Any, from_points: int, advantages: Any
) -> LoyaltyLevel:
    """A new level. Raises NotAllowed, Invalid, NotNow (key or points are another's)."""
    actor.need("policies.configure")
    made = LoyaltyLevel(
        id=new_id(),
        key=checks.text("key", key, longest=60, needed=True),
        names=_names(names),
        from_points=amounts.whole("from_points", from_points, least=0, most=MOST_POINTS),
        advantages=_advantages(advantages),
    )
    await _once(session, made, {})
    new = {"key": made.key, "from_points": made.from_points, "names": made.names}
    audit.record(session, actor=actor, action="added", subject=("loyalty_level", made.id), new=new, plain=_PLAIN)
    return made


async def change_level(
    session: AsyncSession, level_id: UUID, *, actor: Actor, version: int | None, **values: Any
) -> LoyaltyLevel:
    """Changes names, points or advantages. Raises NotAllowed, NotFound, Stale, Invalid, NotNow."""
    actor.need("policies.configure")
    found = await _level(session, level_id, version)
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name == "names":
            checked[name] = _names(value)
        elif name == "advantages":
            checked[name] = _advantages(value)
        elif name == "from_points":
            checked[name] = amounts.whole(name, value, least=0, most=MOST_POINTS)
        else:
            raise Invalid(name, "unknown_field")
    await _change(session, found, checked, actor=actor, subject=("loyalty_level", found.id))
    return found


async def remove_level(session: AsyncSession, level_id: UUID, *, actor: Actor, version: int | None) -> None:
    """Takes a level away: its members are on the one below. Raises NotAllowed, NotFound, Stale."""
    actor.need("policies.configure")
    found = await _level(session, level_id, version)
    audit.record(session, actor=actor, action="removed", subject=("loyalty_level", found.id), old={"key": found.key})
    await session.delete(found)
    await session.flush()


def members(actor: Actor, *, customer_id: UUID | None = None) -> Select[tuple[LoyaltyMember]]:
    """Who is or was in the programme, in no order. Raises NotAllowed."""
    actor.need("customers.read")
    found = select(LoyaltyMember)
    return found.where(LoyaltyMember.customer_id == customer_id) if customer_id is not None else found


async def join(session: AsyncSession, customer_id: UUID, *, actor: Actor, now: datetime | None = None) -> LoyaltyMember:
    """Makes the customer a member, who asked for it; one who is already stays as they are, one who left begins anew.

    A customer may do so for themselves (`orders.doers.customer_in`). Raises NotAllowed, NotFound, NotNow while the
    programme is closed (`loyalty_closed`).
    """
    _need(actor, customer_id)
    if not (await programme(session)).enabled:
        raise NotNow("loyalty_closed")
    if await session.get(Customer, customer_id) is None:
        raise NotFound("no such customer")
    at = now or utc_now()
    row = insert(LoyaltyMember).values(id=new_id(), created_at=at, customer_id=customer_id, joined_at=at, updated_at=at)
    new = await session.scalar(row.on_conflict_do_nothing().returning(LoyaltyMember.id))
    found = await _member(session, customer_id)
    if found.left_at is not None:
        found.joined_at, found.left_at = at, None
        await session.flush()
    elif new is None:
        return found
    audit.record(session, actor=actor, action="joined", subject=("loyalty_member", found.id))
    return found


async def leave(
    session: AsyncSession, customer_id: UUID, *, actor: Actor, now: datetime | None = None
) -> LoyaltyMember:
    """Ends a membership; their points are gone with it. Raises NotAllowed, NotFound."""
    _need(actor, customer_id)
    found = await _member(session, customer_id)
    if found.left_at is None:
        found.left_at = now or utc_now()
        await session.flush()
        audit.record(session, actor=actor, action="left", subject=("loyalty_member", found.id))
    return found


def _need(actor: Actor, customer_id: UUID) -> None:
    if is_customer(actor):
        if actor.name != f"customer:{customer_id}":
            raise NotAllowed("another's membership")
        return
    actor.need("customers.write")


async def _member(session: AsyncSession, customer_id: UUID) -> LoyaltyMember:
    found = await session.scalar(
        select(LoyaltyMember)
        .where(LoyaltyMember.customer_id == customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such member")
    return found


async def _level(session: AsyncSession, level_id: UUID, version: int | None) -> LoyaltyLevel:
    found = await session.get(LoyaltyLevel, level_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such level")
    expect(found, version)
    return found


async def _change(
    session: AsyncSession,
    row: LoyaltyProgramme | LoyaltyLevel,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    subject: tuple[str, object],
) -> None:
    old = {name: getattr(row, name) for name in values}
    await _once(session, row, values)
    audit.record(session, actor=actor, action="changed", subject=subject, old=old, new=values, plain=_PLAIN)


async def _once(session: AsyncSession, row: LoyaltyProgramme | LoyaltyLevel, values: Mapping[str, Any]) -> None:
    try:
        async with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
            await session.flush()
    except IntegrityError:
        raise NotNow("loyalty_level_taken") from None


def _of_programme(name: str, value: Any) -> Any:
    match name:
        case "enabled":
            return bool(value)
        case "months":
            return amounts.whole(name, value, least=1, most=60)
        case "pending_days":
            return amounts.whole(name, value, least=0, most=365)
        case "names":
            return _names(value)
        case "points_per_unit":
            return {
                amounts.currency(name, currency): amounts.whole(name, points, least=0, most=1000)
                for currency, points in value.items()
            }
        case _:
            raise Invalid(name, "unknown_field")


def _names(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or set(given) != set(checks.LANGUAGES):
        raise Invalid("names", "loyalty_both_languages")
    return {key: checks.text(f"names.{key}", value, longest=LONGEST, needed=True) for key, value in given.items()}


def _advantages(given: Any) -> dict[str, list[str]]:
    if not isinstance(given, Mapping) or set(given) != set(checks.LANGUAGES):
        raise Invalid("advantages", "loyalty_both_languages")
    if any(len(lines) > MOST_ADVANTAGES for lines in given.values()):
        raise Invalid("advantages", "too_long", most=MOST_ADVANTAGES)
    return {
        key: [checks.text(f"advantages.{key}", line, longest=LONGEST, needed=True) for line in lines]
        for key, lines in given.items()
    }
