"""Going on elsewhere when a customer asks for it: the link and the code, on the channel that they named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.toolbox import Spoken, tools
from actions.turn import Turn
from crm_backend.conversations.receiving import elsewhere

MOST_OFFERED = 3


class ContinueElsewhere(Action):
    """A code for the channel that was named, the choice of those there are, or the admission that there is none."""

    def name(self) -> str:
        return "action_continue_elsewhere"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn, channels = Turn.of(tracker), tools().channels
        chosen = turn.entities.get("channel") if turn.text.startswith("/") else None
        asked = chosen or named(turn.text, channels)
        async with tools().sessions() as session, session.begin():
            known = await elsewhere.standing(session, turn.conversation)
            ways = [way.channel for way in known.ways if way.channel in channels]
            if asked is None and len(ways) == 1:
                asked = ways[0]
            along = await elsewhere.take_along(session, turn.conversation, asked) if asked in ways and asked else None
        if along is not None:
            where = channels[along.channel].where[turn.language]
            dispatcher.utter_message(response="utter_continue_elsewhere", where=where, link=along.link, code=along.code)
        elif known.overheard:
            dispatcher.utter_message(response="utter_continue_overheard")
        elif asked is not None and asked == known.channel:
            dispatcher.utter_message(response="utter_continue_here")
        elif ways:
            which = "utter_continue_where" if asked is None else "utter_continue_not_there"
            dispatcher.utter_message(response=which, buttons=_choices(ways, turn.language))
        else:
            dispatcher.utter_message(response="utter_continue_nowhere")
        return []


def named(text: str, channels: Mapping[str, Spoken]) -> str | None:
    """The channel that a sentence names, by any word that people use for it; the last one, since "from the site to
    WhatsApp" goes that way."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one))
    found = [
        (place.start(), name)
        for name, spoken in channels.items()
        for word in spoken.words
        for place in re.finditer(rf"\b{re.escape(word)}s?\b", bare)
    ]
    return max(found)[1] if found else None


def _choices(ways: list[str], language: str) -> list[dict[str, Any]]:
    shown = [(name, tools().channels[name].where[language]) for name in ways[:MOST_OFFERED]]
    return [
        {"title": where[:1].upper() + where[1:], "payload": f'/continue_elsewhere{{"channel": "{name}"}}'}
        for name, where in shown
    ]
