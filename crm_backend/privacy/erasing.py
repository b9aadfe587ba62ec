"""Erasing a person: what is theirs is deleted, what the law has us keep is emptied of them, and a report says which."""

from __future__ import annotations

from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import CursorResult, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.errors import NotNow
from crm_backend.events import services as events
from crm_backend.privacy.map import HELD, Held
from crm_backend.privacy.model import Erasure
from crm_backend.privacy.person import Person, person, typed

Reason = Literal["asked", "retention"]
Report = dict[str, dict[str, Any]]
"""By table: `deleted`, `emptied` and `kept`, in rows, and `why` what was not deleted is there."""

_UNDER_WAY = {
    "orders": "select count(*) from orders where customer_id = :customer"
    " and status in ('placed', 'paid', 'preparing', 'shipped', 'out_for_delivery')",
    "returns": "select count(*) from returns where order_id = any(:orders) and closed_at is null",
    "refunds": "select count(*) from refunds where order_id = any(:orders) and done_at is null",
    "cases": "select count(*) from cases where customer_id = :customer and closed_at is null"
    " and stage not in ('resolved', 'closed') and type_key <> 'privacy_request'",
}
# A conversation with somebody else stays theirs, without anything that was known of this person.
_LEAVE_SHARED = """
update conversations set customer_id = null, proof = 'anonymous', dialogue_state = '{}', passport = null,
  address = case when identity_id = any(:identities) then '' else address end, version = version + 1
where id = any(cast(:shared as uuid[]))
"""
# What a shared conversation was begun from cannot go while the conversation is there: it becomes nobody's, nameless.
_EMPTY_IDENTITIES = """
update identities t set customer_id = null, kind = 'erased', value = t.id::text, shown_name = null, proof = 'none',
  proved_at = null, is_primary = false
where t.id = any(:identities) and exists (select from conversations c where c.identity_id = t.id)
"""


async def preview(session: AsyncSession, customer_id: UUID, *, actor: Actor) -> tuple[Report, dict[str, int]]:
    """What erasing would do, and what is under way and speaks against it now. Changes nothing. Raises NotAllowed,
    NotFound."""
    actor.need("customers.erase")
    found = await person(session, customer_id)
    return await _counted(session, found), await _under_way(session, found)


async def erase(
    session: AsyncSession, customer_id: UUID, *, actor: Actor, reason: Reason = "asked", regardless: bool = False
) -> Erasure:
    """Erases a person, and returns the record of it.

    Files lose what holds them, and the next sweep of loose files deletes them. Raises NotAllowed, NotFound, and NotNow
    while an order, a return, a refund or a case is under way, unless `regardless`.
    """
    actor.need("customers.erase")
    await _lock(session, customer_id)
    found = await person(session, customer_id, lock=True)
    under_way = await _under_way(session, found)
    if not regardless and any(under_way.values()):
        raise NotNow("privacy.under_way", **under_way)
    report = await _counted(session, found)
    await session.execute(typed(_LEAVE_SHARED), found.parameters() | {"shared": list(found.shared)})
    for name, held in HELD.items():
        if name == "identities":
            await _forget_identities(session, found)
        elif name == "customers" and not found.orders:
            await session.execute(typed("delete from customers where id = :customer"), found.parameters())
        else:
            await _work(session, name, held, found)
    record = Erasure(customer_id=customer_id, actor=actor.name, reason=reason, report=report)
    session.add(record)
    await session.flush()
    session.expire_all()
    await events.emit(session, kind="customer.erased", subject=("customer", customer_id), actor=actor.name)
    audit.record(session, actor=actor, action="erased", subject=("customer", customer_id), reason=reason)
    await session.refresh(record)
    return record


def erasures(actor: Actor) -> Select[tuple[Erasure]]:
    """The record of erasures. Raises NotAllowed."""
    actor.need("customers.erase")
    return select(Erasure)


async def _lock(session: AsyncSession, customer_id: UUID) -> None:
    """In the order of `conversations.sending.locks`: who writes, then what they wrote in."""
    for query in (
        "select id from identities where customer_id = :customer order by id for update",
        "select id from conversations where customer_id = :customer order by id for update",
    ):
        await session.execute(typed(query), {"customer": customer_id})


async def _under_way(session: AsyncSession, found: Person) -> dict[str, int]:
    return {name: await session.scalar(typed(query), found.parameters()) or 0 for name, query in _UNDER_WAY.items()}


async def _counted(session: AsyncSession, found: Person) -> Report:
    report: Report = {}
    for name, held in HELD.items():
        rows = await _count(session, name, held.where, found)
        if not rows:
            continue
        kept = held.blank is not None and not (name == "customers" and not found.orders)
        emptied = await _count(session, name, f"({held.where}) and {held.only}", found) if held.only else rows
        if not kept:
            report[name] = {"deleted": rows}
        elif held.blank:
            report[name] = {"deleted": rows - emptied, "emptied": emptied} if held.only else {"emptied": rows}
        else:
            report[name] = {"kept": rows}
        if kept and emptied and held.why:
            report[name]["why"] = held.why
    return report


async def _count(session: AsyncSession, name: str, where: str, found: Person) -> int:
    return await session.scalar(typed(f"select count(*) from {name} t where {where}"), found.parameters()) or 0  # noqa: S608


async def _work(session: AsyncSession, name: str, held: Held, found: Person) -> int:
    where = f"({held.where}) and {held.only}" if held.only else held.where
    if held.blank is None:
        statement = f"delete from {name} t where {where}"  # noqa: S608
    elif held.blank:
        values = ", ".join(f"{column} = {value}" for column, value in held.blank.items())
        statement = f"update {name} t set {values} where {where}"  # noqa: S608
    else:
        return 0
    result = await session.execute(typed(statement), found.parameters())
    return cast("CursorResult[Any]", result).rowcount


async def _forget_identities(session: AsyncSession, found: Person) -> None:
    await session.execute(typed(_EMPTY_IDENTITIES), found.parameters())
    await session.execute(
        typed("delete from identities where id = any(:identities) and kind <> 'erased'"), found.parameters()
    )
