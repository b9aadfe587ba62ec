"""A purchase nobody made, a stolen card, somebody who writes in our name: a person at once, whatever is open."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.person import hand_over
from actions.turn import Turn


class SuspectFraud(Action):
    """What to do meanwhile, then the person; the passport says why."""

    def name(self) -> str:
        return "action_fraud"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_fraud")
        return await hand_over(dispatcher, Turn.of(tracker), "fraud")
