"""Commands that carry an order on: prepare, ship, cancel, change the address, give up for lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.orders import repeats, values
from crm_backend.orders.doers import is_customer
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order, Shipment, TrackingEvent
from crm_backend.orders.telling import tell
from crm_backend.orders.transitions import move, of_parcels
from crm_backend.payments import refunds
from crm_backend.policies.allowed import allowed
from crm_backend.policies.schema import Decision

CANCEL_REASONS = ("changed_mind", "ordered_twice", "too_late", "out_of_stock", "not_paid", "fraud", "other")


async def prepare(
    session: AsyncSession, order_id: UUID, *, actor: Actor, key: str | None = None, version: int | None = None
) -> Order:
    """The warehouse has begun. Raises NotFound, NotAllowed, Stale, NotNow."""
    command = await repeats.begin(session, actor=actor, key=key, name="prepare", given={"order": order_id})
    order = await locked(session, order_id, actor=actor, version=None if repeats.done(command, "order") else version)
    _staff(actor)
    if repeats.done(command, "order") is None:
        await _moved(session, order, "preparing", actor=actor, action="preparing")
        repeats.finish(command, order_id=order.id, order=order.id)
        await session.flush()
    return order


async def ship(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    carrier: str,
    tracking_number: str | None = None,
    tracking_url: str | None = None,
    shipped_at: datetime | None = None,
    key: str | None = None,
    version: int | None = None,
) -> Order:
    """A parcel has left: the one that was being prepared, or a further one. Its customer is told of it, as of every
    parcel that leaves. Raises NotFound, NotAllowed, Stale, Invalid, NotNow."""
    given = {"order": order_id, "carrier": carrier, "number": tracking_number, "at": shipped_at, "url": tracking_url}
    command = await repeats.begin(session, actor=actor, key=key, name="ship", given=given)
    done = repeats.done(command, "order")
    order = await locked(session, order_id, actor=actor, version=None if done else version)
    _staff(actor)
    if done is not None:
        return order
    found: dict[str, Any] = {
        "carrier": values.text("carrier", carrier, needed=True),
        "tracking_number": values.text("tracking_number", tracking_number, needed=True) if tracking_number else None,
        "tracking_url": web_address("tracking_url", tracking_url) if tracking_url else None,
        "shipped_at": values.past("shipped_at", shipped_at),
    }
    if order.status not in ("shipped", "out_for_delivery"):
        await _moved(session, order, "shipped", actor=actor, action="shipped")
    else:
        await tell(session, order, actor=actor, action="shipped")
    shipment = _parcel(order, found["tracking_number"])
    shipment.status = "shipped"
    for name, value in found.items():
        setattr(shipment, name, value)
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


def _parcel(order: Order, number: str | None) -> Shipment:
    """The parcel that waits under this tracking number, or without any; else a new one. Raises Invalid for a number
    that has left."""
    waiting = [each for each in order.shipments if each.status == "preparing"]
    for shipment in waiting:
        if shipment.tracking_number == number:
            return shipment
    if number is not None and any(each.tracking_number == number for each in order.shipments):
        raise Invalid("tracking_number", "given_twice")
    for shipment in waiting:
        if shipment.tracking_number is None:
            return shipment
    made = Shipment(id=new_id(), events=[])
    order.shipments.append(made)
    return made


async def cancel(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    reason: str,
    note: str = "",
    key: str | None = None,
    version: int | None = None,
) -> Order:
    """Calls an order off, as long as the policy lets one; what was paid goes back. Customers may, their own.

    Raises NotFound, NotAllowed, Stale, Invalid, NotNow.
    """
    given = {"order": order_id, "reason": reason, "note": note}
    command = await repeats.begin(session, actor=actor, key=key, name="cancel", given=given)
    done = repeats.done(command, "order")
    order = await locked(session, order_id, actor=actor, version=None if done else version)
    if done is not None:
        return order
    if reason not in CANCEL_REASONS:
        raise Invalid("reason", "not_choice", expected=", ".join(CANCEL_REASONS))
    note = values.text("note", note, longest=values.LONGEST_NOTE)
    said = await allowed(session, order)
    refuse(said.cancel)
    await _moved(session, order, "cancelled", actor=actor, action="cancelled", reason=reason)
    if said.refundable_minor:
        await refunds.refund_all(session, order, actor=actor, reason="cancelled", note=note)
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


async def change_address(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    address: Mapping[str, object],
    key: str | None = None,
    version: int | None = None,
) -> Order:
    """Sends an order somewhere else, as long as the policy lets one. Customers may, their own, within its country: what
    another costs and takes, people say.

    Raises NotFound, NotAllowed, Stale, Invalid, NotNow.
    """
    given = {"order": order_id, "address": dict(address)}
    command = await repeats.begin(session, actor=actor, key=key, name="change_address", given=given)
    done = repeats.done(command, "order")
    order = await locked(session, order_id, actor=actor, version=None if done else version)
    if done is not None:
        return order
    found = values.address(address)
    refuse((await allowed(session, order)).change_address)
    if is_customer(actor) and found["country"] != order.ship_country:
        raise NotNow("address_abroad")
    old = {name: getattr(order, f"ship_{name}") for name in found}
    for name, value in found.items():
        setattr(order, f"ship_{name}", value)
    await tell(session, order, actor=actor, action="address_changed", old=old, new=found)
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


async def mark_lost(
    session: AsyncSession, order_id: UUID, *, actor: Actor, key: str | None = None, version: int | None = None
) -> Order:
    """Gives up for lost the parcels that are still under way. Raises NotFound, NotAllowed, Stale, NotNow."""
    command = await repeats.begin(session, actor=actor, key=key, name="mark_lost", given={"order": order_id})
    done = repeats.done(command, "order")
    order = await locked(session, order_id, actor=actor, version=None if done else version)
    _staff(actor)
    if done is not None:
        return order
    under_way = [each for each in order.shipments if each.status in ("shipped", "out_for_delivery")]
    if order.shipments and not under_way:
        raise NotNow("order_status", status=order.status, to="lost")
    for shipment in under_way:
        shipment.status = "lost"
        shipment.events.append(TrackingEvent(id=new_id(), at=utc_now(), code="lost", place=""))
    await follow(session, order, actor=actor, at_least="lost")
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


async def follow(session: AsyncSession, order: Order, *, actor: Actor, at_least: str | None = None) -> None:
    """Makes an order what its parcels say, where the table of transitions has that step."""
    to = of_parcels([each.status for each in order.shipments]) or at_least
    if to is not None and to != order.status:
        await _moved(session, order, to, actor=actor, action=to)


async def _moved(session: AsyncSession, order: Order, to: str, *, actor: Actor, action: str, **details: object) -> None:
    before = order.status
    move(order, to)
    await tell(session, order, actor=actor, action=action, old={"status": before}, new={"status": to}, **details)


def refuse(decision: Decision) -> None:
    """Raises NotNow with the reason when something is not allowed."""
    if not decision.allowed:
        raise NotNow(decision.reason or "order_status", **decision.facts)


def _staff(actor: Actor) -> None:
    if is_customer(actor):
        actor.need("orders.write")


def web_address(field: str, value: str) -> str:
    """An address on the web that may be put into a link. Raises Invalid."""
    found = values.text(field, value, longest=500, needed=True)
    if not found.startswith("https://") or any(letter.isspace() for letter in found):
        raise Invalid(field, "web_address")
    return found
