"""Visits to the portal: begun, recognised, listed, ended."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order
from crm_backend.portal import kept
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import ORIGIN, Language, Visit, Way
from crm_backend.portal.tokens import token_hash

LONGEST_DEVICE = 300
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a visit was last seen."""


@dataclass(frozen=True)
class Lasting:
    """How long a visit is good for: after the last page, and altogether."""

    idle: timedelta = timedelta(minutes=30)
    most: timedelta = timedelta(hours=12)


def csrf_matches(visit: Visit, given: str | None) -> bool:
    """Whether a form came from a page of this visit."""
    return hmac.compare_digest(visit.csrf.encode(), (given or "").encode(errors="replace"))


async def begin(
    session: AsyncSession,
    *,
    customer_id: UUID,
    way: Way,
    identity_id: UUID | None = None,
    order_id: UUID | None = None,
    device: str = "",
    before: str | None = None,
    lasting: Lasting,
) -> str:
    """Begins a visit of somebody who proved to be this customer by `way`; the cookie's token, of 256 bits. The visit of
    this browser before it (the token `before`) ends, which hands on a form that it kept for whoever proves the same."""
    now, token = utc_now(), secrets.token_urlsafe(32)
    handed_on = await kept.of_before(session, before, customer_id, order_id=order_id)
    if before:
        await end(session, before)
    row = PortalVisit(
        id=new_id(),
        created_at=now,
        token_hash=token_hash(token),
        csrf=secrets.token_urlsafe(24),
        customer_id=customer_id,
        identity_id=identity_id,
        order_id=order_id,
        way=way,
        device="".join(each for each in device if each.isprintable())[:LONGEST_DEVICE],
        seen_at=now,
        expires_at=now + lasting.most,
        kept=handed_on,
    )
    session.add(row)
    actor, action = customer_actor(customer_id, origin=ORIGIN), "looked_up" if order_id else "signed_in"
    subject = ("order", order_id) if order_id else ("customer", customer_id)
    audit.record(session, actor=actor, action=action, subject=subject, way=way)
    await session.flush()
    return token


async def found(session: AsyncSession, token: str | None, *, language: Language, lasting: Lasting) -> Visit | None:
    """The visit behind a cookie's token, which is seen now; None when there is none any more: it is over, its customer
    was erased or merged, the address that was proved is no longer theirs, or the guest's order is not."""
    if not token:
        return None
    now = utc_now()
    row = await session.scalar(
        select(PortalVisit)
        .join(Customer, Customer.id == PortalVisit.customer_id)
        .outerjoin(Identity, Identity.id == PortalVisit.identity_id)
        .outerjoin(Order, Order.id == PortalVisit.order_id)
        .where(
            PortalVisit.token_hash == token_hash(token),
            PortalVisit.expires_at > now,
            PortalVisit.seen_at > now - lasting.idle,
            Customer.erased_at.is_(None),
            or_(Identity.customer_id == PortalVisit.customer_id, Order.customer_id == PortalVisit.customer_id),
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    if row.seen_at < now - SEEN_EVERY:
        # It may have been ended at this instant.
        await session.execute(update(PortalVisit).where(PortalVisit.id == row.id).values(seen_at=now))
    return Visit(
        id=row.id,
        customer_id=row.customer_id,
        order_id=row.order_id,
        way=row.way,  # type: ignore[arg-type]
        language=language,
        actor=customer_actor(row.customer_id, origin=ORIGIN),
        csrf=row.csrf,
        kept=kept.read(row),
    )


async def listing(session: AsyncSession, visit: Visit, *, lasting: Lasting) -> Sequence[PortalVisit]:
    """The customer's visits that go on, the latest first; never a guest's."""
    now = utc_now()
    mine = select(PortalVisit).where(
        PortalVisit.customer_id == visit.customer_id,
        PortalVisit.order_id.is_(None),
        PortalVisit.expires_at > now,
        PortalVisit.seen_at > now - lasting.idle,
    )
    return (await session.scalars(mine.order_by(PortalVisit.created_at.desc(), PortalVisit.id))).all()


async def end(session: AsyncSession, token: str) -> None:
    """Ends the visit behind a cookie's token, if there is one."""
    await session.execute(delete(PortalVisit).where(PortalVisit.token_hash == token_hash(token)))


async def end_one(session: AsyncSession, visit: Visit, visit_id: UUID) -> None:
    """Ends one of the customer's own visits. Raises NotFound."""
    gone = delete(PortalVisit).where(PortalVisit.customer_id == visit.customer_id, PortalVisit.id == visit_id)
    if await session.scalar(gone.returning(PortalVisit.id)) is None:
        raise NotFound("no such visit")
    _ended(session, visit)


async def end_others(session: AsyncSession, visit: Visit) -> int:
    """Ends every other visit of the customer, guests' too; how many."""
    gone = delete(PortalVisit).where(PortalVisit.customer_id == visit.customer_id, PortalVisit.id != visit.id)
    ended = len((await session.scalars(gone.returning(PortalVisit.id))).all())
    if ended:
        _ended(session, visit)
    return ended


def _ended(session: AsyncSession, visit: Visit) -> None:
    audit.record(session, actor=visit.actor, action="visit_ended", subject=("customer", visit.customer_id))
