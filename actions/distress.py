"""Distress and danger: a person at once, whatever is open, and where to call meanwhile."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.person import hand_over
from actions.turn import Turn


class HelpAtOnce(Action):
    def name(self) -> str:
        return "action_help_at_once"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_distress")
        return await hand_over(dispatcher, Turn.of(tracker), "distress")
