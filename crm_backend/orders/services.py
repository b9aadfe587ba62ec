"""Proving that an order is one's own, and reading orders once that is done."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, ScalarSelect, String, and_, bindparam, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations.schema import at_least
from crm_backend.conversations.stream import locked as locked_conversation
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotProved
from crm_backend.orders import views
from crm_backend.orders.doers import standing
from crm_backend.orders.model import Order, VerificationAttempt
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
    known = await _known(session, key, email_key, conversation_id=conversation_id, turn_id=turn_id)
    if known.before is not None:
        return _outcome(known.before, known.here)
    tried = {"number_key": key, "email_key": email_key, "conversation_id": conversation_id, "turn_id": turn_id}
    blocked = _attacked(known) or known.here >= TRIES
    ok = await _tried(session, known, tried, email=email, postcode=postcode, blocked=blocked)
    if ok:
        # Whatever was proved before was proved of that customer, not of another.
        if conversation.customer_id != known.customer_id or not at_least(conversation.proof, "verified"):
            conversation.proof = "verified"
        conversation.customer_id = known.customer_id
        subject = ("conversation", conversation_id)
        audit.record(session, actor="customer", action="verified", subject=subject, by="order_facts")
        await session.flush()
    return _outcome(ok, known.here + (not ok))


async def found_by_facts(session: AsyncSession, *, number: str, email: str, postcode: str) -> Known | None:
    """The order that somebody who is in no conversation proves to be theirs, by the same facts and under the same
    limits; None tells nothing about why."""
    key, email_key = await _in_turn(session, number, email)
    old = VerificationAttempt.created_at < utc_now() - EMAIL_WINDOW
    await session.execute(delete(VerificationAttempt).where(VerificationAttempt.conversation_id.is_(None), old))
    known = await _known(session, key, email_key)
    tried = {"number_key": key, "email_key": email_key}
    ok = await _tried(session, known, tried, email=email, postcode=postcode, blocked=_attacked(known))
    return known if ok else None


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


class Known(NamedTuple):
    """What is known before a try is decided: how the same turn's ended, wrong tries in the conversation, for the order
    and for the e-mail address, and the order with the addresses of its customer, where there is one."""

    before: bool | None
    here: int
    of_order: int
    of_email: int
    order_id: UUID | None
    customer_id: UUID | None
    postcode: str | None
    emails: list[str]


def _wrong(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(VerificationAttempt.ok.is_(False), *which).scalar_subquery()


_ONE = select(literal(1)).subquery()
_LOOK = select(
    select(VerificationAttempt.ok).where(VerificationAttempt.turn_id == bindparam("turn")).scalar_subquery(),
    _wrong(VerificationAttempt.conversation_id == bindparam("conversation")),
    _wrong(
        VerificationAttempt.number_key == bindparam("key"), VerificationAttempt.created_at > bindparam("order_since")
    ),
    _wrong(
        VerificationAttempt.email_key == bindparam("email"), VerificationAttempt.created_at > bindparam("email_since")
    ),
    Order.id,
    Order.customer_id,
    Order.ship_postcode,
    func.array(
        select(Identity.value)
        .where(Identity.customer_id == Order.customer_id, Identity.kind == "email")
        .scalar_subquery(),
        type_=ARRAY(String),
    ),
).select_from(_ONE.outerjoin(Order, and_(Order.number_key == bindparam("key"), Order.number_key != "")))


async def _known(
    session: AsyncSession,
    key: str,
    email_key: str,
    *,
    conversation_id: UUID | None = None,
    turn_id: UUID | None = None,
) -> Known:
    now = utc_now()
    values = {"key": key, "email": email_key, "conversation": conversation_id, "turn": turn_id}
    since = {"order_since": now - ORDER_WINDOW, "email_since": now - EMAIL_WINDOW}
    return Known(*(await session.execute(_LOOK, {**values, **since})).one())


async def _tried(
    session: AsyncSession, known: Known, tried: dict[str, Any], *, email: str, postcode: str, blocked: bool
) -> bool:
    """Whether every fact is right and nothing stands against this try, which is noted."""
    right = _facts_match(known, email=email, postcode=postcode)
    ok = right and not blocked
    noted = insert(VerificationAttempt).values(id=new_id(), ok=ok, created_at=utc_now(), **tried)
    await session.execute(noted.on_conflict_do_nothing())
    return ok


def _outcome(ok: bool, failures: int) -> Verification:
    return Verification(ok=ok, tries_left=max(0, TRIES - failures), locked=not ok and failures >= TRIES)


def _attacked(known: Known) -> bool:
    """Whether the order or the address has had too many wrong tries from anywhere."""
    return known.of_order >= ORDER_TRIES or known.of_email >= EMAIL_TRIES


def _email_key(email: str) -> str:
    return hashlib.sha256(email.strip().casefold().encode(errors="replace")).hexdigest()


def _facts_match(known: Known, *, email: str, postcode: str) -> bool:
    """Compares every fact, each in constant time, whether or not the order exists."""
    given = email.strip().casefold().encode()
    email_right = False
    for value in known.emails or [""]:
        email_right |= hmac.compare_digest(value.casefold().encode(), given)
    expected = postcode_key(known.postcode) if known.postcode is not None else ""
    postcode_right = hmac.compare_digest(expected.encode(), postcode_key(postcode).encode())
    return known.order_id is not None and bool(given) and bool(expected) and email_right and postcode_right


async def proved_customer(session: AsyncSession, conversation_id: UUID) -> UUID:
    """The customer of a conversation that has proved enough to be told what is theirs. Raises NotFound, NotProved."""
    return (await standing(session, conversation_id)).proves(views.ENOUGH)


async def order_for(session: AsyncSession, *, conversation_id: UUID, number: str) -> OrderView:
    """The order, if the conversation has proved to be with its customer.

    Raises NotProved otherwise, and also when there is no such order: nobody learns which.
    """
    order = await views.numbered(session, conversation_id=conversation_id, key=number_key(number))
    if order is None:
        raise NotProved("not this customer's order")
    return order


async def last_order(session: AsyncSession, *, conversation_id: UUID) -> OrderView | None:
    """The customer's newest order, or None without any. Raises NotProved."""
    orders = await views.newest(session, conversation_id=conversation_id, limit=1)
    return orders[0] if orders else None


async def recent_orders(session: AsyncSession, *, conversation_id: UUID, ever: bool = False) -> list[OrderView]:
    """The customer's orders that may be meant by "my orders", newest first, at most MOST_RECENT: those still on their
    way and those of the last RECENT; the newest one when there are none such. With `ever` the last twenty, however old.
    Raises NotProved."""
    since = utc_now() - RECENT
    # Some more than are told of: an old one may still be on its way.
    newest = await views.newest(session, conversation_id=conversation_id)
    if ever:
        return newest
    meant = [order for order in newest if order.status in OPEN or (order.placed_at and order.placed_at > since)]
    return (meant or newest[:1])[:MOST_RECENT]
