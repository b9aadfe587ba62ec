"""Yes, no and "leave it": what they mean depends on what was just asked."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.order_status import FORM
from actions.person import hand_over
from actions.turn import Turn, leave_form


class Yes(Action):
    """Yes to the offer of a person hands over; an open form asks its question again by itself."""

    def name(self) -> str:
        return "action_yes"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if turn.slot("offered"):
            return await hand_over(dispatcher, turn, turn.slot("offered"))
        if not turn.form:
            dispatcher.utter_message(response="utter_what_next")
        return []


class No(Action):
    """No to an offer carries on; no to a form's question says what else is possible."""

    def name(self) -> str:
        return "action_no"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if turn.slot("offered"):
            dispatcher.utter_message(response="utter_carry_on" if turn.form else "utter_what_next")
        elif turn.form == FORM:
            dispatcher.utter_message(response="utter_order_without_facts")
        else:
            dispatcher.utter_message(response="utter_nothing_else")
        return [SlotSet("offered", ""), SlotSet("unclear_turns", 0)]


class Cancel(Action):
    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        dispatcher.utter_message(response="utter_cancelled" if turn.form else "utter_what_next")
        return leave_form() if turn.form else []
