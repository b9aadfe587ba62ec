"""Who writes: the identity behind an address, and the customer behind an identity where that is vouched for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import ACCOUNT, SHARED_KINDS, Customer, Identity
from crm_backend.database import new_id
from crm_backend.errors import BadInput

_KIND = re.compile(r"[a-z][a-z0-9_]{1,30}")
LONGEST_VALUE = 400

# Made once: putting a statement together takes longer than running it, and this one runs with every message.
# Locked without the key: who updates a conversation twice has its foreign key checked, and must not wait for us while
# we wait for the conversation.
_WRITER = (
    select(Identity)
    .where(Identity.kind == bindparam("of_kind"), Identity.value == bindparam("with_value"))
    .with_for_update(key_share=True)
)
_SHARED_WRITER = _WRITER.where(Identity.customer_id.is_(None))


class Address(Protocol):
    """An address somebody has: a kind of identity and its value."""

    @property
    def kind(self) -> str: ...

    @property
    def value(self) -> str: ...


async def writer(
    session: AsyncSession,
    *,
    kind: str,
    value: str,
    shown_name: str = "",
    vouched: tuple[str, str] | None = None,
    now: datetime,
    wrote: bool = True,
) -> Identity:
    """The identity of somebody who writes, made when nobody wrote from there before; locked until the transaction ends.

    `vouched` is an address (kind, value) that the platform says is theirs: an account on a channel is then tied to the
    one customer who has it on file. Without `wrote`, it is they who are to be written to. Raises BadInput for a kind or
    value that cannot be an address.
    """
    if not _KIND.fullmatch(kind) or kind == "external" or not 0 < len(value) <= LONGEST_VALUE:
        raise BadInput(f"{kind[:40]} is no channel account")
    query = _SHARED_WRITER if kind in SHARED_KINDS else _WRITER
    address = {"of_kind": kind, "with_value": value}
    found: Identity | None = await session.scalar(query, address)
    if found is None:
        made = insert(Identity).values(id=new_id(), kind=kind, value=value, proof="none").on_conflict_do_nothing()
        await session.execute(made)
        found = await session.scalar(query, address)
    assert found is not None
    if wrote:
        found.unreachable_since = None
    if shown_name:
        found.shown_name = shown_name
    if vouched is not None and kind not in SHARED_KINDS:
        found.proof, found.proved_at = "channel", now
        owner = await _customer_with(session, *vouched)
        if owner is not None:
            found.customer_id = owner
    return found


async def on_file(session: AsyncSession, identity: Identity, vouched: Address | None) -> UUID | None:
    """The customer that the platform's word leads to: through an address vouched for now, or an account tied before."""
    if vouched is not None and (owner := await _customer_with(session, vouched.kind, vouched.value)):
        return owner
    return identity.customer_id if identity.proof != "none" else None


async def signs_in(session: AsyncSession, identity: Identity, *, email: str | None, now: datetime) -> UUID | None:
    """The customer that the company's own site says an account is, None when nobody on file is; ties the account to it.

    That is who has the account's value as their number. Else it is the one customer with this address, which the site
    vouches for, unless they have another number there: then the account's `proof` is `channel` rather than `verified`.
    """
    assert identity.kind == ACCOUNT
    customer: UUID | None = await session.scalar(select(Customer.id).where(Customer.external_id == identity.value))
    proof = "verified"
    if customer is None and email is not None and (owner := await _customer_with(session, "email", email)):
        numbered = await session.scalar(select(Customer.external_id).where(Customer.id == owner))
        if numbered is None:
            customer, proof = owner, "channel"
    identity.customer_id, identity.proof, identity.proved_at = customer, proof, now
    return customer


async def moved(
    session: AsyncSession, *, kind: str, old: str, new: str, moved_at: datetime, old_phone: str | None = None
) -> Identity | None:
    """The account that was `old` on its channel and is `new` since `moved_at`; locked. None when nothing moves.

    Nothing moves when nobody wrote from `old` before that time (who did so later is its next holder), or when somebody
    wrote from `new` already. `old_phone`, the number that was given up, no longer leads to its customer.
    """
    accounts = await session.scalars(
        select(Identity).where(Identity.kind == kind, Identity.value.in_((old, new))).with_for_update()
    )
    known = {account.value: account for account in accounts}
    identity = known.get(old)
    if identity is None or new in known or kind in SHARED_KINDS or identity.created_at > moved_at:
        return None
    identity.value = new
    if old_phone is not None and identity.customer_id is not None:
        await session.execute(
            update(Identity)
            .where(Identity.kind == "phone", Identity.value == old_phone, Identity.customer_id == identity.customer_id)
            .values(unreachable_since=moved_at)
        )
    await session.flush()
    return identity


async def _customer_with(session: AsyncSession, kind: str, value: str) -> UUID | None:
    """The one customer who has this address on file; None when nobody or several have."""
    # What is on file is written as the customer wrote it.
    same = func.lower(Identity.value) == value.lower() if kind == "email" else Identity.value == value
    rows = await session.scalars(
        select(Identity.customer_id)
        .where(
            Identity.kind == kind,
            same,
            Identity.customer_id.is_not(None),
            # A number that was given up is somebody else's before long.
            or_(Identity.kind != "phone", Identity.unreachable_since.is_(None)),
        )
        .distinct()
        .limit(2)
    )
    found = list(rows)
    return found[0] if len(found) == 1 else None


async def language_of(session: AsyncSession, customer_id: UUID | None) -> str | None:
    """The language a customer is written to in."""
    if customer_id is None:
        return None
    found: str | None = await session.scalar(select(Customer.language).where(Customer.id == customer_id))
    return found
