"""Issuing gift cards, spending them, and knowing what is on them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.model import Customer
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from crm_backend.orders import repeats, values
from crm_backend.orders.model import Order
from crm_backend.policies import kinds
from crm_backend.policies.allowed import months_later
from crm_backend.policies.services import in_force

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without letters that are taken for digits."""
LENGTH = 16
"""Letters of a code: 80 bits, so that nobody comes upon one by trying."""
_TAKEN_FOR = str.maketrans("OIL", "011")


async def issue(
    session: AsyncSession,
    *,
    actor: Actor,
    amount_minor: int,
    currency: str,
    expires_at: datetime | None = None,
    customer_id: UUID | None = None,
    key: str | None = None,
) -> tuple[GiftCard, str | None]:
    """A new card, and its code in groups of four; nobody can ever read the code again, so that a repetition under the
    same key has the card without it. It is good as long as the policy says, unless told. Raises NotAllowed, Invalid."""
    actor.need("orders.refund")
    given = {"amount": amount_minor, "currency": currency, "expires": expires_at, "customer": customer_id}
    command = await repeats.begin(session, actor=actor, key=key, name="issue_gift_card", given=given)
    if (before := repeats.done(command, "gift_card")) is not None:
        return await session.get_one(GiftCard, before), None
    amount, currency = values.amount("amount_minor", amount_minor), values.currency("currency", currency)
    if customer_id is not None and await session.get(Customer, customer_id) is None:
        raise Invalid("customer_id", "unknown_customer")
    now = utc_now()
    if expires_at is not None and (expires_at.tzinfo is None or not now < expires_at or expires_at.year > 2200):
        raise Invalid("expires_at", "before_start" if expires_at.tzinfo else "no_time_zone")
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    card = GiftCard(
        id=new_id(),
        code_hash=fingerprint(code),
        last_letters=code[-4:],
        currency=currency,
        balance_minor=0,
        expires_at=expires_at or await _end(session, now),
        customer_id=customer_id,
    )
    session.add(card)
    await session.flush()
    _enter(session, card, kind="issued", amount=amount, actor=actor)
    repeats.finish(command, order_id=None, gift_card=card.id)
    await session.flush()
    return card, "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def fingerprint(code: str) -> str:
    """What is kept of a code, however it was typed. A code has too many bits to be found from it by trying."""
    plain = "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
    return hashlib.sha256(plain.translate(_TAKEN_FOR).encode()).hexdigest()


async def by_code(session: AsyncSession, code: str, *, lock: bool = False) -> GiftCard:
    """The card with this code; with `lock`, held until the transaction ends. Raises Invalid when there is none."""
    query = select(GiftCard).where(GiftCard.code_hash == fingerprint(values.text("code", code, needed=True)))
    query = query.execution_options(populate_existing=True)
    card = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if card is None:
        raise Invalid("code", "unknown_gift_card")
    return card


async def look_up(session: AsyncSession, code: str, *, actor: Actor) -> GiftCard:
    """The card with this code, for whoever may read orders. Raises NotAllowed, Invalid."""
    actor.need("orders.read")
    return await by_code(session, code)


async def redeem(
    session: AsyncSession, card: GiftCard, *, order: Order, amount_minor: int, actor: Actor
) -> GiftCardEntry:
    """Takes an amount off a card that the caller holds locked. Raises Invalid and NotNow."""
    if card.currency != order.currency:
        raise Invalid("code", "other_currency", currency=order.currency)
    if card.blocked_at is not None:
        raise NotNow("gift_card_blocked")
    if card.expires_at <= utc_now():
        raise NotNow("gift_card_expired", last=card.expires_at)
    if not 0 < amount_minor <= card.balance_minor:
        raise NotNow("gift_card_short", balance=(card.balance_minor, card.currency))
    return _enter(session, card, kind="redeemed", amount=-amount_minor, actor=actor, order=order)


async def give_back(
    session: AsyncSession, card_id: UUID, *, order: Order, amount_minor: int, actor: Actor
) -> GiftCardEntry:
    """Puts an amount back on a card, under the lock of its order. A card that is over is good anew, as a fresh one:
    money that goes back must be worth something."""
    card = await session.get_one(GiftCard, card_id, with_for_update={"key_share": True}, populate_existing=True)
    now = utc_now()
    if card.expires_at <= now:
        card.expires_at = await _end(session, now)
    return _enter(session, card, kind="refunded", amount=amount_minor, actor=actor, order=order)


async def block(
    session: AsyncSession, card_id: UUID, *, actor: Actor, blocked: bool = True, version: int | None = None
) -> GiftCard:
    """Stops a card from being spent, or lets it be again. Raises NotFound, NotAllowed, Stale."""
    actor.need("orders.refund")
    card = await session.get(GiftCard, card_id, with_for_update={"key_share": True}, populate_existing=True)
    if card is None:
        raise NotFound("no such gift card")
    expect(card, version)
    if (card.blocked_at is not None) != blocked:
        card.blocked_at = utc_now() if blocked else None
        action = "blocked" if blocked else "unblocked"
        audit.record(session, actor=actor, action=action, subject=("gift_card", card.id))
        await session.flush()
    return card


async def _end(session: AsyncSession, now: datetime) -> datetime:
    """The end of a new card's last day."""
    book = await in_force(session, now)
    day = months_later(now.astimezone(book.zone).date(), book.of(kinds.GiftCard).months)
    return datetime.combine(day + timedelta(days=1), time(0), book.zone).astimezone(UTC) - timedelta(seconds=1)


def _enter(
    session: AsyncSession, card: GiftCard, *, kind: str, amount: int, actor: Actor, order: Order | None = None
) -> GiftCardEntry:
    before = card.balance_minor
    card.balance_minor += amount
    entry = GiftCardEntry(
        id=new_id(),
        gift_card_id=card.id,
        kind=kind,
        amount_minor=amount,
        order_id=order.id if order else None,
        actor=actor.name,
    )
    session.add(entry)
    old, new = {"balance_minor": before}, {"balance_minor": card.balance_minor}
    audit.record(session, actor=actor, action=kind, subject=("gift_card", card.id), old=old, new=new)
    return entry
