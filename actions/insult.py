"""Abuse: one calm sentence, no blame, and the offer of a person; never the same sentence twice."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.turn import offer


class TakeInsult(Action):
    def name(self) -> str:
        return "action_take_insult"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        again = tracker.get_slot("consoled")
        dispatcher.utter_message(response="utter_insult_again" if again else "utter_insult")
        return [offer("upset"), SlotSet("consoled", True)]
