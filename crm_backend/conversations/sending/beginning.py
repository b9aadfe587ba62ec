"""Beginning a conversation ourselves: writing to a place from where nobody has written yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation
from crm_backend.conversations.participants import Place, writes_at
from crm_backend.conversations.schema import NOBODY
from crm_backend.customers.model import Identity
from crm_backend.database import new_id


async def begin(
    session: AsyncSession,
    reader: Identity,
    place: Place,
    *,
    customer_id: UUID | None,
    language: str,
    now: datetime,
    owner: str = NOBODY,
    team: str | None = None,
    continues_id: UUID | None = None,
) -> Conversation:
    """A conversation of its own with who reads there: closed until they answer, unless it has another owner."""
    channel, account, address = place
    conversation = Conversation(
        id=new_id(),
        created_at=now,
        channel=channel,
        account=account,
        address=address,
        identity_id=reader.id,
        customer_id=customer_id,
        continues_id=continues_id,
        # Nobody has written from there yet: who answers has still to be vouched for.
        proof="anonymous",
        language=language,
        owner=owner,
        version=1,
        last_seq=0,
        last_message_at=now,
        closed_at=now if owner == NOBODY else None,
    )
    if team is not None:
        conversation.team = team
    session.add(conversation)
    await session.flush()
    await writes_at(session, conversation.id, reader.id, place, now)
    return conversation
