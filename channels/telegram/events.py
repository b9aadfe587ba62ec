"""Taking in what happens to messages and chats: reactions, deletions, blocking, groups that become supergroups."""

from __future__ import annotations

import contextlib
from typing import Literal

from telegram import (
    BusinessMessagesDeleted,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
)

from channels.telegram import standing
from channels.telegram.intake import Intake
from channels.telegram.places import Place
from crm_backend.conversations.schema import InboundMessage
from crm_backend.errors import BadInput, NotFound

OTHER_REACTION = "✨"
"""Stands for a custom or paid reaction, which has no letter."""


async def reacted(intake: Intake, reaction: MessageReactionUpdated, *, update_id: int) -> None:
    """The reactions that somebody has on a message now; none takes them back."""
    if reaction.user is None or reaction.user.is_bot:
        return
    emoji = [kind.emoji if isinstance(kind, ReactionTypeEmoji) else OTHER_REACTION for kind in reaction.new_reaction]
    place = Place(reaction.chat.id)
    target = intake.name_of(place, reaction.message_id)
    await _changed(intake, reaction.user.id, place, "reaction", target, update_id=update_id, text="".join(emoji[:1]))


async def deleted(intake: Intake, gone: BusinessMessagesDeleted, *, update_id: int) -> None:
    """Messages that were deleted in a chat of a connected business account: elsewhere Telegram does not tell."""
    place = Place(gone.chat.id, gone.business_connection_id)
    for message_id in gone.message_ids:
        await _changed(intake, gone.chat.id, place, "deleted", intake.name_of(place, message_id), update_id=update_id)


async def _changed(
    intake: Intake,
    user_id: int,
    place: Place,
    event: Literal["reaction", "deleted"],
    target: str,
    *,
    update_id: int,
    text: str = "",
) -> None:
    inbound = InboundMessage(
        **intake.who(user_id, place),
        external_id=f"{target}:{event}:{update_id}",
        event=event,
        target=target,
        text=text,
    )
    # About a message that we never had there is nothing to note.
    with contextlib.suppress(NotFound, BadInput):
        await intake.core.accept(inbound)


async def membership(intake: Intake, change: ChatMemberUpdated) -> None:
    """In a private chat `kicked` means that the user blocked the bot, `member` that they no longer do."""
    if change.chat.type != "private":
        return
    blocked = change.new_chat_member.status == ChatMember.BANNED
    async with intake.core.sessions() as session, session.begin():
        await standing.reachable(session, user_id=change.chat.id, since=change.date if blocked else None)


async def migrated(intake: Intake, message: Message) -> None:
    """A group became a supergroup: told once in the old chat, and once in the new one."""
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    async with intake.core.sessions() as session, session.begin():
        await standing.moved(session, account=intake.account, old=old, new=new)
