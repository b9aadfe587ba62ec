"""Putting tags on conversations and taking them off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.errors import Invalid, NotNow
from crm_backend.tags.model import ConversationTag

MOST = 20
"""Tags that a conversation may have."""


async def hold(session: AsyncSession, tag_ids: Collection[UUID]) -> dict[UUID, ConversationTag]:
    """The tags there are of these, which nobody makes into others until the transaction ends. Hold tags before
    conversations: merging tags takes their locks in that order."""
    if not tag_ids:
        return {}
    rows = await session.scalars(
        select(ConversationTag)
        .where(ConversationTag.id.in_(tag_ids))
        .order_by(ConversationTag.id)
        .with_for_update(read=True, key_share=True)
    )
    return {row.id: row for row in rows}


async def tag(
    session: AsyncSession,
    *,
    actor: Actor,
    conversation_id: UUID,
    add: Sequence[UUID] = (),
    remove: Sequence[UUID] = (),
) -> Conversation:
    """Puts tags on a conversation, whoever has it, and takes others off; what it has already changes nothing. Needs
    conversations.write. Raises NotFound, Invalid (`unknown_tag`, `tag_retired`), NotNow (`tags_most`)."""
    actor.need("conversations.write")
    known = await hold(session, {*add, *remove})
    conversation = await stream.locked(session, conversation_id)
    before = list(conversation.tag_ids)
    after = [each for each in before if each not in remove]
    for each in add:
        if each in after:
            continue
        if each not in known:
            raise Invalid("add", "unknown_tag")
        if known[each].retired:
            raise Invalid("add", "tag_retired", name=known[each].name)
        after.append(each)
    if len(after) > max(MOST, len(before)):
        raise NotNow("tags_most", most=MOST)
    if after != before:
        conversation.tag_ids = after
        told: dict[str, Any] = {
            "added": [known[each].name for each in after if each not in before],
            "removed": [known[each].name for each in before if each not in after and each in known],
        }
        audit.record(session, actor=actor, action="tagged", subject=("conversation", conversation.id), **told)
        await session.flush()
    return conversation


async def of(session: AsyncSession, tag_ids: Collection[UUID]) -> dict[UUID, ConversationTag]:
    """What these tags are called and look like; one that became another just now is left out."""
    if not tag_ids:
        return {}
    rows = await session.scalars(select(ConversationTag).where(ConversationTag.id.in_(tag_ids)))
    return {row.id: row for row in rows}
