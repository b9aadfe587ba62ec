"""What a browser is not shown: words from a channel on which somebody is known, who need not be who sits at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from channels.webchat.frames import NAME
from channels.webchat.visitors import Visitor
from crm_backend.conversations.participants import first_of_another, private_elsewhere
from crm_backend.conversations.reading.history import Past
from crm_backend.conversations.reading.messages import MessageView

Labels = Mapping[str, Mapping[str, str]]
INSTEAD = {
    "fr": "Ce message est resté sur {channel}, où vous pouvez le lire.",
    "en": "This message stayed on {channel}, where you can read it.",
}
_NOTHING: dict[str, Any] = {
    "buttons": [],
    "cards": [],
    "files": [],
    "location": None,
    "contacts": [],
    "reactions": [],
    "quote": None,
    "sender_name": None,
    "details": {},
}


async def discreet(
    session: AsyncSession, visitor: Visitor, conversation: UUID, views: Sequence[MessageView], labels: Labels
) -> list[MessageView]:
    """The messages as this visitor may see them.

    Whoever has a conversation here can give its code to somebody else, or leave the browser to somebody else after
    taking it along: of what is said where the platform says who writes, they see that it was, and not what. As long as
    nobody else has written, what goes elsewhere is the answer that this visitor asked to have there.
    """
    if all(view.channel == NAME for view in views):
        return list(views)
    who = {"kind": visitor.kind, "value": visitor.value}
    private = await private_elsewhere(session, conversation, **who)
    theirs = await first_of_another(session, conversation, **who) if private else None
    if theirs is None:
        return list(views)
    return [
        _kept_back(view, labels)
        if view.channel != NAME and view.seq >= theirs and (view.channel, view.account) in private
        else view
        for view in views
    ]


async def discreet_past(session: AsyncSession, visitor: Visitor, past: Past, labels: Labels) -> Past:
    """A conversation of the visitor's list, likewise."""
    if past.last is None:
        return past
    return replace(past, last=(await discreet(session, visitor, past.id, [past.last], labels))[0])


def _kept_back(view: MessageView, labels: Labels) -> MessageView:
    language = "en" if view.language == "en" else "fr"
    channel = labels.get(view.channel, {}).get(language) or view.channel.capitalize()
    return view.model_copy(update={**_NOTHING, "text": INSTEAD[language].format(channel=channel)})
