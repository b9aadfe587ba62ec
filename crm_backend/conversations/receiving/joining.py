"""Going on with a conversation on another channel: a code, given where the person is known, brought where they go."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, JoinCode, Participant
from crm_backend.database import utc_now
from crm_backend.errors import NotFound

GOOD_FOR = timedelta(minutes=30)
# Without the letters and figures that are mistaken for one another. 12 of 31 are 59 bits: with the time they are good
# for, guessing is hopeless at any rate the doors let through.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
CODE = re.compile(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b")
"""How a code is written where people see it."""


async def make_code(session: AsyncSession, *, conversation_id: UUID) -> str:
    """A code that is good once, for 30 minutes, to go on with this conversation elsewhere. Raises NotFound."""
    conversation = await stream.locked(session, conversation_id)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    session.add(JoinCode(conversation_id=conversation.id, code_hash=_hashed(code), expires_at=utc_now() + GOOD_FOR))
    await session.flush()
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


async def redeem(session: AsyncSession, code: str, *, channel: str, writer: UUID, now: datetime) -> Conversation | None:
    """The conversation of the code, locked; None when there is no such code, or it is used or too old.

    Neither does it lead to where somebody else writes on the same channel: a code takes a person to another channel,
    and who is given one for a browser next to their own was meant to write into a stranger's.
    """
    good = (JoinCode.code_hash == _hashed(code), JoinCode.used_at.is_(None), JoinCode.expires_at > now)
    taken = exists().where(
        Participant.conversation_id == JoinCode.conversation_id,
        Participant.channel == channel,
        Participant.identity_id != writer,
    )
    found = await session.scalar(select(JoinCode.conversation_id).where(*good, ~taken))
    if found is None:
        return None
    try:
        # Before the code, which goes with the conversation when a split is undone: the order of `locks`.
        conversation = await stream.locked(session, found)
    except NotFound:
        return None
    used = update(JoinCode).where(*good, ~taken).values(used_at=now).returning(JoinCode.id)
    if await session.scalar(used) is None:
        return None
    audit.record(session, actor="customer", action="joined", subject=("conversation", conversation.id))
    return conversation


def code_in(text: str) -> str | None:
    """The code that a text carries, if it carries one."""
    found = CODE.search(text.upper())
    return found.group() if found else None


def _hashed(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^0-9A-Z]", "", code.upper()).encode()).hexdigest()
