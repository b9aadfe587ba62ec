"""A code that is typed: whether it is the right one, and what that proves."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.conversations import hiding, stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.customers import identities
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.proof_codes import codes, limits
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.services import Purpose

Heard = Literal["ok", "wrong", "expired", "used", "replaced", "locked"]
KEEPER = Actor("bot", frozenset({"customers.write"}), "assistant")


async def redeem(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    code: str,
    said: str = "",
    purpose: Purpose = "prove",
) -> Heard:
    """What a code comes to that was typed in a conversation; the same, however often the turn is run.

    `ok` when it is the last one asked for there: to `prove`, the conversation is then `verified` as the customer who
    has the address on file, which is proved as well; to `change`, `proved` says so for an hour. A code of another
    conversation is `wrong`. `said` is how the code was written (the code itself, unless told): what was a code of ours
    is taken out of the transcript.
    """
    now = utc_now()
    lock = f"proof code {conversation_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    rows = await asked_for(session, conversation_id, purpose)
    before = next((row.heard for row in rows if row.heard_turn_id == turn_id), None)
    if before is not None:
        return before  # type: ignore[return-value]
    if not rows:
        return "wrong"
    outcome, ours = await weigh(session, rows, code, now=now)
    if ours:
        await hiding.hide(session, turn_id=turn_id, said=said or code)
    rows[0].heard_turn_id, rows[0].heard = turn_id, outcome
    await session.flush()
    return outcome


async def weigh(session: AsyncSession, rows: list[ProofCode], code: str, *, now: datetime) -> tuple[Heard, bool]:
    """What a code comes to where these were asked for, the last first, and whether it is one of them; what it proves is
    noted, and that it was wrong."""
    last = rows[0]
    if await limits.guessing(session, last, now):
        return "locked", False
    meant = await _meant(rows, code)
    outcome = _outcome(meant, last, now)
    if outcome == "wrong":
        last.wrong += 1
        await session.flush()
        outcome = "locked" if await limits.guessing(session, last, now) else "wrong"
    elif outcome == "ok":
        outcome = await settle(session, last, now)
    return outcome, meant is not None


async def proved(session: AsyncSession, *, conversation_id: UUID, kind: str, value: str) -> bool:
    """Whether a code to `change` proved, in this conversation and not an hour ago, that its writer reads there."""
    found = select(ProofCode.id).where(
        ProofCode.conversation_id == conversation_id,
        ProofCode.purpose == "change",
        ProofCode.address_key == codes.address_key(kind, value),
        ProofCode.used_at > utc_now() - limits.HOUR,
    )
    return await session.scalar(found.limit(1)) is not None


async def beyond_an_order(session: AsyncSession, *, conversation_id: UUID) -> bool:
    """Whether the conversation's customer signed in, or typed there a code that went to an address on their file. The
    facts of an order prove less: one mail that somebody else reads holds them all."""
    row = await session.get(Conversation, conversation_id, populate_existing=True)
    if row is None or row.customer_id is None or not at_least(row.proof, "verified"):
        return False
    if row.proof == "signed_in":
        return True
    used = (
        select(ProofCode.id)
        .join(Identity, Identity.id == ProofCode.identity_id)
        .where(
            ProofCode.conversation_id == conversation_id,
            ProofCode.purpose == "prove",
            ProofCode.used_at.is_not(None),
            Identity.customer_id == row.customer_id,
        )
    )
    return await session.scalar(used.limit(1)) is not None


async def asked_for(session: AsyncSession, conversation_id: UUID, purpose: Purpose) -> list[ProofCode]:
    """The codes that were asked for in a conversation to that purpose, the last first. The caller has what tells this
    conversation's codes apart (`proof code …`): nobody else asks for one there, or types one."""
    rows = await session.scalars(
        select(ProofCode)
        .where(ProofCode.conversation_id == conversation_id, ProofCode.purpose == purpose)
        .order_by(ProofCode.created_at.desc(), ProofCode.id.desc())
        .limit(limits.OF_CONVERSATION)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def _meant(rows: list[ProofCode], code: str) -> ProofCode | None:
    found = None
    for row in rows:
        if await codes.is_it(code, salt=row.id, kept=row.code_hash) and found is None:
            found = row
    return found


def _outcome(meant: ProofCode | None, last: ProofCode, now: datetime) -> Heard:
    if meant is None:
        return "wrong"
    if meant.used_at is not None:
        return "used"
    if meant is not last:
        return "replaced"
    return "ok" if meant.expires_at > now else "expired"


async def settle(session: AsyncSession, row: ProofCode, now: datetime) -> Heard:
    """Notes what the code proves: `ok`; `used` where somebody was quicker with it, `expired` where the address is
    nobody's any more. Whose address it is comes first, then the conversation and the code: the order of `locks`."""
    known = await _owner(session, row) if row.purpose == "prove" else None
    again = select(ProofCode).where(ProofCode.id == row.id).execution_options(populate_existing=True)
    # Of codes to one address, who has that has them all.
    if await session.scalar(again if known is not None else again.with_for_update()) is None or row.used_at is not None:
        return "used"
    if row.purpose == "prove":
        if known is None or known.customer_id is None or row.identity_id != known.id:
            return "expired"
        await identities.prove(session, actor=KEEPER, identity_id=known.id, at=now)
        if row.conversation_id is not None:
            conversation = await stream.locked(session, row.conversation_id)
            # Whatever was proved before was proved of that customer, not of another.
            if conversation.customer_id != known.customer_id or not at_least(conversation.proof, "verified"):
                conversation.proof = "verified"
            conversation.customer_id = known.customer_id
    row.used_at = now
    # Whoever begins a visit, or changes an address, by it says so themselves.
    if row.conversation_id is not None:
        action = "verified" if row.purpose == "prove" else "address_verified"
        subject = ("conversation", row.conversation_id)
        audit.record(session, actor="customer", action=action, subject=subject, by=f"code_to_{row.kind}")
    await session.flush()
    return "ok"


async def _owner(session: AsyncSession, row: ProofCode) -> Identity | None:
    """Whose address it went to, locked."""
    found: Identity | None = await session.scalar(
        select(Identity)
        .where(Identity.id == row.identity_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found
