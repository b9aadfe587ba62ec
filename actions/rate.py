"""A mark that is given where none was asked for: thanks, and a person for who is not content."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tasks.interrupting import FORM
from actions.tasks.topic import going_on
from actions.turn import Turn, offer

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_NUMBER: Final = re.compile(r"\d")
GOOD: Final = 0.7
"""The share of the best mark from which it is a good one: 4 of 5, 7 of 10."""
_NOT_CONTENT: Final = re.compile(
    r"\b(?:pas|peu|pas\s+du\s+tout|moyennement)\s+(?:tr[èe]s\s+)?(?:satisfait|content|bien|bon|terrible|top)\w*|\bd[ée][çc]u\w*|\bmauvais\w*|"
    r"\bnuls?\b|\bnulle\b|\bnot\s+(?:very\s+|really\s+)?(?:satisfied|happy|good|great|impressed)\b|\bdisappoint\w*|\bpoor\b|"
    r"\bbad\b|\bunhappy\b|\bdissatisfied\b|\binsatisf\w*",
    re.IGNORECASE,
)
_CONTENT: Final = re.compile(
    r"\b(?:tr[èe]s|super|parfait\w*|excellent\w*|satisfait\w*|content\w*|g[ée]nial\w*|top|great|perfect|very|happy|satisfied|good)\b",
    re.IGNORECASE,
)


class Rated(Action):
    """The question at the end of a conversation is answered before a message gets here
    (`crm_backend.conversations.handing_over.asking`)."""

    def name(self) -> str:
        return "action_rated"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not turn.form and "score" not in turn.entities and (last := await going_on(turn)) is not None:
            # "Under 60", of the products on the screen.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        good = is_good(turn, mood=str(tracker.latest_message.get("mood") or "calm"))
        nothing_said = not _WORD.search(turn.text) or _NUMBER.search(turn.text)
        if good is None and "score" not in turn.entities and nothing_said:
            # "The 5th", "0", "make it 4 instead": a number to a question that nobody asked.
            dispatcher.utter_message(response="utter_unclear")
            return []
        if good is False:
            dispatcher.utter_message(response="utter_rate_low")
            return [offer("upset")]
        dispatcher.utter_message(response="utter_rate_good" if good else "utter_rate_noted")
        return []


def is_good(turn: Turn, *, mood: str) -> bool | None:
    """Whether the mark, or else the words, say that it was well; None where neither tells."""
    mark, _, best = turn.entities.get("score", "").partition("/")
    if mark.isdecimal() and best.isdecimal() and int(best):
        return int(mark) / int(best) >= GOOD
    if _NOT_CONTENT.search(turn.text) or mood in ("tense", "upset"):
        return False
    if _CONTENT.search(turn.text) or mood == "pleased":
        return True
    number = turn.entities.get("number", "")
    return int(number) / 5 >= GOOD if number.isdecimal() and 1 <= int(number) <= 5 else None
