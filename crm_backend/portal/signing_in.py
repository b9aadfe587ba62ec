"""What lets somebody in: a code or its link, the word of the company's own site, the facts of an order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers import people
from crm_backend.customers.model import ACCOUNT, Customer, Identity
from crm_backend.database import utc_now
from crm_backend.orders import services as orders
from crm_backend.portal import visits
from crm_backend.portal.model import PortalToken, PortalVisit
from crm_backend.portal.schema import Visit, Way
from crm_backend.portal.visits import Lasting
from crm_backend.proof_codes import on_pages
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.redeeming import Heard

Came = Literal["in", "unknown", "spent"]


@dataclass(frozen=True)
class Browser:
    """Where somebody comes in: what it says of itself, the token of the visit before, and how long one lasts."""

    device: str
    before: str | None
    lasting: Lasting


@dataclass(frozen=True)
class Begun:
    """A visit that has begun: its token, and the fingerprint of the address that was proved."""

    token: str
    address_key: str


@dataclass(frozen=True)
class Word:
    """What the company's own site signed: the customer's number, the address it vouches for, what tells this word from
    any other, and until when it holds."""

    number: str
    email: str | None
    mark: str
    until: datetime

    @property
    def hash(self) -> str:
        """What is kept of it."""
        return hashlib.sha256(f"{self.number} {self.mark}".encode(errors="replace")).hexdigest()


async def by_code(session: AsyncSession, browser: Browser, *, asked: str, code: str) -> tuple[Heard, Begun | None]:
    """What a code comes to in the browser that asked for it (`asked` tells which), and the visit."""
    outcome, row = await on_pages.redeem(session, browser=asked, code=code)
    return outcome, await _begun(session, browser, row, "code") if row is not None else None


async def by_link(session: AsyncSession, browser: Browser, *, token: str) -> tuple[Heard, Begun | None]:
    """What the link of a mail comes to, in whichever browser it is followed: that one is signed in."""
    outcome, row = await on_pages.follow(session, token)
    return outcome, await _begun(session, browser, row, "link") if row is not None else None


async def spent(session: AsyncSession, word: Word) -> bool:
    """Whether it has let somebody in already."""
    return await session.get(PortalToken, word.hash) is not None


async def let_in_here(session: AsyncSession, visit: Visit | None, word: Word) -> bool:
    """Whether it is this very visit's customer of whom it speaks: who sends it twice is where they want to be."""
    if visit is None or visit.guest:
        return False
    mine = select(Identity.value).join(PortalVisit, PortalVisit.identity_id == Identity.id)
    account = await session.scalar(mine.where(PortalVisit.id == visit.id, Identity.kind == ACCOUNT))
    return account == word.number


async def by_word(session: AsyncSession, browser: Browser, word: Word) -> tuple[Came, str | None]:
    """Whether somebody comes in by the word of the company's own site on who is there, and the token of their visit.
    Of two that come with one word at once, the first does; nobody on file spends none."""
    now = utc_now()
    if await spent(session, word):
        return "spent", None
    identity = await people.writer(session, kind=ACCOUNT, value=word.number, now=now)
    customer_id = await people.signs_in(session, identity, email=word.email, now=now)
    customer = await session.get(Customer, customer_id) if customer_id else None
    if customer is None or customer.erased_at is not None:
        return "unknown", None
    kept = insert(PortalToken).values(token_hash=word.hash, expires_at=word.until).on_conflict_do_nothing()
    if await session.scalar(kept.returning(PortalToken.token_hash)) is None:
        return "spent", None
    token = await visits.begin(
        session,
        customer_id=customer.id,
        identity_id=identity.id,
        way="token",
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )
    return "in", token


async def by_order(session: AsyncSession, browser: Browser, *, number: str, email: str, postcode: str) -> str | None:
    """The token of a visit that is good for this one order; None, and nothing more, when the facts do not hold."""
    proved = await orders.found_by_facts(session, number=number, email=email, postcode=postcode)
    if proved is None or proved.customer_id is None:
        return None
    return await visits.begin(
        session,
        customer_id=proved.customer_id,
        order_id=proved.order_id,
        way="order",
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )


async def _begun(session: AsyncSession, browser: Browser, row: ProofCode, way: Way) -> Begun:
    identity = await session.get_one(Identity, row.identity_id, populate_existing=True)
    assert identity.customer_id is not None
    token = await visits.begin(
        session,
        customer_id=identity.customer_id,
        identity_id=identity.id,
        way=way,
        device=browser.device,
        before=browser.before,
        lasting=browser.lasting,
    )
    return Begun(token, row.address_key)
