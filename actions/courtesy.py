"""A greeting, what can be done here, a goodbye: in both of our languages to who writes in neither."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import other_languages
from actions.turn import Turn, offer


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
