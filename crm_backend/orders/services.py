"""Proving that an order is one's own, and reading orders once that is done."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from crm_backend.audit import services as audit
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.conversations.stream import locked as locked_conversation
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders.model import Order, Shipment, VerificationAttempt
from crm_backend.orders.numbers import number_key
from crm_backend.orders.postcodes import postcode_key
from crm_backend.orders.schema import OrderView, Verification

TRIES = 3
"""Wrong tries in one conversation before only a person can help."""
ORDER_TRIES, ORDER_WINDOW = 10, timedelta(hours=1)
"""Wrong tries for one order number, over all conversations, before further ones fail whatever they say."""
EMAIL_TRIES, EMAIL_WINDOW = 20, timedelta(days=1)
"""The same for one e-mail address: who knows a customer's address and postcode could go through the order numbers."""

MOST_RECENT, RECENT = 5, timedelta(days=60)
OPEN = frozenset({"placed", "paid", "preparing", "shipped", "out_for_delivery"})
"""What is not over yet."""


async def verify_by_facts(
    session: AsyncSession, *, conversation_id: UUID, turn_id: UUID, number: str, email: str, postcode: str
) -> Verification:
    """Checks order number, e-mail and postcode together; on success the conversation is `verified` as that customer.

    Idempotent by `turn_id`. A failure says nothing about which fact was wrong, nor whether the order exists. The caller
    commits.
    """
    conversation = await locked_conversation(session, conversation_id)
    key, email_key = await _in_turn(session, number, email)
    before = await session.scalar(select(VerificationAttempt).where(VerificationAttempt.turn_id == turn_id))
    failures, attacked = await _wrong_tries(session, key, email_key, conversation_id)
    if before is not None:
        return _outcome(before.ok, failures)
    tried = {"number_key": key, "email_key": email_key, "conversation_id": conversation_id, "turn_id": turn_id}
    blocked = attacked or failures >= TRIES
    order = await _tried(session, tried, email=email, postcode=postcode, blocked=blocked)
    ok = order is not None
    if order is not None:
        # Whatever was proved before was proved of that customer, not of another.
        if conversation.customer_id != order.customer_id or not at_least(conversation.proof, "verified"):
            conversation.proof = "verified"
        conversation.customer_id = order.customer_id
        subject = ("conversation", conversation_id)
        audit.record(session, actor="customer", action="verified", subject=subject, by="order_facts")
        await session.flush()
    return _outcome(ok, failures + (not ok))


async def found_by_facts(session: AsyncSession, *, number: str, email: str, postcode: str) -> Order | None:
    """The order that somebody who is in no conversation proves to be theirs, by the same facts and under the same
    limits; None tells nothing about why."""
    key, email_key = await _in_turn(session, number, email)
    old = VerificationAttempt.created_at < utc_now() - EMAIL_WINDOW
    await session.execute(delete(VerificationAttempt).where(VerificationAttempt.conversation_id.is_(None), old))
    _, attacked = await _wrong_tries(session, key, email_key, None)
    tried = {"number_key": key, "email_key": email_key}
    return await _tried(session, tried, email=email, postcode=postcode, blocked=attacked)


async def _in_turn(session: AsyncSession, number: str, email: str) -> tuple[str, str]:
    """What is counted of the facts. Tries from many places at once wait for each other here: none is decided before
    the others are counted."""
    key, email_key = number_key(number)[:64], _email_key(email)
    await session.execute(_LOCKS, {"order": f"order {key}", "email": f"email {email_key}"})
    return key, email_key


_LOCKS = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("order"), 0)),
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("email"), 0)),
)
"""Taken from left to right, in one order everywhere."""


async def _tried(
    session: AsyncSession, tried: dict[str, Any], *, email: str, postcode: str, blocked: bool
) -> Order | None:
    """The order if every fact is right and nothing stands against this try, which is noted."""
    key = tried["number_key"]
    order: Order | None = await session.scalar(select(Order).where(Order.number_key == key)) if key else None
    right = await _facts_match(session, order, email=email, postcode=postcode)
    ok = right and not blocked
    noted = insert(VerificationAttempt).values(id=new_id(), ok=ok, created_at=utc_now(), **tried)
    await session.execute(noted.on_conflict_do_nothing())
    return order if ok else None


def _outcome(ok: bool, failures: int) -> Verification:
    return Verification(ok=ok, tries_left=max(0, TRIES - failures), locked=not ok and failures >= TRIES)


async def _wrong_tries(
    session: AsyncSession, key: str, email_key: str, conversation_id: UUID | None
) -> tuple[int, bool]:
    """How many there were in the conversation, and whether the order or the address has had too many from anywhere."""
    attempt, now = VerificationAttempt, utc_now()
    wanted = (
        (attempt.conversation_id == conversation_id,),
        (attempt.number_key == key, attempt.created_at > now - ORDER_WINDOW),
        (attempt.email_key == email_key, attempt.created_at > now - EMAIL_WINDOW),
    )
    counted = [select(func.count()).where(attempt.ok.is_(False), *which).scalar_subquery() for which in wanted]
    here, of_order, of_email = (await session.execute(select(*counted))).one()
    return here, of_order >= ORDER_TRIES or of_email >= EMAIL_TRIES


def _email_key(email: str) -> str:
    return hashlib.sha256(email.strip().casefold().encode(errors="replace")).hexdigest()


async def _facts_match(session: AsyncSession, order: Order | None, *, email: str, postcode: str) -> bool:
    """Compares every fact, each in constant time, whether or not the order exists."""
    known = [""]
    if order is not None:
        known = list(
            await session.scalars(
                select(Identity.value).where(Identity.customer_id == order.customer_id, Identity.kind == "email")
            )
        ) or [""]
    given = email.strip().casefold().encode()
    email_right = False
    for value in known:
        email_right |= hmac.compare_digest(value.casefold().encode(), given)
    expected = postcode_key(order.ship_postcode) if order else ""
    postcode_right = hmac.compare_digest(expected.encode(), postcode_key(postcode).encode())
    return bool(order) and bool(given) and bool(expected) and email_right and postcode_right


async def _order_by_key(session: AsyncSession, key: str) -> Order | None:
    if not key:
        return None
    found = await session.execute(_BY_KEY, {"key": key})
    return found.unique().scalar_one_or_none()


# For one order, a row for each event of its parcels costs less than further questions.
_BY_KEY = (
    select(Order)
    .where(Order.number_key == bindparam("key"))
    .options(
        selectinload(Order.lines),
        joinedload(Order.shipments).joinedload(Shipment.events),
        joinedload(Order.customer),
    )
)


def _with_parts(query: Select[tuple[Order]]) -> Select[tuple[Order]]:
    return query.options(
        selectinload(Order.lines),
        selectinload(Order.shipments).selectinload(Shipment.events),
        joinedload(Order.customer),
    )


async def proved_customer(session: AsyncSession, conversation_id: UUID) -> UUID:
    """The customer of a conversation that has proved enough to be told what is theirs. Raises NotFound, NotProved."""
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("no such conversation")
    # Enough to be told: the platform vouches for an address that this customer alone has on file.
    if conversation.customer_id is None or not at_least(conversation.proof, "channel"):
        raise NotProved("needs channel")
    return conversation.customer_id


async def order_for(session: AsyncSession, *, conversation_id: UUID, number: str) -> OrderView:
    """The order, if the conversation has proved to be with its customer.

    Raises NotProved otherwise, and also when there is no such order: nobody learns which.
    """
    customer_id = await proved_customer(session, conversation_id)
    order = await _order_by_key(session, number_key(number))
    if order is None or order.customer_id != customer_id:
        raise NotProved("not this customer's order")
    return OrderView.model_validate(order)


async def last_order(session: AsyncSession, *, conversation_id: UUID) -> OrderView | None:
    """The customer's newest order, or None without any. Raises NotProved."""
    customer_id = await proved_customer(session, conversation_id)
    orders = await of_customer(session, customer_id=customer_id, limit=1)
    return orders[0] if orders else None


async def recent_orders(session: AsyncSession, *, conversation_id: UUID, ever: bool = False) -> list[OrderView]:
    """The customer's orders that may be meant by "my orders", newest first, at most MOST_RECENT: those still on their
    way and those of the last RECENT; the newest one when there are none such. With `ever` the last twenty, however old.
    Raises NotProved."""
    customer_id = await proved_customer(session, conversation_id)
    since = utc_now() - RECENT
    # Some more than are told of: an old one may still be on its way.
    newest = await of_customer(session, customer_id=customer_id)
    if ever:
        return newest
    meant = [order for order in newest if order.status in OPEN or (order.placed_at and order.placed_at > since)]
    return (meant or newest[:1])[:MOST_RECENT]


async def of_customer(session: AsyncSession, *, customer_id: UUID, limit: int = 20) -> list[OrderView]:
    """A customer's orders, newest first; those without a date last."""
    rows = await session.scalars(
        _with_parts(
            select(Order)
            .where(Order.customer_id == customer_id)
            .order_by(Order.placed_at.desc().nulls_last(), Order.number_key.desc())
            .limit(limit)
        )
    )
    return [OrderView.model_validate(order) for order in rows]
