"""Where an inbound message belongs: its conversation, its place in it, and what is proved of the writer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.participants import latest_open_locked, takes_part
from crm_backend.conversations.reading import of_customer
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import BOT, NOBODY, InboundMessage, at_least
from crm_backend.customers import people
from crm_backend.customers.model import SHARED_KINDS, Identity
from crm_backend.database import new_id
from crm_backend.errors import NotFound

PROOF_KEPT = timedelta(hours=12)
"""Silence after which a proof no longer holds."""
CONTINUED_WITHIN = timedelta(days=7)
"""A new conversation of the same customer is told to go on from one as recent as this."""


@dataclass(frozen=True)
class Belonging:
    """A conversation, locked. `joined` is what became of the code that brought the message here, if one did;
    `known_here` says that the writer spoke there last, from the same address."""

    conversation: Conversation
    joined: str | None = None
    known_here: bool = False


async def conversation_of(
    session: AsyncSession,
    inbound: InboundMessage,
    identity: Identity,
    customer_id: UUID | None,
    default_language: str,
    now: datetime,
) -> Belonging:
    """Where the message belongs, locked."""
    joined = None
    if not inbound.by_machine and (code := inbound.join_code or joining.code_in(inbound.text)):
        moved = await joining.redeem(session, code, channel=inbound.channel, writer=identity.id, now=now)
        if moved is not None:
            return Belonging(moved, joined="joined")
        joined = "expired"
    if inbound.conversation_id is not None:
        found = await stream.locked(session, inbound.conversation_id)
        if not await takes_part(session, found.id, identity.id) and not await _theirs(session, found, inbound):
            raise NotFound("no such conversation")
        return Belonging(found, joined=joined)
    if not inbound.start_new and (latest := await latest_open_locked(session, identity.id, inbound.channel)):
        there, part = latest
        here = (inbound.channel, inbound.account, inbound.address)
        same = (there.channel, there.account, there.address) == here == (part.channel, part.account, part.address)
        return Belonging(there, joined=joined, known_here=same and there.identity_id == identity.id)
    opened = Conversation(
        id=new_id(),
        created_at=now,
        channel=inbound.channel,
        account=inbound.account,
        address=inbound.address,
        identity_id=identity.id,
        customer_id=customer_id,
        proof="anonymous",
        language=inbound.language or await people.language_of(session, customer_id) or default_language,
        owner=BOT,
        version=1,
        last_seq=0,
        team=inbound.team or "support",
        last_message_at=now,
        continues_id=await _earlier(session, customer_id, now),
    )
    opened.proof = first_proof(inbound, identity)
    session.add(opened)
    await session.flush()
    return Belonging(opened, joined=joined)


async def _theirs(session: AsyncSession, found: Conversation, inbound: InboundMessage) -> bool:
    """Whether who signed in with us may read it, and so answers in it."""
    if inbound.customer_id is None:
        return False
    query = select(Conversation.id).where(Conversation.id == found.id, of_customer.theirs(inbound.customer_id))
    return await session.scalar(query) is not None


async def _earlier(session: AsyncSession, customer_id: UUID | None, now: datetime) -> UUID | None:
    """The last conversation that was proved to be with this customer, if it is recent."""
    if customer_id is None:
        return None
    found: UUID | None = await session.scalar(
        select(Conversation.id)
        .where(
            Conversation.customer_id == customer_id,
            Conversation.proof != "anonymous",
            Conversation.last_message_at > now - CONTINUED_WITHIN,
        )
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    return found


def first_proof(inbound: InboundMessage, identity: Identity) -> str:
    """What the channel itself vouches for, before anything is asked."""
    if inbound.signed_in:
        return "signed_in" if identity.proof == "verified" else "channel"
    own = identity.proof != "none" and identity.kind not in SHARED_KINDS
    return "channel" if inbound.vouched is not None or own else "anonymous"


def prove(
    conversation: Conversation,
    inbound: InboundMessage,
    identity: Identity,
    customer_id: UUID | None,
    now: datetime,
    *,
    by_code: bool = False,
) -> None:
    """What is proved of the writer, now that they have written again; `by_code` when a code has just brought them."""
    first = first_proof(inbound, identity)
    if conversation.identity_id != identity.id and not by_code:
        _prove_anew(conversation, first, customer_id)
        return
    if inbound.signed_in:
        _prove_account(conversation, first, customer_id, now)
        return
    if conversation.owner == NOBODY or now - conversation.last_message_at > PROOF_KEPT:
        # Who writes now need not be who proved to be the customer: the same browser may serve others.
        _begin_with(conversation, first, customer_id)
    elif identity.kind in SHARED_KINDS and inbound.vouched is None:
        # Anybody can put this address on an envelope, whoever wrote the one before.
        conversation.proof = "anonymous"
    elif not at_least(conversation.proof, first):
        _begin_with(conversation, first, customer_id)
    if customer_id is not None and not at_least(conversation.proof, "verified"):
        conversation.customer_id = customer_id


def _prove_anew(conversation: Conversation, first: str, customer_id: UUID | None) -> None:
    """Another than the last one writes. Who brings a code has what was proved where it was given, but who gave it has
    nothing of what its bringer proves: a stranger may have handed theirs to somebody else.

    What the assistant is thinking about for the other one is thought about again, so that it is not told to this one.
    """
    before = (conversation.proof, conversation.customer_id)
    _begin_with(conversation, first, customer_id)
    if before != (conversation.proof, conversation.customer_id) and conversation.owner == BOT:
        conversation.version += 1


def _begin_with(conversation: Conversation, first: str, customer_id: UUID | None) -> None:
    """What the channel vouches for is all that is proved, and of nobody but the writer. Where it vouches for nothing it
    stays noted whose the conversation was: nothing of theirs may be told or mailed."""
    conversation.proof = first
    if customer_id is not None or at_least(first, "channel"):
        conversation.customer_id = customer_id


def _prove_account(conversation: Conversation, first: str, customer_id: UUID | None, now: datetime) -> None:
    """The company's own site says who writes: proof and customer go together, so that nobody is taken for another."""
    stale = conversation.owner == NOBODY or now - conversation.last_message_at > PROOF_KEPT
    other = conversation.customer_id not in (None, customer_id)
    if other and not stale and conversation.proof == "verified":
        # They proved, in this very conversation, that they may speak of somebody else's order.
        return
    if stale or other or not at_least(conversation.proof, first):
        conversation.proof = first
    conversation.customer_id = customer_id


@dataclass(frozen=True)
class Around:
    """What stands before a message: the content of the assistant's last one, and the place of the first that the
    platform says was written later."""

    last: dict[str, Any]
    later: float | None


async def around(
    session: AsyncSession, conversation: Conversation, inbound: InboundMessage, identity: Identity
) -> Around:
    """Both, in one question to the database."""
    if not conversation.last_seq:
        return Around({}, None)
    known: dict[str, Any] = {"conversation": conversation.id, "last_seq": conversation.last_seq}
    if inbound.order is None:
        return Around((await session.execute(_LAST, known)).scalar() or {}, None)
    known |= {"writer": identity.id, "on_channel": inbound.channel, "order": inbound.order}
    row = (await session.execute(_LAST_AND_LATER, known)).one()
    return Around(row[0] or {}, row[1])


# Made once: putting a statement together takes longer than running it.
_last = (
    select(Message.content)
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.seq == bindparam("last_seq"),
        Message.author == "bot",
    )
    .scalar_subquery()
)
_later = (
    select(func.min(Message.place))
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.identity_id == bindparam("writer"),
        Message.channel == bindparam("on_channel"),
        Message.platform_order > bindparam("order"),
    )
    .scalar_subquery()
)
_LAST, _LAST_AND_LATER = select(_last), select(_last, _later)
_BEFORE = select(func.max(Message.place)).where(
    Message.conversation_id == bindparam("conversation"), Message.place < bindparam("later")
)


async def place_before(session: AsyncSession, conversation: Conversation, later: float | None) -> float | None:
    """Where a message that was overtaken is shown: just before `later`. None at the end, where most belong."""
    if later is None:
        return None
    before = await session.scalar(_BEFORE, {"conversation": conversation.id, "later": later})
    # When the gap is too small for another number both share a place, and the order of arrival decides.
    return float((later - 1 if before is None else before) + later) / 2
