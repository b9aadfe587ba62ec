"""Looking through orders: by what they are, in as many queries however many there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotAllowed, NotFound
from crm_backend.orders import queries
from crm_backend.orders.doers import customer_actor
from tests.support import shop


@asynccontextmanager
async def counted(crm: AsyncSession) -> AsyncIterator[list[str]]:
    """The statements sent meanwhile."""
    await crm.flush()
    crm.expunge_all()
    connection = (await crm.connection()).sync_connection
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


async def test_a_list_takes_as_many_queries_for_one_as_for_many(crm: AsyncSession) -> None:
    orders = [await shop.delivered(crm) for _ in range(4)]
    counts = []
    for limit in (1, 4):
        async with counted(crm) as seen:
            rows = (await crm.scalars(queries.orders(SYSTEM).limit(limit))).all()
            assert [each.lines[0].quantity for each in rows] == [2] * limit
            said = await queries.allowed_for_each(crm, [each.number for each in orders[:limit]], actor=SYSTEM)
            assert all(each.back.allowed for each in said.values()) and len(said) == limit
        counts.append(len(seen))
    # Orders, lines, parcels, reports; and what is allowed.
    assert counts == [5, 5]


async def test_filters(crm: AsyncSession) -> None:
    order, other = await shop.paid(crm, external_id="X-1"), await shop.order(crm, address=shop.BRISTOL)
    now = utc_now()
    for filters, found in (
        ({"number": f"#{order.number.lower()}"}, [order]),
        ({"number": "X-1"}, [order]),
        ({"external_id": "X-1"}, [order]),
        ({"customer_id": other.customer_id}, [other]),
        ({"status": ["placed"]}, [other]),
        ({"status": ["placed", "paid"], "country": "GB"}, [other]),
        ({"placed_from": now - timedelta(minutes=5), "placed_to": now + timedelta(minutes=5)}, [order, other]),
        ({"placed_from": now + timedelta(minutes=5)}, []),
    ):
        rows = await crm.scalars(queries.orders(SYSTEM, **filters).order_by(queries.PLACED))
        assert [each.id for each in rows] == [each.id for each in found], filters


async def test_who_may_read(crm: AsyncSession) -> None:
    order = await shop.order(crm)
    assert (
        await queries.allowed_for(crm, order.id, actor=customer_actor(order.customer_id, origin="portal"))
    ).cancel.allowed
    for actor, error in (
        (customer_actor(new_id(), origin="portal"), NotFound),
        (Actor("key:x"), NotAllowed),
    ):
        with pytest.raises(error):
            await queries.order(crm, order.id, actor=actor)
        with pytest.raises(error):
            await queries.allowed_for_each(crm, [order.number], actor=actor)
    own = customer_actor(order.customer_id, origin="portal")
    assert list(await queries.allowed_for_each(crm, [order.number], actor=own)) == [order.number]
    with pytest.raises(NotFound):
        await queries.order(crm, new_id(), actor=SYSTEM)
    with pytest.raises(NotAllowed):
        queries.orders(Actor("key:x"))
