"""Where somebody asks for a code from, as it is kept: strangers use up the share of their own place."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Network
from typing import Final
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Identity
from crm_backend.proof_codes.model import ProofCode

ASKED_FROM: Final = "asked_from"
"""In the details of a message of the chat: the place of the browser that sent it."""
SITE = 48
"""Bits of an IPv6 address that one site is given: who has it asks from any of its 65,536 lines."""
ANYBODYS: Final = "browser"
"""The kind of writer of which anybody makes as many as they like."""
MOST_FORGOTTEN: Final = 2_000
# As it stands in the condition of ix_messages_asked_from: another spelling would read every message.
_TELLS = text("messages.details ? 'asked_from'")


@dataclass(frozen=True)
class Place:
    """`known` is one in which this very address was proved before: its limit over all places is twice as high."""

    key: str
    known: bool = False


def network(remote: str) -> str:
    """The network of a sender, as wide as one site of IPv6 may be; what is none stays as it is."""
    try:
        return str(IPv6Network(remote).supernet(new_prefix=SITE))
    except ValueError:
        return remote


def of_network(secret: bytes, remote: str) -> str:
    """What is kept of a network: a fingerprint under a key of ours, since there are few enough to try them all."""
    key = hmac.digest(secret, b"asked from", "sha256")
    return hmac.new(key, f"network {network(remote)}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def of_customer(customer_id: UUID) -> str:
    """Who is signed in takes from their own share of an address, wherever they are."""
    return _of("customer", customer_id)


async def of_conversation(session: AsyncSession, conversation: Conversation, *, address: str) -> Place:
    """Where a conversation asks from for an address (its `codes.address_key`): the customer who is signed in, an
    account that a platform tells from others, or the network of a browser. Who proved the address before is a place of
    their own; all of whom nothing is known are one."""
    writer = conversation.identity_id
    proved = select(ProofCode.id).where(
        ProofCode.writer_id == writer, ProofCode.address_key == address, ProofCode.used_at.is_not(None)
    )
    if await session.scalar(proved.limit(1)) is not None:
        return Place(_of("writer", writer), known=True)
    if conversation.proof == "signed_in" and conversation.customer_id is not None:
        return Place(of_customer(conversation.customer_id))
    if await session.scalar(select(Identity.kind).where(Identity.id == writer)) != ANYBODYS:
        return Place(_of("writer", writer))
    told = Message.details[ASKED_FROM].astext
    last = select(told).where(Message.conversation_id == conversation.id, Message.author == "customer")
    found = await session.scalar(last.where(told.is_not(None)).order_by(Message.seq.desc()).limit(1))
    return Place(found or _of("nobody knows", ""))


async def forget(session: AsyncSession, *, before: datetime) -> int:
    """Takes the place out of messages written before; of how many, `MOST_FORGOTTEN` at a time. Those that are held at
    this instant are left for the next time."""
    old = select(Message.id).where(_TELLS, Message.created_at < before).order_by(Message.created_at)
    some = old.limit(MOST_FORGOTTEN).with_for_update(skip_locked=True)
    less = Message.details.op("-", return_type=JSONB())(ASKED_FROM)
    forgotten = update(Message).where(Message.id.in_(some)).values(details=less).returning(Message.id)
    return len((await session.scalars(forgotten, execution_options={"synchronize_session": False})).all())


def _of(kind: str, who: UUID | str) -> str:
    return hashlib.sha256(f"{kind} {who}".encode()).hexdigest()
