"""Asking for a return or an exchange, and its way back to the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.catalogue.model import Variant
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.orders import repeats, values
from crm_backend.orders.doers import is_customer
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order
from crm_backend.orders.moving import refuse, web_address
from crm_backend.orders.telling import tell
from crm_backend.policies.allowed import FAULTS, allowed
from crm_backend.policies.schema import LineAllowed
from crm_backend.returns import photos
from crm_backend.returns.model import REASONS, Return, ReturnLine

STEPS: dict[str, frozenset[str]] = {
    "requested": frozenset({"labelled", "received", "cancelled"}),
    "labelled": frozenset({"received", "cancelled"}),
    "received": frozenset({"inspected"}),
    "inspected": frozenset({"refunded", "exchanged", "refused"}),
    "refunded": frozenset(),
    "exchanged": frozenset(),
    "refused": frozenset(),
    "cancelled": frozenset(),
}
"""The one table of what a return may become."""


@dataclass(frozen=True)
class Wanted:
    """Pieces of a line that are to come back; `variant_id` is what is wanted instead, in an exchange."""

    line_id: UUID
    quantity: int
    reason: str
    variant_id: UUID | None = None


async def request(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    lines: Sequence[Wanted],
    kind: str = "return",
    note: str = "",
    files: Sequence[UUID] = (),
    key: str | None = None,
    version: int | None = None,
) -> Return:
    """Asks for pieces of an order to be taken back or exchanged, where the policies let one. Customers may, their own.

    Faulty pieces are judged by the warranty, others by the days of the return policy. `files` are pictures that the
    actor uploaded, `version` is the order's. Raises NotFound, NotAllowed, Stale, Invalid and NotNow.
    """
    given = {"order": order_id, "kind": kind, "lines": [repr(each) for each in lines], "note": note}
    command = await repeats.begin(session, actor=actor, key=key, name="request_return", given=given)
    before = repeats.done(command, "return")
    order = await locked(session, order_id, actor=actor, version=None if before else version)
    if before is not None:
        return await found(session, before)
    if kind not in ("return", "exchange"):
        raise Invalid("kind", "not_choice", expected="return, exchange")
    said = {line.id: line for line in (await allowed(session, order)).lines}
    made = Return(
        id=new_id(),
        order_id=order.id,
        kind=kind,
        status="requested",
        note=values.text("note", note, longest=values.LONGEST_NOTE),
        requested_by=actor.name,
        lines=_lines(lines, said, kind),
    )
    await _check_variants(session, lines)
    session.add(made)
    await photos.keep(session, made, files, actor=actor)
    await tell(session, order, actor=actor, action=f"{kind}_requested", back=str(made.id))
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


def _lines(wanted: Sequence[Wanted], said: dict[UUID, LineAllowed], kind: str) -> list[ReturnLine]:
    if not wanted:
        raise Invalid("lines", "missing")
    made = [_line(at, each, said, kind) for at, each in enumerate(wanted)]
    if len({each.order_line_id for each in made}) < len(made):
        raise Invalid("lines", "listed_twice")
    return made


def _line(at: int, wanted: Wanted, said: dict[UUID, LineAllowed], kind: str) -> ReturnLine:
    where = f"lines.{at}"
    line = said.get(wanted.line_id)
    if line is None:
        raise Invalid(f"{where}.line_id", "unknown_line")
    if wanted.reason not in REASONS:
        raise Invalid(f"{where}.reason", "not_choice", expected=", ".join(REASONS))
    pieces = values.whole(f"{where}.quantity", wanted.quantity, least=1, most=values.MOST_PIECES)
    if wanted.variant_id is not None and kind != "exchange":
        raise Invalid(f"{where}.variant_id", "unknown_field")
    faulty = wanted.reason in FAULTS
    if not (line.back.allowed or (faulty and line.warranty.allowed)):
        refuse(line.warranty if faulty else line.back)
    if pieces > line.returnable:
        raise NotNow("more_than_bought", left=line.returnable)
    return ReturnLine(
        id=new_id(),
        order_line_id=wanted.line_id,
        position=at + 1,
        quantity=pieces,
        reason=wanted.reason,
        wanted_variant_id=wanted.variant_id,
    )


async def _check_variants(session: AsyncSession, lines: Sequence[Wanted]) -> None:
    wanted = {each.variant_id for each in lines if each.variant_id is not None}
    if not wanted:
        return
    there = set(await session.scalars(select(Variant.id).where(Variant.id.in_(wanted), Variant.available)))
    for at, each in enumerate(lines):
        if each.variant_id is not None and each.variant_id not in there:
            raise Invalid(f"lines.{at}.variant_id", "variant_gone")


async def label(
    session: AsyncSession,
    return_id: UUID,
    *,
    actor: Actor,
    carrier: str,
    reference: str,
    url: str | None = None,
    key: str | None = None,
    version: int | None = None,
) -> Return:
    """Notes the carrier's label with which the pieces come back: its reference, and where its picture is.

    Without a carrier's label, the slip of `returns.slip` goes into the parcel. Raises NotFound, NotAllowed, Stale,
    Invalid, NotNow.
    """
    given = {"return": return_id, "carrier": carrier, "reference": reference, "url": url}
    command = await repeats.begin(session, actor=actor, key=key, name="label_return", given=given)
    order, made = await held(session, return_id, actor=actor, version=version, repeated=command)
    if repeats.done(command, "return") is not None:
        return made
    made.carrier = values.text("carrier", carrier, needed=True)
    made.label_reference = values.text("reference", reference, needed=True)
    made.label_url = web_address("url", url) if url else None
    await step(session, order, made, "labelled", actor=actor)
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


async def receive(
    session: AsyncSession,
    return_id: UUID,
    *,
    actor: Actor,
    at: datetime | None = None,
    key: str | None = None,
    version: int | None = None,
) -> Return:
    """The parcel is back. Raises NotFound, NotAllowed, Stale, Invalid, NotNow."""
    command = await repeats.begin(
        session, actor=actor, key=key, name="receive_return", given={"return": return_id, "at": at}
    )
    order, made = await held(session, return_id, actor=actor, version=version, repeated=command)
    if repeats.done(command, "return") is not None:
        return made
    made.received_at = values.past("at", at)
    await step(session, order, made, "received", actor=actor)
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


async def cancel(
    session: AsyncSession, return_id: UUID, *, actor: Actor, key: str | None = None, version: int | None = None
) -> Return:
    """Calls a return off before it has come back. Customers may, their own. Raises NotFound, NotAllowed, Stale,
    NotNow."""
    command = await repeats.begin(session, actor=actor, key=key, name="cancel_return", given={"return": return_id})
    order, made = await held(session, return_id, actor=actor, version=version, repeated=command, customers=True)
    if repeats.done(command, "return") is None:
        made.closed_at = utc_now()
        await step(session, order, made, "cancelled", actor=actor)
        repeats.finish(command, order_id=order.id, **{"return": made.id})
        await session.flush()
    return made


async def held(
    session: AsyncSession,
    return_id: UUID,
    *,
    actor: Actor,
    version: int | None,
    repeated: object | None,
    customers: bool = False,
    permission: str = "orders.write",
) -> tuple[Order, Return]:
    """A return under the lock of its order. Raises NotFound, NotAllowed, and Stale unless it was done already."""
    if not (customers and is_customer(actor)):
        actor.need(permission)
    order_id = await session.scalar(select(Return.order_id).where(Return.id == return_id))
    if order_id is None:
        raise NotFound("no such return")
    order = await locked(session, order_id, actor=actor, permission=permission)
    made = await found(session, return_id)
    if not getattr(repeated, "result", None):
        expect(made, version)
    return order, made


async def step(session: AsyncSession, order: Order, made: Return, to: str, *, actor: Actor) -> None:
    """Puts a return into another status. Raises NotNow when the table has no such step."""
    before = made.status
    if to not in STEPS[before]:
        raise NotNow("return_status", step=before)
    made.status = to
    action, back = f"return_{to}", str(made.id)
    await tell(session, order, actor=actor, action=action, old={"step": before}, new={"step": to}, back=back)


async def found(session: AsyncSession, return_id: UUID) -> Return:
    """A return with its lines. Raises NotFound."""
    made = await session.scalar(
        select(Return)
        .where(Return.id == return_id)
        .options(selectinload(Return.lines).joinedload(ReturnLine.line))
        .execution_options(populate_existing=True)
    )
    if made is None:
        raise NotFound("no such return")
    return made
