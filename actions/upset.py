"""Answering a customer who is angry: one sentence that hears it, then something useful."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tasks.interrupting import FORM
from actions.tasks.topic import going_on
from actions.turn import Turn, offer


class Console(Action):
    """Look at the order when one is named; otherwise offer a person."""

    def name(self) -> str:
        return "action_console"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not turn.form and turn.mood == "calm" and (last := await going_on(turn)) is not None:
            # "And how will you answer me", of the case that was opened, is no reproach.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        if "order_number" in turn.entities and not turn.form:
            dispatcher.utter_message(response="utter_upset_order", number=turn.entities["order_number"])
            return [SlotSet("begin", {"topic": "order_status"}), FollowupAction(FORM), SlotSet("consoled", True)]
        return console(dispatcher, turn)


def console(dispatcher: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """Offers a person, and says once that their anger is understood."""
    dispatcher.utter_message(response="utter_upset_again" if turn.slot("consoled") else "utter_upset")
    return [offer("upset"), SlotSet("consoled", True)]
