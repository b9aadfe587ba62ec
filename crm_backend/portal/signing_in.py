"""What lets somebody in: a code or its link, the word of the company's own site, the facts of an order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers import people
from crm_backend.customers.model import ACCOUNT, Customer, Identity
from crm_backend.database import utc_now
from crm_backend.orders import services as orders
from crm_backend.portal import visits
from crm_backend.portal.schema import Way
from crm_backend.portal.visits import Lasting
from crm_backend.proof_codes import on_pages
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.redeeming import Heard


@dataclass(frozen=True)
class Browser:
    """Where somebody comes in: what it says of itself, the token of the visit before, and how long one lasts."""

    device: str
    before: str | None
    lasting: Lasting


async def by_code(session: AsyncSession, browser: Browser, *, asked: str, code: str) -> tuple[Heard, str | None]:
    """What a code comes to in the browser that asked for it (`asked` tells which), and the token of the visit."""
    outcome, row = await on_pages.redeem(session, browser=asked, code=code)
    return outcome, await _begun(session, browser, row, "code") if row is not None else None


async def by_link(session: AsyncSession, browser: Browser, *, token: str) -> tuple[Heard, str | None]:
    """What the link of a mail comes to, in whichever browser it is followed: that one is signed in."""
    outcome, row = await on_pages.follow(session, token)
    return outcome, await _begun(session, browser, row, "link") if row is not None else None


async def by_word(session: AsyncSession, browser: Browser, *, number: str, email: str | None) -> str | None:
    """The token of the visit of whom the company's own site says is there; None when nobody on file is."""
    now = utc_now()
    identity = await people.writer(session, kind=ACCOUNT, value=number, now=now)
    customer_id = await people.signs_in(session, identity, email=email, now=now)
    customer = await session.get(Customer, customer_id) if customer_id else None
    if customer is None or customer.erased_at is not None:
        return None
    return await visits.begin(
        session,
        customer_id=customer.id,
        identity_id=identity.id,
        way="token",
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )


async def by_order(session: AsyncSession, browser: Browser, *, number: str, email: str, postcode: str) -> str | None:
    """The token of a visit that is good for this one order; None, and nothing more, when the facts do not hold."""
    order = await orders.found_by_facts(session, number=number, email=email, postcode=postcode)
    if order is None:
        return None
    return await visits.begin(
        session,
        customer_id=order.customer_id,
        order_id=order.id,
        way="order",
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )


async def _begun(session: AsyncSession, browser: Browser, row: ProofCode, way: Way) -> str:
    identity = await session.get_one(Identity, row.identity_id, populate_existing=True)
    assert identity.customer_id is not None
    return await visits.begin(
        session,
        customer_id=identity.customer_id,
        identity_id=identity.id,
        way=way,
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )
