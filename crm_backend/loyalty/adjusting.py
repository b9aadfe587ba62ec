"""Points given or taken by hand."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.loyalty.model import KINDS, LoyaltyAdjustment
from crm_backend.loyalty.points import status_of
from crm_backend.loyalty.services import LONGEST, MOST_POINTS
from crm_backend.orders import values as amounts


async def adjust(
    session: AsyncSession, customer_id: UUID, *, actor: Actor, kind: str, points: int, reason: str
) -> LoyaltyAdjustment:
    """Gives points by hand, or takes some: `spent` ones are taken off. Raises NotAllowed, Invalid, and NotNow for
    somebody who is no member, or more than there are."""
    actor.need("orders.refund")
    if kind not in KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(KINDS))
    amounts.whole("points", points, least=-MOST_POINTS, most=-1 if kind == "spent" else MOST_POINTS)
    if points == 0:
        raise Invalid("points", "out_of_range")
    why = checks.text("reason", reason, longest=LONGEST, needed=True)
    # Two who take points at once wait for each other: nobody spends the same ones twice.
    await session.execute(text("select from loyalty_members where customer_id = :id for update"), {"id": customer_id})
    now = await status_of(session, customer_id, now=utc_now())
    if now is None:
        raise NotNow("loyalty_no_member")
    if now.balance + points < 0 and points < 0:
        raise NotNow("loyalty_too_few", balance=now.balance)
    made = LoyaltyAdjustment(
        id=new_id(),
        created_at=utc_now(),
        customer_id=customer_id,
        kind=kind,
        points=points,
        reason=why,
        actor=actor.name,
    )
    session.add(made)
    await session.flush()
    new = {"kind": kind, "points": points}
    audit.record(session, actor=actor, action="adjusted", subject=("customer", customer_id), new=new, plain=("kind",))
    return made
