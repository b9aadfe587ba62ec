"""An order of a scenario, brought to its stage as the shop would: paid, sent, delivered, sent back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import opening
from crm_backend.cases.schema import NewCase
from crm_backend.catalogue.model import Product, Variant
from crm_backend.database import utc_now
from crm_backend.orders import creating, moving, tracking
from crm_backend.orders.model import Order
from crm_backend.payments import services as payments
from crm_backend.returns import closing
from crm_backend.returns import services as returns
from tests.support import days
from tests.support.scenarios.made import Numbers, Person, World

ON_THE_WAY = ("shipped", "out_for_delivery", "delivered", "lost")
SENT = 490


async def add(
    session: AsyncSession,
    world: World,
    key: str,
    told: dict[str, Any],
    person: Person,
    address: dict[str, str],
    numbers: Numbers,
) -> None:
    """An order of `person`, known by `key`, with its returns and its case."""
    number, status = numbers.next(), told.get("status", "paid")
    placed = utc_now() - timedelta(days=told.get("days", 10), hours=2)
    lines = [await line(session, each) for each in told.get("lines", ["LMP"])]
    total = sum(each.quantity * each.unit_price_minor for each in lines) + SENT
    new = creating.NewOrder(
        number=number,
        customer_id=person.id,
        currency="EUR",
        total_minor=total,
        lines=lines,
        address=address,
        shipping_minor=SENT,
        placed_at=placed,
    )
    order = await creating.create(session, new, actor=SYSTEM)
    if status != "placed":
        await payments.pay(
            session,
            order.id,
            actor=SYSTEM,
            method="card",
            reference=f"card {number}",
            amount_minor=total,
            currency="EUR",
        )
    await _move(session, order, status, placed, told)
    await session.refresh(order, ["lines", "shipments"])
    if "due" in told and order.shipments:
        day = days.today() + timedelta(days=told["due"])
        order.shipments[0].expected_from = order.shipments[0].expected_to = day
        await session.flush()
    world.rows[key] = order.id
    world.rows |= {f"{key}.{at}": each.id for at, each in enumerate(order.lines)}
    world.known |= {key: number, f"{key}.total": total, f"{key}.goods": total - SENT}
    for at, each in enumerate(order.lines):
        world.known |= {f"{key}.{at}.price": each.unit_price_minor, f"{key}.{at}.name": each.names["fr"]}
        world.known[f"{key}.{at}.name_en"] = each.names["en"]
    world.numbers[number] = person.name
    if order.shipments and order.shipments[0].tracking_number:
        world.known[f"{key}.parcel"] = person.secrets[f"parcel {key}"] = order.shipments[0].tracking_number
    if "returned" in told:
        await _returned(session, world, key, order, told["returned"])
    if "case" in told:
        new_case = NewCase(type_key=told["case"]["type"], tags=[told["case"]["tag"]] if "tag" in told["case"] else ())
        opened = await opening.open_from_order(session, order, actor=SYSTEM, new=new_case)
        world.known["case"], world.rows["case"] = opened.number, opened.id


async def _move(session: AsyncSession, order: Order, status: str, placed: datetime, told: dict[str, Any]) -> None:
    """Takes an order that is paid to where it is to be."""
    if status in ON_THE_WAY:
        days = told.get("days", 10)
        left = placed + timedelta(days=min(1, days / 4))
        parcel = told.get("parcel")
        number = f"XS{random.Random(order.number).randrange(10**9):09}FR" if parcel is True else parcel
        await moving.ship(session, order.id, actor=SYSTEM, carrier="Colissimo", tracking_number=number, shipped_at=left)
        if status != "shipped":
            there = placed + timedelta(days=told.get("took", min(3, days / 2)))
            await tracking.report(session, order.shipments[0].id, actor=SYSTEM, code=status, at=there)
    elif status == "preparing":
        await moving.prepare(session, order.id, actor=SYSTEM)
    elif status == "cancelled":
        await moving.cancel(session, order.id, actor=SYSTEM, reason="changed_mind")


async def line(session: AsyncSession, written: str) -> creating.NewLine:
    """A line of an order: `MUG*2` is two pieces of the first version of the mug that can be had."""
    code, _, pieces = written.partition("*")
    query = select(Product).where(Product.external_id == code.split("-")[0]).options(selectinload(Product.variants))
    product = (await session.scalars(query)).one()
    versions = sorted(product.variants, key=lambda each: (not each.available, str(each.external_id)))
    found: Variant = next(each for each in versions if code in (product.external_id, each.external_id))
    return creating.NewLine(
        int(pieces or 1), found.price_minor, variant_id=found.id, names=product.names, options=found.options
    )


async def _returned(session: AsyncSession, world: World, key: str, order: Order, told: dict[str, Any]) -> None:
    places, reason = told.get("lines", [0]), told.get("reason", "changed_mind")
    lines = [returns.Wanted(order.lines[at].id, order.lines[at].quantity, reason) for at in places]
    made = await returns.request(session, order.id, actor=SYSTEM, lines=lines, kind=told.get("kind", "return"))
    world.rows[f"{key}.return"] = made.id
    world.known[f"{key}.return"] = made.reference
    steps = ("requested", "received", "inspected", "refunded")
    reached = steps.index(told.get("status", "requested"))
    if reached >= 1:
        await returns.receive(session, made.id, actor=SYSTEM)
    if reached >= 2:
        verdicts = [closing.Verdict(order.lines[at].id, order.lines[at].quantity) for at in places]
        await closing.inspect(session, made.id, actor=SYSTEM, verdicts=verdicts)
    if reached >= 3:
        await closing.pay_back(session, made.id, actor=SYSTEM)
