"""An e-mail address that takes the place of another, once a code has proved it; the other one is told."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations.schema import Reply
from crm_backend.customers import checks, identities
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.errors import NotProved
from crm_backend.notifications import routes
from crm_backend.notifications.schema import Start
from crm_backend.proof_codes import redeeming, ways, words

TEMPLATE = "address_changed"


async def change_email(
    session: AsyncSession,
    *,
    actor: Actor,
    conversation_id: UUID,
    customer_id: UUID,
    value: str,
    starts: Sequence[Start],
) -> tuple[Identity, bool]:
    """Makes a proved address the customer's first, and whether the one before was written to about it, which stays on
    file. Raises NotProved without the proof by code of the address, or when nothing but an order's facts proves who
    asks; Invalid, NotNow, NotFound."""
    plain = checks.email("value", value)
    if not await redeeming.proved(session, conversation_id=conversation_id, kind=ways.EMAIL, value=plain):
        raise NotProved("no code has proved this address")
    if not await redeeming.beyond_an_order(session, conversation_id=conversation_id):
        raise NotProved("the facts of an order do not move an address")
    return await put_first(session, actor=actor, customer_id=customer_id, value=plain, starts=starts)


async def put_first(
    session: AsyncSession, *, actor: Actor, customer_id: UUID, value: str, starts: Sequence[Start]
) -> tuple[Identity, bool]:
    """The same for whoever has seen to the proofs: that somebody who is surely this customer reads the address. Raises
    Invalid, NotNow, NotFound."""
    plain = checks.email("value", value)
    theirs = select(Identity).where(Identity.customer_id == customer_id, Identity.kind == ways.EMAIL)
    before = await session.scalar(theirs.where(Identity.is_primary).order_by(Identity.created_at).limit(1))
    known = await session.scalar(theirs.where(func.lower(Identity.value) == plain).limit(1))
    if known is None:
        known = await identities.add(
            session,
            actor=actor,
            customer_id=customer_id,
            kind=ways.EMAIL,
            value=plain,
            proof="verified",
            primary=True,
        )
    else:
        await identities.prove(session, actor=actor, identity_id=known.id)
        await identities.make_primary(session, actor=actor, identity_id=known.id)
    told = before is not None and before.id != known.id and await _tell(session, customer_id, before.value, starts)
    return known, told


async def _tell(session: AsyncSession, customer_id: UUID, old: str, starts: Sequence[Start]) -> bool:
    """Writes to the address that was the first one; false when nothing gets there."""
    found = await routes.ways(session, customer_id, starts=starts)
    route = next((each for each in found if each.kind == ways.EMAIL and each.value.lower() == old.lower()), None)
    if route is None:
        return False
    language = (await session.get_one(Customer, customer_id)).language
    reply = Reply(text=words.CHANGED[language], template=TEMPLATE)
    await ways.write(session, route, customer_id=customer_id, reply=reply, language=language, now=utc_now())
    return True
