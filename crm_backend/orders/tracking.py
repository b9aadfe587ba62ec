"""What carriers report: each report moves its parcel and the order; late and repeated ones do no harm."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotFound
from crm_backend.orders import repeats, values
from crm_backend.orders.doers import is_customer
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order, Shipment, TrackingEvent
from crm_backend.orders.moving import follow
from crm_backend.orders.telling import tell
from crm_backend.orders.transitions import ALLOWED, REPORTED, SHIPMENT, of_parcels

_ENDED = ("cancelled", "returned")


async def report(
    session: AsyncSession,
    shipment_id: UUID,
    *,
    actor: Actor,
    code: str,
    at: datetime | None = None,
    place: str = "",
    key: str | None = None,
) -> Order:
    """Stores a carrier's report, and makes parcel and order what it says.

    The same report again (code and instant) changes nothing. One that comes late is kept in its place, and undoes
    nothing that happened after it. Raises NotFound, NotAllowed and Invalid.
    """
    if is_customer(actor):
        actor.need("orders.write")
    if code not in REPORTED:
        raise Invalid("code", "not_choice", expected=", ".join(REPORTED))
    happened = values.past("at", at)
    place = values.text("place", place)
    given = {"shipment": shipment_id, "code": code, "at": at, "place": place}
    command = await repeats.begin(session, actor=actor, key=key, name="report", given=given)
    order_id = await session.scalar(select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        actor.need("orders.write")
        raise NotFound("no such shipment")
    order = await locked(session, order_id, actor=actor)
    if repeats.done(command, "order") is not None:
        return order
    shipment = next(each for each in order.shipments if each.id == shipment_id)
    if not any((event.code, event.at) == (code, happened) for event in shipment.events):
        await _reported(session, order, shipment, actor=actor, event=(code, happened, place))
    repeats.finish(command, order_id=order.id, order=order.id)
    await session.flush()
    return order


async def _reported(
    session: AsyncSession, order: Order, shipment: Shipment, *, actor: Actor, event: tuple[str, datetime, str]
) -> None:
    code, at, place = event
    latest = max((each.at for each in shipment.events if REPORTED[each.code]), default=None)
    shipment.events.append(TrackingEvent(id=new_id(), code=code, at=at, place=place))
    status = REPORTED[code]
    if status is None or order.status in _ENDED:
        return
    if status != "lost":
        shipment.shipped_at = min(shipment.shipped_at or at, at)
    known = max((each for each in (latest, shipment.delivered_at) if each is not None), default=at)
    if at < known or status not in SHIPMENT[shipment.status]:
        return
    shipment.status = status
    if status == "delivered":
        shipment.delivered_at = at
    to = of_parcels([each.status for each in order.shipments])
    if to in ALLOWED[order.status]:
        await follow(session, order, actor=actor)
    else:
        await tell(session, order, actor=actor, action="tracked", code=code)
