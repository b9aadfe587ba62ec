"""Money that goes back: never more than was paid, and to where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.gift_cards import services as gift_cards
from crm_backend.orders import repeats, values
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order
from crm_backend.orders.telling import tell
from crm_backend.payments.model import GIFT_CARD, Payment, Refund, RefundPart
from crm_backend.policies import kinds
from crm_backend.policies.services import Book, in_force

REASONS = ("cancelled", "returned", "lost", "damaged", "late", "price", "goodwill", "other")


async def refund(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    amount_minor: int | None = None,
    reason: str,
    note: str = "",
    key: str | None = None,
    version: int | None = None,
) -> Refund:
    """Sends back an amount, or all that was paid. Raises NotFound, NotAllowed, Stale, Invalid, and NotNow for more
    than there is."""
    given = {"order": order_id, "amount": amount_minor, "reason": reason, "note": note}
    command = await repeats.begin(session, actor=actor, key=key, name="refund", given=given)
    done = repeats.done(command, "refund")
    # Not for customers: what goes back to them follows from a cancellation or a return.
    actor.need("orders.refund")
    order = await locked(session, order_id, actor=actor, permission="orders.refund", version=None if done else version)
    if done is not None:
        return await found(session, done)
    if reason not in REASONS:
        raise Invalid("reason", "not_choice", expected=", ".join(REASONS))
    amount = None if amount_minor is None else values.amount("amount_minor", amount_minor)
    made = await make(session, order, actor=actor, amount=amount, reason=reason, note=note)
    repeats.finish(command, order_id=order.id, refund=made.id)
    await session.flush()
    return made


async def refund_all(session: AsyncSession, order: Order, *, actor: Actor, reason: str, note: str = "") -> Refund:
    """Sends back all that was paid for an order that the caller holds locked and has decided on."""
    return await make(session, order, actor=actor, amount=None, reason=reason, note=note)


def due_on(book: Book) -> date:
    """The day by which what is sent back now has arrived, by the policies of the order's day."""
    return (utc_now() + timedelta(days=book.of(kinds.Refund).days)).astimezone(book.zone).date()


async def make(
    session: AsyncSession,
    order: Order,
    *,
    actor: Actor,
    amount: int | None,
    reason: str,
    note: str = "",
    return_id: UUID | None = None,
) -> Refund:
    """A refund of an order that the caller holds locked; of all that is left, without an amount.

    What went by gift card is back on the card at once; the rest is `requested` until the shop tells that it was sent
    (`settle`). Raises NotNow for more than there is.
    """
    book = await in_force(session, order.placed_at or order.created_at)
    rules = book.of(kinds.Refund)
    payments = await _payments(session, order.id, gift_card_first=rules.first == "gift_card")
    amount = _within(payments, amount, currency=order.currency)
    made = Refund(
        id=new_id(),
        order_id=order.id,
        return_id=return_id,
        amount_minor=amount,
        currency=order.currency,
        reason=reason,
        note=values.text("note", note, longest=values.LONGEST_NOTE),
        status="requested",
        due_on=due_on(book),
        parts=_shared_out(payments, amount),
    )
    session.add(made)
    await _credit_cards(session, made, order=order, actor=actor)
    _close(made)
    new = {"amount_minor": amount, "currency": order.currency, "status": made.status, "reason": reason}
    await tell(session, order, actor=actor, action="refunded", new=new, refund=str(made.id))
    await session.flush()
    return made


def _within(payments: Sequence[Payment], amount: int | None, *, currency: str) -> int:
    left = sum(each.amount_minor - each.refunded_minor for each in payments)
    if not left:
        raise NotNow("nothing_to_refund")
    if amount is not None and amount > left:
        raise NotNow("more_than_paid", left=(left, currency))
    return left if amount is None else amount


def _shared_out(payments: Sequence[Payment], amount: int) -> list[RefundPart]:
    parts: list[RefundPart] = []
    for payment in payments:
        share = min(amount, payment.amount_minor - payment.refunded_minor)
        if share:
            payment.refunded_minor += share
            amount -= share
            parts.append(RefundPart(id=new_id(), payment=payment, position=len(parts), amount_minor=share))
    return parts


async def _credit_cards(session: AsyncSession, made: Refund, *, order: Order, actor: Actor) -> None:
    back = sorted(
        ((part.payment.gift_card_id, part) for part in made.parts if part.payment.gift_card_id is not None),
        key=lambda pair: pair[0],
    )
    for card_id, part in back:
        await gift_cards.give_back(session, card_id, order=order, amount_minor=part.amount_minor, actor=actor)
        part.status, part.done_at, part.reference = "done", utc_now(), GIFT_CARD


def _close(made: Refund) -> None:
    if all(part.status == "done" for part in made.parts):
        made.status, made.done_at = "done", utc_now()


async def settle(
    session: AsyncSession,
    refund_id: UUID,
    *,
    actor: Actor,
    payment_id: UUID,
    reference: str,
    key: str | None = None,
) -> Refund:
    """Notes that the part of one payment was sent back, under the means' own reference; told again, it is the same.

    Raises NotFound, NotAllowed, Invalid, and NotNow for a part that was done under another reference.
    """
    actor.need("orders.refund")
    reference = values.text("reference", reference, needed=True)
    given = {"refund": refund_id, "payment": payment_id, "reference": reference}
    command = await repeats.begin(session, actor=actor, key=key, name="settle", given=given)
    order_id = await session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        raise NotFound("no such refund")
    order = await locked(session, order_id, actor=actor, permission="orders.refund")
    made = await found(session, refund_id)
    part = next((each for each in made.parts if each.payment_id == payment_id), None)
    if part is None:
        raise NotFound("no such part")
    if part.status == "done" and part.reference != reference:
        raise NotNow("part_done")
    if part.status != "done":
        part.status, part.reference, part.done_at = "done", reference, utc_now()
        _close(made)
        # The parts are rows of their own: the refund is another version of itself all the same.
        await tell(session, order, actor=actor, action="refund_settled", refund=str(made.id), payment=str(payment_id))
    repeats.finish(command, order_id=order_id, refund=refund_id)
    await session.flush()
    return made


async def found(session: AsyncSession, refund_id: UUID) -> Refund:
    """A refund with its parts. Raises NotFound."""
    made = await session.scalar(
        select(Refund)
        .where(Refund.id == refund_id)
        .options(selectinload(Refund.parts).joinedload(RefundPart.payment))
        .execution_options(populate_existing=True)
    )
    if made is None:
        raise NotFound("no such refund")
    return made


async def _payments(session: AsyncSession, order_id: UUID, *, gift_card_first: bool) -> list[Payment]:
    """In the order in which they are paid back: of either kind, the last one first."""
    rows = list(
        await session.scalars(
            select(Payment).where(Payment.order_id == order_id).execution_options(populate_existing=True)
        )
    )
    newest = sorted(rows, key=lambda each: (each.paid_at, each.id), reverse=True)
    return sorted(newest, key=lambda each: (each.method == GIFT_CARD) != gift_card_first)
