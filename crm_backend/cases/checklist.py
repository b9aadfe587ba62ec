"""What has to be done for a case, item by item: by whom it was done, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import events, rows, values
from crm_backend.cases.model import Case, CaseItem
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotNow

MOST = 100
LONGEST = 300


async def items(session: AsyncSession, case_id: UUID, *, actor: Actor) -> list[CaseItem]:
    """The items of a case, in order. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(CaseItem).where(CaseItem.case_id == case_id).order_by(CaseItem.position, CaseItem.id)
    return list(await session.scalars(query))


async def add(
    session: AsyncSession,
    case_id: UUID,
    *,
    actor: Actor,
    texts: Mapping[str, str],
    required: bool = False,
    now: datetime | None = None,
) -> CaseItem:
    """A new item, the last of its case. Raises NotFound, NotAllowed, Invalid, NotNow when there are too many."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    counted = select(func.count(), func.max(CaseItem.position)).where(CaseItem.case_id == case.id)
    count, last = (await session.execute(counted)).one()
    if count >= MOST:
        raise NotNow("case_too_many_items", most=MOST)
    item = CaseItem(
        case_id=case.id,
        position=0 if last is None else last + 1,
        texts=values.both("texts", texts, most=LONGEST),
        required=values.boolean("required", required),
    )
    session.add(item)
    await session.flush()
    await _told(session, case, actor, "item_added", item, now)
    return item


async def change(
    session: AsyncSession,
    case_id: UUID,
    item_id: UUID,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    now: datetime | None = None,
) -> CaseItem:
    """Changes `texts`, `required`, `position` or `done` of an item; who has it done is kept with the hour.

    Raises NotFound, NotAllowed, Invalid.
    """
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    item = await _item(session, case, item_id)
    now = now or utc_now()
    told: dict[str, Any] = {}
    for name, value in changes.items():
        old: Any
        new: Any
        if name == "texts":
            old, new = item.texts, values.both(name, value, most=LONGEST)
            item.texts = new
        elif name == "required":
            old, new = item.required, values.boolean(name, value)
            item.required = new
        elif name == "position":
            old, new = item.position, values.number(name, value, least=0, most=10_000)
            item.position = new
        elif name == "done":
            old, new = item.done_at is not None, values.boolean(name, value)
            if old != new:
                item.done_at, item.done_by = (now, actor.name) if new else (None, None)
        else:
            raise Invalid(name, "case_unknown_field")
        if old != new:
            told[name] = {"old": old, "new": new}
    if told:
        await session.flush()
        await _told(session, case, actor, "item_changed", item, now, told)
    return item


async def remove(
    session: AsyncSession, case_id: UUID, item_id: UUID, *, actor: Actor, now: datetime | None = None
) -> None:
    """Takes an item away. Raises NotFound, NotAllowed, and NotNow for a required one, which only those who configure
    cases may take away."""
    actor.need("cases.write")
    case = await rows.locked(session, case_id)
    item = await _item(session, case, item_id)
    if item.required and not actor.may("cases.configure"):
        raise NotNow("case_item_required")
    await session.delete(item)
    await _told(session, case, actor, "item_removed", item, now, {"texts": {"old": item.texts, "new": None}})


async def _item(session: AsyncSession, case: Case, item_id: UUID) -> CaseItem:
    item = await session.get(CaseItem, item_id)
    if item is None or item.case_id != case.id:
        raise NotFound("no such item")
    return item


async def _told(
    session: AsyncSession,
    case: Case,
    actor: Actor,
    action: str,
    item: CaseItem,
    now: datetime | None,
    changes: dict[str, Any] | None = None,
) -> None:
    case.updated_at = now or utc_now()
    await events.happened(
        session, case, actor=actor, action=action, at=case.updated_at, changes=changes, item_id=str(item.id)
    )
