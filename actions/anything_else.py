"""What was not understood, or is not the assistant's business."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import other_languages, products
from actions.knowledge import search, tell
from actions.person import leave_to_team
from actions.product_pointing import SHOWN_LAST
from actions.tasks.guessing import buttons, guesses
from actions.tasks.topic import going_on
from actions.turn import Turn, offer
from actions.upset import console

TURNS_BEFORE_OFFER = 2
PRICE, PLAIN, BRIEF = "product_price", 0.8, 3


class Unclear(Action):
    """A product or an article if one answers all the same; else what may be meant, to choose from; the second time in a
    row, a person."""

    def name(self) -> str:
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        if _asks_the_price(turn):
            return [SlotSet("begin", {"topic": PRICE}), FollowupAction("task_form")]
        if not turn.form and (last := await going_on(turn)) is not None:
            return [SlotSet("begin", {"topic": last.name}), FollowupAction("task_form")]
        if not turn.text.startswith("/"):
            shown = await products.asked_about(turn)
            if shown:
                products.tell(dispatcher, shown, turn.language)
                return [SlotSet("unclear_turns", 0)]
            found = await search(turn)
            if found.kind == "answer":
                tell(dispatcher, found.passages[0])
                return [SlotSet("unclear_turns", 0)]
        if turn.waits:
            return await leave_to_team(dispatcher, turn)
        if other_languages.speaks_another(turn.text):
            dispatcher.utter_message(response="utter_other_language")
            return [offer("unclear")]
        if tracker.latest_message.get("mood") == "upset" and not turn.form:
            return [SlotSet("unclear_turns", 1), *console(dispatcher, turn)]
        count = int(turn.slot("unclear_turns") or 0) + 1
        if count >= TURNS_BEFORE_OFFER:
            dispatcher.utter_message(response="utter_unclear_again")
            return [SlotSet("unclear_turns", 0), offer("unclear")]
        guessed = guesses(turn)
        if guessed and turn.intent != "out_of_scope":
            dispatcher.utter_message(response="utter_unclear_guess", buttons=buttons(turn, guessed))
        else:
            dispatcher.utter_message(response=first_answer(turn))
        return [SlotSet("unclear_turns", count)]


def _asks_the_price(turn: Turn) -> bool:
    """Whether it is "how much?" and nothing else, with products on the screen."""
    ranking = turn.tracker.latest_message.get("intent_ranking") or ()
    first = next((each for each in ranking if each["name"] != "out_of_scope"), None)
    likely = first is not None and first["name"] == PRICE and first["confidence"] >= PLAIN
    return likely and not turn.form and bool(turn.slot(SHOWN_LAST)) and len(turn.text.split()) <= BRIEF


def first_answer(turn: Turn) -> str:
    """The response for a first message that was not understood."""
    says_something = any(character.isalnum() for character in turn.text)
    return "utter_out_of_scope" if turn.intent == "out_of_scope" and says_something else "utter_unclear"
