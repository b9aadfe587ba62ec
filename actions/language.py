"""Changing the conversation's language when the customer asks for it."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.turn import Turn


class Speak(Action):
    def name(self) -> str:
        return "action_speak"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        language = "fr" if Turn.of(tracker).intent == "speak_french" else "en"
        return [SlotSet("language", language), SlotSet("language_pinned", True)]
