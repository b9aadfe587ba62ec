"""Answering a customer who is angry: one sentence that hears it, then something useful."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.turn import Turn, offer


class Console(Action):
    """Look at the order when one is named; otherwise offer a person."""

    def name(self) -> str:
        return "action_console"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if "order_number" in turn.entities and not turn.form:
            dispatcher.utter_message(response="utter_upset_order", number=turn.entities["order_number"])
            return [SlotSet("begin", {"topic": "order_status"}), FollowupAction("task_form"), SlotSet("consoled", True)]
        return console(dispatcher, turn)


def console(dispatcher: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Offers a person, and says once that their anger is understood."""
    dispatcher.utter_message(response="utter_upset_again" if turn.slot("consoled") else "utter_upset")
    return [offer("upset"), SlotSet("consoled", True)]
