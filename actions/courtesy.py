"""A greeting, what can be done here, a goodbye: in both of our languages to who writes in neither."""

from __future__ import annotations

from typing import Final

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import other_languages
from actions.knowledge import Answer
from actions.tasks import after_thanks
from actions.tasks.interrupting import FORM
from actions.tasks.topic import going_on
from actions.turn import Turn, offer

A_FEW: Final = 3
"""Words of thanks alone."""


class Greet(Action):
    """Returns a greeting."""

    def name(self) -> str:
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return _said(dispatcher, Turn.of(tracker), "utter_greet")


class Help(Action):
    """Says what can be done here."""

    def name(self) -> str:
        return "action_help"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return _said(dispatcher, Turn.of(tracker), "utter_help")


class Thanks(Action):
    """Answers thanks; or what is said besides, where that goes on with what was spoken of: "thanks, and in my company's
    name?"."""

    def name(self) -> str:
        return "action_thanks"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not turn.form and len(turn.text.split()) > A_FEW and (last := await going_on(turn)) is not None:
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if not turn.form and after_thanks.asks(turn.text):
            # "Thx. And how long does it take?": what is asked is answered.
            return await Answer().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_thanks")
        return []


class SmallTalk(Action):
    """Returns a word; or what is asked, where that goes on with what was spoken of: "Paris", after the shops."""

    def name(self) -> str:
        return "action_small_talk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not turn.form and (last := await going_on(turn)) is not None:
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        dispatcher.utter_message(response="utter_small_talk")
        return []


class Goodbye(Action):
    """Returns a goodbye."""

    def name(self) -> str:
        return "action_goodbye"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return _said(dispatcher, Turn.of(tracker), "utter_goodbye")


def _said(dispatcher: CollectingDispatcher, turn: Turn, response: str) -> list[EventType]:
    """Says the response, unless it is another language that was written."""
    if turn.text.startswith("/") or not other_languages.speaks_another(turn.text):
        dispatcher.utter_message(response=response)
        return []
    if turn.form:
        dispatcher.utter_message(response="utter_other_language_too")
        return []
    dispatcher.utter_message(response="utter_greet_both")
    return [offer("unclear")]
