"""What was not understood, or is not the assistant's business."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import products
from actions.knowledge import search, tell
from actions.order_status import FORM
from actions.turn import Turn, offer

TURNS_BEFORE_OFFER = 2


class Unclear(Action):
    """A product or an article if one answers all the same; the second time in a row, a person."""

    def name(self) -> str:
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if not turn.text.startswith("/"):
            shown = await products.asked_about(turn)
            if shown:
                products.tell(dispatcher, shown, turn.language)
                return [SlotSet("unclear_turns", 0)]
            found = await search(turn)
            if found.kind == "answer":
                tell(dispatcher, found.passages[0])
                return [SlotSet("unclear_turns", 0)]
        count = int(turn.slot("unclear_turns") or 0) + 1
        if count >= TURNS_BEFORE_OFFER:
            dispatcher.utter_message(response="utter_unclear_again")
            return [SlotSet("unclear_turns", 0), offer("unclear")]
        dispatcher.utter_message(response=first_answer(turn))
        return [SlotSet("unclear_turns", count)]


def first_answer(turn: Turn) -> str:
    """The response for a first message that was not understood."""
    if turn.intent == "out_of_scope":
        return "utter_out_of_scope"
    return "utter_order_without_facts" if turn.form == FORM else "utter_unclear"
