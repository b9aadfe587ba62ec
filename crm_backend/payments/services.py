"""Taking note of payments, by money or by gift card."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotNow
from crm_backend.gift_cards import services as gift_cards
from crm_backend.orders import repeats, values
from crm_backend.orders.doers import is_customer
from crm_backend.orders.locking import locked
from crm_backend.orders.model import Order
from crm_backend.orders.telling import tell
from crm_backend.orders.transitions import move
from crm_backend.payments.model import GIFT_CARD, METHODS, Payment


async def pay(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    method: str,
    reference: str,
    amount_minor: int,
    currency: str,
    paid_at: datetime | None = None,
    key: str | None = None,
) -> Payment:
    """Notes what was paid by a means of payment (METHODS but gift cards), under that means' own reference.

    The same payment told again (method and reference) is the same. An order paid in full is `paid`. Raises NotFound,
    NotAllowed, Invalid, and NotNow for more than is due.
    """
    given = {"order": order_id, "method": method, "ref": reference, "amount": amount_minor, "currency": currency}
    command = await repeats.begin(session, actor=actor, key=key, name="pay", given=given)
    order = await locked(session, order_id, actor=actor)
    if is_customer(actor):
        actor.need("orders.write")
    if (before := repeats.done(command, "payment")) is not None:
        return await session.get_one(Payment, before)
    if method not in METHODS or method == GIFT_CARD:
        raise Invalid("method", "not_choice", expected=", ".join(each for each in METHODS if each != GIFT_CARD))
    reference = values.text("reference", reference, needed=True)
    amount = values.amount("amount_minor", amount_minor)
    if values.currency("currency", currency) != order.currency:
        raise Invalid("currency", "other_currency", currency=order.currency)
    known = await session.scalar(
        select(Payment).where(Payment.order_id == order.id, Payment.method == method, Payment.reference == reference)
    )
    if known is not None and known.amount_minor != amount:
        raise NotNow("payment_known")
    at = values.past("paid_at", paid_at)
    payment = known or await _store(
        session, order, actor=actor, amount=amount, method=method, reference=reference, at=at
    )
    repeats.finish(command, order_id=order.id, payment=payment.id)
    await session.flush()
    return payment


async def pay_by_gift_card(
    session: AsyncSession,
    order_id: UUID,
    *,
    actor: Actor,
    code: str,
    amount_minor: int | None = None,
    key: str | None = None,
) -> Payment:
    """Pays an order with a gift card: the amount, or as much as is due and on the card. Customers may, their own.

    Raises NotFound, NotAllowed, Invalid, and NotNow for a card that is over, blocked or short.
    """
    given = {"order": order_id, "card": gift_cards.fingerprint(code), "amount": amount_minor}
    command = await repeats.begin(session, actor=actor, key=key, name="pay_by_gift_card", given=given)
    order = await locked(session, order_id, actor=actor)
    if (before := repeats.done(command, "payment")) is not None:
        return await session.get_one(Payment, before)
    due = await _due(session, order)
    card = await gift_cards.by_code(session, code, lock=True)
    amount = min(due, card.balance_minor) if amount_minor is None else values.amount("amount_minor", amount_minor)
    await gift_cards.redeem(session, card, order=order, amount_minor=amount, actor=actor)
    payment = await _store(
        session, order, actor=actor, amount=amount, method=GIFT_CARD, reference=str(new_id()), card_id=card.id
    )
    repeats.finish(command, order_id=order.id, payment=payment.id)
    await session.flush()
    return payment


async def paid(session: AsyncSession, order_id: UUID) -> int:
    """What has been paid for an order, whatever went back of it, in minor units."""
    total = select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(Payment.order_id == order_id)
    return int(await session.scalar(total) or 0)


async def of_order(session: AsyncSession, order_id: UUID) -> list[Payment]:
    """The payments of an order, the first one first."""
    rows = await session.scalars(
        select(Payment).where(Payment.order_id == order_id).order_by(Payment.paid_at, Payment.id)
    )
    return list(rows)


async def _due(session: AsyncSession, order: Order) -> int:
    if order.status in ("cancelled", "returned"):
        raise NotNow(f"order_is_{order.status}")
    due = order.total_minor - await paid(session, order.id)
    if due <= 0:
        raise NotNow("fully_paid")
    return due


async def _store(
    session: AsyncSession,
    order: Order,
    *,
    actor: Actor,
    amount: int,
    method: str,
    reference: str,
    at: datetime | None = None,
    card_id: UUID | None = None,
) -> Payment:
    due = await _due(session, order)
    if amount > due:
        raise NotNow("more_than_due", due=(due, order.currency))
    payment = Payment(
        id=new_id(),
        order_id=order.id,
        method=method,
        reference=reference,
        amount_minor=amount,
        refunded_minor=0,
        currency=order.currency,
        gift_card_id=card_id,
        paid_at=at or values.past("paid_at", None),
    )
    session.add(payment)
    if amount == due and order.status == "placed":
        move(order, "paid")
    new = {"method": method, "amount_minor": amount, "currency": order.currency, "status": order.status}
    await tell(session, order, actor=actor, action="paid", new=new, payment=str(payment.id))
    return payment
