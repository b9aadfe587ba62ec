"""Sending a code to an address, and taking it back from the conversation that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import Reply, at_least
from crm_backend.customers import checks
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.notifications.schema import Start
from crm_backend.proof_codes import codes, limits, places, ways, words
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.places import Place

Purpose = Literal["prove", "change", "answer"]
Asked = Literal["asked", "too_many", "here"]
TEMPLATE = "proof_code"


async def send(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    kind: str,
    value: str,
    purpose: Purpose = "prove",
    starts: Sequence[Start],
) -> Asked:
    """Sends a code to an address, where there is one to send it to; once, however often the turn is run.

    To `prove`, that is an address on file (`kind` is `email` or `phone`) of one customer; to `change`, any e-mail
    address. `asked` tells nobody whether a code is on its way; `too_many` is counted of
    known and unknown addresses alike; `here` is an address that the platform vouches for in this very conversation,
    where a code would prove no more. Raises Invalid (no such address; `change` of something else), NotFound.
    """
    if purpose == "change" and kind != ways.EMAIL:
        raise Invalid("kind", "not_choice", expected=ways.EMAIL)
    plain = checks.email("value", value) if kind == ways.EMAIL else checks.phone("value", value)
    key, now = codes.address_key(kind, plain), utc_now()
    conversation = await _in_turn(session, conversation_id, key)
    if await session.scalar(select(ProofCode.id).where(ProofCode.turn_id == turn_id)) is not None:
        return "asked"
    if purpose == "prove" and await _is_here(session, conversation, kind, plain, starts):
        return "here"
    place = await places.of_conversation(session, conversation, address=key)
    if await too_many(session, conversation, key, place, now):
        return "too_many"
    row = ProofCode(
        id=new_id(),
        created_at=now,
        conversation_id=conversation_id,
        asked_from=place.key,
        writer_id=conversation.identity_id,
        turn_id=turn_id,
        purpose=purpose,
        kind=kind,
        address_key=key,
        expires_at=now + codes.GOOD_FOR,
    )
    await _send(session, row, conversation, plain, starts, now)
    session.add(row)
    await session.flush()
    return "asked"


async def _in_turn(session: AsyncSession, conversation_id: UUID, address: str) -> Conversation:
    """The conversation, once nobody else asks for a code there or for the address: none goes out before the others are
    counted."""
    for name in (f"proof code {address}", f"proof code {conversation_id}"):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("no such conversation")
    return conversation


async def too_many(
    session: AsyncSession, conversation: Conversation, address: str, place: Place, now: datetime
) -> bool:
    """Whether enough codes were asked for: in a conversation, by its writer, for an address, from a place."""
    return await limits.too_many(
        session,
        (ProofCode.conversation_id == conversation.id, limits.DAY, limits.OF_CONVERSATION),
        (ProofCode.writer_id == conversation.identity_id, limits.DAY, limits.OF_WRITER),
        address=address,
        place=place,
        now=now,
    )


async def _send(
    session: AsyncSession,
    row: ProofCode,
    conversation: Conversation,
    value: str,
    starts: Sequence[Start],
    now: datetime,
) -> None:
    code = codes.make()
    kept = await codes.fingerprint(code, salt=row.id)
    language, owner = conversation.language, conversation.customer_id
    if row.purpose == "change":
        route = ways.new_way(value, starts=starts)
    else:
        known = await ways.on_file(session, kind=row.kind, value=value)
        here = (conversation.channel, conversation.account, conversation.address)
        if known is None or known.customer_id is None:
            return
        owner, row.identity_id = known.customer_id, known.id
        language = (await session.get_one(Customer, owner)).language
        route = await ways.way(session, owner, kind=row.kind, value=value, starts=starts, here=here)
    if route is None:
        return
    row.code_hash = kept
    reply = Reply(text=words.TEXTS[row.purpose][language], template=TEMPLATE, values={"code": HIDDEN})
    await ways.write(session, route, customer_id=owner, reply=reply, language=language, now=now, secret=code)


async def _is_here(
    session: AsyncSession, conversation: Conversation, kind: str, value: str, starts: Sequence[Start]
) -> bool:
    """Whether it is the address that they write from, which the platform vouches for; or leads to this chat alone."""
    if not at_least(conversation.proof, "channel"):
        return False
    writer = await session.get(Identity, conversation.identity_id)
    if writer is None:
        return False
    if kind == ways.EMAIL:
        return (writer.kind, writer.value.lower()) == (kind, value)
    if writer.kind not in ways.BY_NUMBER or conversation.customer_id is None:
        return False
    known = await ways.on_file(session, kind=kind, value=value)
    if known is None or known.customer_id != conversation.customer_id:
        return False
    here = (conversation.channel, conversation.account, conversation.address)
    way = await ways.way(session, conversation.customer_id, kind=kind, value=value, starts=starts, here=here)
    return way is None or way.address.removeprefix("+") == conversation.address.removeprefix("+")
