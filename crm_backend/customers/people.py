"""Who writes: the identity behind an address, and the customer behind an identity where that is vouched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers import successors
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
_MADE = (
    insert(Identity)
    .values(id=bindparam("new_id"), kind=bindparam("of_kind"), value=bindparam("with_value"), proof="none")
    .on_conflict_do_nothing()
    .returning(Identity)
)
_SHARED_WRITER = _WRITER.where(Identity.customer_id.is_(None))


def of_address(kind: BindParameter[str], value: BindParameter[str]) -> Select[tuple[UUID | None]]:
    """The customers, two at most, who have an address on file exactly so."""
    return (
        select(Identity.customer_id)
        .where(
            Identity.kind == kind,
            Identity.value == value,
            Identity.customer_id.is_not(None),
            # A number that was given up is somebody else's before long.
            or_(Identity.kind != "phone", Identity.unreachable_since.is_(None)),
            # Anybody can type somebody else's, and would read from then on what its owner writes.
            or_(~Identity.own_word, Identity.proof != "none"),
        )
        .distinct()
        .limit(2)
    )


_WITH_VALUE = of_address(bindparam("of_kind"), bindparam("value"))
_WITH_EMAIL = (
    select(Identity.customer_id)
    .where(
        Identity.kind == "email",
        # What is on file is written as the customer wrote it.
        func.lower(Identity.value) == bindparam("value"),
        Identity.customer_id.is_not(None),
    )
    .distinct()
    .limit(2)
)


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
        found = await session.scalar(_MADE, {"new_id": new_id(), **address})
    if found is None:
        found = await session.scalar(query, address)
    assert found is not None
    owners = await _customers_with(session, *vouched) if vouched is not None and kind not in SHARED_KINDS else []
    heard_from(found, shown_name=shown_name, vouched=vouched is not None, owners=owners, now=now, wrote=wrote)
    return found


def heard_from(
    identity: Identity,
    *,
    shown_name: str,
    vouched: bool,
    owners: Sequence[UUID],
    now: datetime,
    wrote: bool = True,
) -> None:
    """Notes what came with a message of a locked identity: the name shown, and whether the platform says that an
    address is theirs, which `owners` have on file. An account on a channel is then tied to its one customer."""
    # Only what changes is set: setting anything makes the session look for what to write.
    if wrote and identity.unreachable_since is not None:
        identity.unreachable_since = None
    if shown_name and shown_name != identity.shown_name:
        identity.shown_name = shown_name
    if vouched and identity.kind not in SHARED_KINDS:
        identity.proof, identity.proved_at = "channel", now
        if len(owners) == 1:
            identity.customer_id = owners[0]


async def on_file(session: AsyncSession, identity: Identity, vouched: Address | None) -> UUID | None:
    """The customer that the platform's word leads to: through an address vouched for now, or an account tied before.

    `identity` comes from `writer`, which has tied an account that is nobody else's to its customer already.
    """
    if vouched is not None and identity.kind in SHARED_KINDS:
        return await _customer_with(session, vouched.kind, vouched.value)
    return identity.customer_id if identity.proof != "none" else None


async def signs_in(
    session: AsyncSession, identity: Identity, *, email: str | None, now: datetime, known: UUID | None = None
) -> UUID | None:
    """The customer that the company's own site says an account is, None when nobody on file is; ties the account to it.

    That is who signed in with us, where that is `known`. Else it is who has the account's value as their number; or the
    one customer with this address, which the site vouches for, unless they have another number there: then the
    account's `proof` is `channel` rather than `verified`.
    """
    assert identity.kind == ACCOUNT
    customer = known or await successors.numbered(session, identity.value)
    proof = "verified"
    if customer is None and email is not None and (owner := await _customer_with(session, "email", email)):
        numbered = await session.scalar(select(Customer.external_id).where(Customer.id == owner))
        if numbered is None:
            customer, proof = owner, "channel"
    identity.customer_id, identity.proof, identity.proved_at = customer, proof, now
    return customer


async def account_of(session: AsyncSession, customer_id: UUID) -> str:
    """The value of the account that a customer signed in with us writes from: their number at the company, so that it
    is the same one as on the company's own site; for who has none there, one that no site gives."""
    number = await session.scalar(select(Customer.external_id).where(Customer.id == customer_id))
    return number or f"customer:{customer_id}"


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
    found = await _customers_with(session, kind, value)
    return found[0] if len(found) == 1 else None


async def _customers_with(session: AsyncSession, kind: str, value: str) -> list[UUID]:
    if kind == "email":
        return [each for each in await session.scalars(_WITH_EMAIL, {"value": value.lower()}) if each]
    return [each for each in await session.scalars(_WITH_VALUE, {"of_kind": kind, "value": value}) if each]


async def language_of(session: AsyncSession, customer_id: UUID | None) -> str | None:
    """The language a customer is written to in."""
    if customer_id is None:
        return None
    found: str | None = await session.scalar(select(Customer.language).where(Customer.id == customer_id))
    return found
