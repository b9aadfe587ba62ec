"""What was not understood, or is not the assistant's business."""

from __future__ import annotations

import json

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import other_languages, products
from actions.knowledge import search, tell
from actions.person import leave_to_team
from actions.product_pointing import SHOWN_LAST
from actions.tasks.topic import Topic, going_on, of_intent
from actions.turn import Turn, offer
from actions.upset import console

TURNS_BEFORE_OFFER = 2
PRICE, PLAIN, BRIEF = "product_price", 0.8, 3
GUESSES, LIKELY = 2, 0.12
"""How many businesses are guessed at, and how likely each has to be."""
CARRIED = ("order_number", "tracking_number", "case_number", "product")
"""What a guess takes along of the message, so that nobody has to say it again."""
ANOTHER = {"fr": "Autre chose", "en": "Something else"}


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


def guesses(turn: Turn) -> list[Topic]:
    """The businesses that may be meant, likeliest first."""
    found: list[Topic] = []
    for each in turn.tracker.latest_message.get("intent_ranking") or ():
        topic = of_intent(each["name"])
        if topic is not None and topic not in found and each["confidence"] >= LIKELY:
            found.append(topic)
    return found[:GUESSES]


def buttons(turn: Turn, guessed: list[Topic]) -> list[dict[str, str]]:
    """One for each guess, with what the message already told, and one for none of them."""
    facts = {name: turn.entities[name] for name in CARRIED if name in turn.entities}
    told = json.dumps(facts, ensure_ascii=False) if facts else ""
    named = [(topic.title[turn.language], f"/{topic.name}{told}") for topic in guessed]
    return [
        {"title": title[:1].upper() + title[1:], "payload": payload}
        for title, payload in [*named, (ANOTHER[turn.language], "/something_else")]
    ]


def first_answer(turn: Turn) -> str:
    """The response for a first message that was not understood."""
    says_something = any(character.isalnum() for character in turn.text)
    return "utter_out_of_scope" if turn.intent == "out_of_scope" and says_something else "utter_unclear"
