"""What becomes of goods that came back: inspection, then the money or the replacement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.catalogue.model import Variant
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.orders import creating, repeats, values
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order
from crm_backend.orders.telling import tell
from crm_backend.orders.transitions import ALLOWED, move
from crm_backend.payments import refunds
from crm_backend.payments.model import Payment
from crm_backend.policies import kinds
from crm_backend.policies.allowed import FAULTS, arrived_at, refundable
from crm_backend.policies.services import in_force
from crm_backend.returns.model import Return
from crm_backend.returns.services import held, step
from crm_backend.returns.worth import all_back, cheaper, worth


@dataclass(frozen=True)
class Verdict:
    """How many pieces of a line are taken back, and why the others are not."""

    line_id: UUID
    accepted: int
    refused_because: str = ""


async def inspect(
    session: AsyncSession,
    return_id: UUID,
    *,
    actor: Actor,
    verdicts: Sequence[Verdict],
    key: str | None = None,
    version: int | None = None,
) -> Return:
    """Notes for every line how many pieces are taken back; when none is, the return is over, `refused`.

    Raises NotFound, NotAllowed, Stale, Invalid, NotNow.
    """
    given = {"return": return_id, "verdicts": [repr(each) for each in verdicts]}
    command = await repeats.begin(session, actor=actor, key=key, name="inspect_return", given=given)
    order, made = await held(session, return_id, actor=actor, version=version, repeated=command)
    if repeats.done(command, "return") is not None:
        return made
    _judge(made, verdicts)
    made.inspected_at = utc_now()
    await step(session, order, made, "inspected", actor=actor)
    if not any(line.accepted for line in made.lines):
        made.closed_at = made.inspected_at
        await step(session, order, made, "refused", actor=actor)
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


def _judge(made: Return, verdicts: Sequence[Verdict]) -> None:
    by_line = {each.line_id: (at, each) for at, each in enumerate(verdicts)}
    if len(by_line) < len(verdicts):
        raise Invalid("lines", "listed_twice")
    known = {line.order_line_id for line in made.lines}
    for line_id, (at, _) in by_line.items():
        if line_id not in known:
            raise Invalid(f"lines.{at}.line_id", "unknown_line")
    for line in made.lines:
        if line.order_line_id not in by_line:
            raise Invalid("lines", "missing")
        at, verdict = by_line[line.order_line_id]
        line.accepted = values.whole(f"lines.{at}.accepted", verdict.accepted, least=0, most=line.quantity)
        short = line.accepted < line.quantity
        line.refused_because = values.text(f"lines.{at}.refused_because", verdict.refused_because, needed=short) or None


async def pay_back(
    session: AsyncSession, return_id: UUID, *, actor: Actor, key: str | None = None, version: int | None = None
) -> Return:
    """Refunds the accepted pieces; when the whole order has come back in time, all that is left of what was paid.

    Raises NotFound, NotAllowed, Stale, and NotNow.
    """
    command = await repeats.begin(session, actor=actor, key=key, name="refund_return", given={"return": return_id})
    order, made = await held(
        session, return_id, actor=actor, version=version, repeated=command, permission="orders.refund"
    )
    if repeats.done(command, "return") is not None:
        return made
    made.closed_at = utc_now()
    await step(session, order, made, "refunded", actor=actor)
    await session.flush()
    await _money_back(session, order, made, actor=actor)
    await _end(session, order, actor=actor)
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


async def exchange(
    session: AsyncSession, return_id: UUID, *, actor: Actor, key: str | None = None, version: int | None = None
) -> Return:
    """Makes the order that replaces the accepted pieces of an exchange, linked to the first.

    It costs the difference when what is wanted is dearer, and nothing otherwise; what it is cheaper by goes back.
    Raises NotFound, NotAllowed, Stale, and NotNow.
    """
    command = await repeats.begin(session, actor=actor, key=key, name="exchange_return", given={"return": return_id})
    order, made = await held(session, return_id, actor=actor, version=version, repeated=command)
    if repeats.done(command, "return") is not None:
        return made
    if made.kind != "exchange":
        raise NotNow("not_an_exchange")
    made.closed_at = utc_now()
    await step(session, order, made, "exchanged", actor=actor)
    lines, dearer = await _replacing(session, order, made)
    replacement = await creating.create(session, _replacement(order, made, lines, dearer), actor=actor)
    made.replacement_id = replacement.id
    amount = min(await cheaper(session, order, max(0, -dearer)), await refundable(session, order.id))
    if amount:
        await refunds.make(session, order, actor=actor, amount=amount, reason="returned", return_id=made.id)
    await tell(session, order, actor=actor, action="replaced", back=str(made.id), replacement=str(replacement.id))
    repeats.finish(command, order_id=order.id, **{"return": made.id})
    await session.flush()
    return made


async def _replacing(session: AsyncSession, order: Order, made: Return) -> tuple[list[creating.NewLine], int]:
    """The lines of the replacement, and by how much they are dearer than what came back."""
    wanted = {line.wanted_variant_id for line in made.lines if line.wanted_variant_id}
    rows = await session.scalars(select(Variant).where(Variant.id.in_(wanted))) if wanted else ()
    variants: Mapping[UUID, Variant] = {variant.id: variant for variant in rows}
    lines, dearer = [], 0
    for line in made.lines:
        if not line.accepted:
            continue
        old, variant = line.line, variants.get(line.wanted_variant_id) if line.wanted_variant_id else None
        if variant is None or variant.id == old.variant_id:
            new = creating.NewLine(
                line.accepted, old.unit_price_minor, old.variant_id, old.names, old.options, old.vat_rate
            )
        elif variant.currency != order.currency:
            # The catalogue's price is in another currency than the order's: another version for the same price.
            new = creating.NewLine(line.accepted, old.unit_price_minor, variant.id)
        else:
            new = creating.NewLine(line.accepted, variant.price_minor, variant.id)
        lines.append(new)
        dearer += (new.unit_price_minor - old.unit_price_minor) * line.accepted
    return lines, dearer


def _replacement(order: Order, made: Return, lines: list[creating.NewLine], dearer: int) -> creating.NewOrder:
    total = max(0, dearer)
    return creating.NewOrder(
        # A return has one replacement at most, so its own number tells it from any other of the order's.
        number=f"{order.number[:40]}-E{made.id.hex[-8:].upper()}",
        customer_id=order.customer_id,
        currency=order.currency,
        total_minor=total,
        discount_minor=sum(line.quantity * line.unit_price_minor for line in lines) - total,
        lines=lines,
        address={name: getattr(order, f"ship_{name}") for name in values.ADDRESS},
        replaces_id=order.id,
    )


async def _money_back(session: AsyncSession, order: Order, made: Return, *, actor: Actor) -> None:
    """Refunds what a return is worth from what was paid for its order, and, of a replacement, for the order that it
    replaces. Raises NotNow when nothing is left of either.

    An order is locked before the one it replaces, and never the other way round.
    """
    due, payer, any_back = await worth(session, order, made), order, False
    if order.replaces_id is not None:
        # What the replacement was dearer by and is still owed was never paid to anybody.
        paid = await session.scalar(select(func.sum(Payment.amount_minor)).where(Payment.order_id == order.id)) or 0
        due = max(0, due - max(0, order.total_minor - int(paid)))
    faulty = all(line.reason in FAULTS for line in made.lines)
    whole = await all_back(session, order) and await sending_too(
        session, order, faulty=faulty, asked_at=made.created_at
    )
    while True:
        there = await refundable(session, payer.id)
        amount = there if whole and payer is order else min(due, there)
        if amount:
            await refunds.make(session, payer, actor=actor, amount=amount, reason="returned", return_id=made.id)
            due, any_back = due - amount, True
        if due <= 0 or payer.replaces_id is None:
            break
        payer = await locked(session, payer.replaces_id, actor=actor, permission="orders.refund")
    if not any_back:
        raise NotNow("nothing_to_refund")


async def sending_too(session: AsyncSession, order: Order, *, faulty: bool, asked_at: datetime) -> bool:
    """Whether what sending the order cost goes back with its last piece (directive 2011/83/EU, article 13): of a return
    that was asked for then, of faulty goods or not."""
    if faulty:
        return True
    book = await in_force(session, order.placed_at or order.created_at)
    arrived = arrived_at(order)
    days = timedelta(days=book.of(kinds.Refund).sending_days + 1)
    return arrived is not None and asked_at < arrived + days


async def _end(session: AsyncSession, order: Order, *, actor: Actor) -> None:
    if "returned" in ALLOWED[order.status] and await all_back(session, order):
        before = order.status
        move(order, "returned")
        change = {"old": {"status": before}, "new": {"status": "returned"}}
        await tell(session, order, actor=actor, action="returned", **change)
