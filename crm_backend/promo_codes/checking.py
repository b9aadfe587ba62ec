"""Telling whether a code holds, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.database import new_id
from crm_backend.promo_codes.model import PromoCode, PromoCodeTry, PromoCodeUse
from crm_backend.promo_codes.services import LONGEST, is_code, spelt

TRIES, WINDOW = 5, timedelta(hours=1)
"""Codes that there are not, which one conversation may ask about in so long."""
Reason = Literal[
    "too_many_tries",
    "unknown",
    "not_yet",
    "over",
    "used_up",
    "used_by_customer",
    "other_currency",
    "other_goods",
    "below_minimum",
]


@dataclass(frozen=True)
class BasketLine:
    """Goods of one category, and what they come to in minor units."""

    category: str
    amount_minor: int


@dataclass(frozen=True)
class Basket:
    """What somebody is about to buy."""

    currency: str
    lines: Sequence[BasketLine]


@dataclass(frozen=True)
class Verdict:
    """Whether a code holds. `reason` is why not, with its `facts`: instants (`valid_from`, `valid_to`), amounts as
    (minor units, currency) (`minimum`, `missing`), `categories`. `code` is there for what exists and has begun;
    `discount_minor` is what a basket would cost less."""

    valid: bool
    reason: Reason | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    code: PromoCode | None = None
    discount_minor: int | None = None


async def check(
    session: AsyncSession,
    code: str,
    *,
    now: datetime,
    basket: Basket | None = None,
    customer_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> Verdict:
    """What the shop would say of a code at this instant; nothing is used up by asking.

    Without a basket, its minimum, currency and goods are not asked about: the verdict is that of the code alone, which
    is in `code` to be told. With a conversation, wrong guesses are counted there, and after `TRIES` in an hour even a
    right one is not answered. A code that is switched off is unknown.
    """
    if conversation_id is not None and await _guessing(session, conversation_id, now):
        return Verdict(valid=False, reason="too_many_tries")
    plain = spelt(code[: 4 * LONGEST])
    known = select(PromoCode).where(PromoCode.code == plain, PromoCode.active)
    found = await session.scalar(known) if is_code(plain) else None
    if found is None:
        if conversation_id is not None:
            session.add(PromoCodeTry(id=new_id(), conversation_id=conversation_id, created_at=now))
            await session.flush()
        return Verdict(valid=False, reason="unknown")
    if now < found.valid_from:
        # A campaign that has not begun is nobody's business yet, but its beginning.
        return Verdict(valid=False, reason="not_yet", facts={"valid_from": found.valid_from})
    if found.valid_to is not None and now >= found.valid_to:
        return Verdict(valid=False, reason="over", facts={"valid_to": found.valid_to}, code=found)
    if (used := await _used(session, found, customer_id)) is not None:
        return Verdict(valid=False, reason=used, code=found)
    return _of_basket(found, basket) if basket is not None else Verdict(valid=True, code=found)


async def _guessing(session: AsyncSession, conversation_id: UUID, now: datetime) -> bool:
    # Two tries at once wait for each other here.
    await stream.locked(session, conversation_id)
    tried = select(func.count()).where(
        PromoCodeTry.conversation_id == conversation_id, PromoCodeTry.created_at > now - WINDOW
    )
    return (await session.scalar(tried) or 0) >= TRIES


async def _used(session: AsyncSession, code: PromoCode, customer_id: UUID | None) -> Reason | None:
    if code.usage_limit is None and (code.per_customer is None or customer_id is None):
        return None
    theirs = func.count().filter(PromoCodeUse.customer_id == customer_id)
    counted = select(func.count(), theirs).where(PromoCodeUse.promo_code_id == code.id)
    total, own = (await session.execute(counted)).tuples().one()
    if code.usage_limit is not None and total >= code.usage_limit:
        return "used_up"
    if code.per_customer is not None and customer_id is not None and own >= code.per_customer:
        return "used_by_customer"
    return None


def _of_basket(code: PromoCode, basket: Basket) -> Verdict:
    if code.currency is not None and basket.currency != code.currency:
        return Verdict(valid=False, reason="other_currency", facts={"currency": code.currency}, code=code)
    wanted = [line for line in basket.lines if not code.categories or line.category in code.categories]
    worth = sum(line.amount_minor for line in wanted)
    if not worth:
        return Verdict(valid=False, reason="other_goods", facts={"categories": list(code.categories)}, code=code)
    if worth < code.minimum_minor:
        assert code.currency is not None
        facts = {
            "minimum": (code.minimum_minor, code.currency),
            "missing": (code.minimum_minor - worth, code.currency),
        }
        return Verdict(valid=False, reason="below_minimum", facts=facts, code=code)
    off = worth * code.percent // 10_000 if code.percent is not None else code.amount_minor or 0
    return Verdict(valid=True, code=code, discount_minor=min(off, worth))
