"""Abuse: one calm sentence, no blame, and the offer of a person."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.turn import offer


class TakeInsult(Action):
    def name(self) -> str:
        return "action_take_insult"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_insult")
        return [offer("upset")]
