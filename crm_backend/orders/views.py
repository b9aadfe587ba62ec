"""Orders with their lines, parcels and what carriers reported, read as values: one statement for all of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.schema import PROOF_ORDER, at_least
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders.schema import OrderView

MOST: Final = 20
ENOUGH: Final = "channel"
"""The proof from which a customer is told of their orders: the platform vouches for an address that this customer alone
has on file."""

_VIEW = """
select o.*, json_build_object(
    'id', id, 'number', number, 'status', status, 'placed_at', placed_at, 'total_minor', total_minor,
    'currency', currency,
    'lines', coalesce((
        select json_agg(json_build_object(
            'names', names, 'options', options, 'quantity', quantity, 'unit_price_minor', unit_price_minor
        ) order by position) from order_lines where order_id = o.id), '[]'),
    'shipments', coalesce((
        select json_agg(json_build_object(
            'carrier', carrier, 'tracking_number', tracking_number, 'tracking_url', tracking_url, 'status', s.status,
            'shipped_at', shipped_at, 'expected_from', expected_from, 'expected_to', expected_to,
            'delivered_at', delivered_at,
            'events', coalesce((
                select json_agg(json_build_object('at', at, 'code', code, 'place', place) order by at)
                from tracking_events where shipment_id = s.id), '[]')
        ) order by s.created_at) from shipments s where order_id = o.id), '[]')
) as view from orders o"""
_NEWEST = "placed_at desc nulls last, number_key desc"
_OF_CUSTOMER = text(f"""
select cast(json_agg(view order by {_NEWEST}) as text)
from ({_VIEW} where customer_id = :customer order by {_NEWEST} limit :limit) theirs
""")  # noqa: S608  two texts from above
_TELLING = ", ".join(f"'{level}'" for level in PROOF_ORDER if at_least(level, ENOUGH))
_THEIRS = """
select c.customer_id, c.proof, (
    select cast(json_agg(view order by {newest}) as text)
    from ({view} where customer_id = c.customer_id and c.proof in ({telling}) and {which}) theirs
) as orders from conversations c where c.id = :conversation
"""
_PARTS = {"newest": _NEWEST, "view": _VIEW, "telling": _TELLING}
_NUMBERED = text(_THEIRS.format(which="number_key = :key and number_key <> ''", **_PARTS))
_ALL = text(_THEIRS.format(which=f"true order by {_NEWEST} limit :limit", **_PARTS))
_LISTED: Final = TypeAdapter(list[OrderView])


async def numbered(session: AsyncSession, *, conversation_id: UUID, key: str) -> OrderView | None:
    """The order with this key, if it is one of the conversation's customer. Raises NotFound, NotProved."""
    found = await _theirs(session, _NUMBERED, conversation=conversation_id, key=key)
    return found[0] if found else None


async def newest(session: AsyncSession, *, conversation_id: UUID, limit: int = MOST) -> list[OrderView]:
    """The orders of the conversation's customer, newest first; those without a date last. Raises NotFound,
    NotProved."""
    return await _theirs(session, _ALL, conversation=conversation_id, limit=limit)


async def of_customer(session: AsyncSession, *, customer_id: UUID, limit: int = MOST) -> list[OrderView]:
    """A customer's orders, newest first; those without a date last."""
    return _read(await session.scalar(_OF_CUSTOMER, {"customer": customer_id, "limit": limit}))


async def _theirs(session: AsyncSession, statement: TextClause, **values: object) -> list[OrderView]:
    row = (await session.execute(statement, values)).one_or_none()
    if row is None:
        raise NotFound("no such conversation")
    if row.customer_id is None or not at_least(row.proof, ENOUGH):
        raise NotProved(f"needs {ENOUGH}")
    return _read(row.orders)


def _read(listed: str | None) -> list[OrderView]:
    return _LISTED.validate_json(listed) if listed else []
