"""What a customer is reached at and recognised by: adding it, taking it away, and which one comes first."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers import checks
from crm_backend.customers.model import ACCOUNT, SHARED_KINDS, Identity
from crm_backend.customers.people import LONGEST_VALUE
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.telling import tell
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, NotNow

MOST = 100
KINDS = ("email", "phone", "telegram", "whatsapp", "external")
"""What may be added by hand. Browsers and signed-in accounts are known by being used, and belong to who uses them."""
PROOFS = ("none", "verified")
_EXTERNAL = re.compile(r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,199}")
_TELEGRAM = re.compile(r"[1-9]\d{0,18}")


def identity_value(kind: str, value: object, *, country: str = "") -> str:
    """The value as identities of this kind are kept: mail in lower case, telephones in E.164, WhatsApp's number without
    its plus sign, Telegram's numeric identifier. Raises Invalid."""
    if kind == "email":
        return checks.email("value", value)
    if kind == "phone":
        return checks.phone("value", value, country=country)
    if kind == "whatsapp":
        return checks.phone("value", value, country=country).removeprefix("+")
    if not isinstance(value, str):
        raise Invalid("value", "not_text")
    shape = _TELEGRAM if kind == "telegram" else _EXTERNAL
    if not shape.fullmatch(value.strip()) or len(value) > LONGEST_VALUE:
        raise Invalid("value", "telegram" if kind == "telegram" else "external")
    return value.strip()


async def add(
    session: AsyncSession,
    *,
    actor: Actor,
    customer_id: UUID,
    kind: str,
    value: str,
    country: str = "",
    proof: str = "none",
    primary: bool = False,
    own_word: bool = False,
) -> Identity:
    """Puts an address on the customer's file; the first of its kind is the primary one.

    `proof` is `verified` when whoever adds it has checked that it is theirs; with `own_word` nobody but they say so. An
    account on a channel is one person's alone, and one that has written already becomes theirs only if it is nobody's.
    Raises NotFound, Invalid (no such address; `not_added_by_hand`; `taken`), NotNow (`enough_there`).
    """
    actor.need("customers.write")
    if kind not in KINDS:
        raise Invalid("kind", "not_added_by_hand")
    if proof not in PROOFS:
        raise Invalid("proof", "not_choice", expected=", ".join(PROOFS))
    plain = identity_value(kind, value, country=country)
    customer = await locked(session, customer_id)
    there = await _of_kind(session, customer_id)
    if sum(there.values()) >= MOST:
        raise NotNow("enough_there", most=MOST)
    identity = await _existing(session, customer_id, kind, plain)
    if identity is None:
        identity = Identity(kind=kind, value=plain, customer_id=customer_id)
        session.add(identity)
    elif identity.customer_id == customer_id:
        raise Invalid("value", "there_already")
    # What a platform vouched for was an address of theirs, and not that they are this customer: nobody inherits that.
    identity.customer_id = customer_id
    identity.proof, identity.proved_at = (proof, utc_now()) if proof != "none" else ("none", None)
    identity.is_primary, identity.own_word = False, own_word
    await session.flush()
    if primary or not there.get(kind):
        await _first(session, identity)
    touch(customer, compared=True)
    await session.flush()
    told = {"kind": kind, "identity": identity.id, "proof": identity.proof, "primary": identity.is_primary}
    await tell(session, customer_id, actor=actor, action="identity_added", fields=[f"identities.{kind}"], new=told)
    return identity


async def put_first(session: AsyncSession, *, actor: Actor, customer_id: UUID, kind: str, value: str) -> Identity:
    """Makes an address (as `identity_value` gives it) the first of its kind, unproved and on the customer's own word
    where it is new. Raises as `add` does."""
    known = await session.scalar(
        select(Identity).where(Identity.customer_id == customer_id, Identity.kind == kind, Identity.value == value)
    )
    if known is not None:
        return await make_primary(session, actor=actor, identity_id=known.id)
    return await add(session, actor=actor, customer_id=customer_id, kind=kind, value=value, primary=True, own_word=True)


async def make_primary(session: AsyncSession, *, actor: Actor, identity_id: UUID) -> Identity:
    """Makes it the one of its kind that is shown and written to first. Raises NotFound."""
    actor.need("customers.write")
    identity = await _locked(session, identity_id)
    assert identity.customer_id is not None
    customer = await locked(session, identity.customer_id)
    await _first(session, identity)
    touch(customer)
    await session.flush()
    told = {"kind": identity.kind, "identity": identity.id}
    fields = [f"identities.{identity.kind}"]
    await tell(session, customer.id, actor=actor, action="identity_made_primary", fields=fields, new=told)
    return identity


async def prove(session: AsyncSession, *, actor: Actor, identity_id: UUID, at: datetime | None = None) -> Identity:
    """Notes that somebody has checked that it is theirs. Raises NotFound."""
    actor.need("customers.write")
    identity = await _locked(session, identity_id)
    assert identity.customer_id is not None
    customer = await locked(session, identity.customer_id)
    old = {"proof": identity.proof}
    identity.proof, identity.proved_at = "verified", at or utc_now()
    touch(customer)
    await session.flush()
    await tell(
        session,
        customer.id,
        actor=actor,
        action="identity_proved",
        fields=[f"identities.{identity.kind}"],
        old=old,
        new={"proof": "verified"},
        identity=str(identity.id),
    )
    return identity


async def remove(session: AsyncSession, *, actor: Actor, identity_id: UUID) -> None:
    """Takes it off the customer's file. What was written from an account stays with the account, whose next message is
    nobody's until it is proved again. Raises NotFound."""
    actor.need("customers.write")
    identity = await _locked(session, identity_id)
    assert identity.customer_id is not None
    customer = await locked(session, identity.customer_id)
    kind, was_primary = identity.kind, identity.is_primary
    if kind in SHARED_KINDS:
        # Whoever writes from a shared address is another row, without customer.
        await session.delete(identity)
    else:
        identity.customer_id, identity.proof, identity.proved_at = None, "none", None
        identity.is_primary = False
    await session.flush()
    if was_primary:
        heir = await session.scalar(
            select(Identity)
            .where(Identity.customer_id == customer.id, Identity.kind == kind)
            .order_by(Identity.created_at, Identity.id)
            .limit(1)
        )
        if heir is not None:
            heir.is_primary = True
    touch(customer, compared=True)
    await session.flush()
    old = {"kind": kind, "identity": identity_id}
    fields = [f"identities.{kind}"]
    await tell(session, customer.id, actor=actor, action="identity_removed", fields=fields, old=old)


async def _existing(session: AsyncSession, customer_id: UUID, kind: str, value: str) -> Identity | None:
    """The row that is or may become this customer's."""
    query = select(Identity).where(Identity.kind == kind, Identity.value == value).with_for_update(key_share=True)
    if kind in SHARED_KINDS:
        found: Identity | None = await session.scalar(query.where(Identity.customer_id == customer_id))
        if kind == "external" and found is None and await session.scalar(query.limit(1)):
            raise Invalid("value", "taken")
        return found
    found = await session.scalar(query)
    if found is not None and found.customer_id not in (None, customer_id):
        raise Invalid("value", "taken", holder=str(found.customer_id))
    return found


async def _locked(session: AsyncSession, identity_id: UUID) -> Identity:
    found: Identity | None = await session.scalar(
        select(Identity)
        .where(Identity.id == identity_id, Identity.customer_id.is_not(None), Identity.kind != ACCOUNT)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such identity")
    return found


async def _first(session: AsyncSession, identity: Identity) -> None:
    await session.execute(
        update(Identity)
        .where(Identity.customer_id == identity.customer_id, Identity.kind == identity.kind, Identity.is_primary)
        .values(is_primary=False)
        .execution_options(synchronize_session="fetch")
    )
    identity.is_primary = True


async def _of_kind(session: AsyncSession, customer_id: UUID) -> dict[str, int]:
    rows = await session.execute(
        select(Identity.kind, func.count()).where(Identity.customer_id == customer_id).group_by(Identity.kind)
    )
    return dict(rows.tuples().all())
