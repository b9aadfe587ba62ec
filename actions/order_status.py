"""Where an order is: collecting the facts that prove whose it is, then telling what is known of it."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.order_sentences import SEVERAL, card, choice, sentence, short_card
from actions.toolbox import tools
from actions.turn import PROOF_FACTS, Turn, offer
from crm_backend.errors import NotProved
from crm_backend.orders import services as orders
from crm_backend.orders.schema import OrderView, Verification

FORM = "order_form"
FACTS = ("order_number", *PROOF_FACTS)
LOCKED = "locked"
CORRECTION = "correction"
ALL = "all"
"""In the slot `last_order`: not one order is meant but those there are, once the customer is known."""
_PLURAL = re.compile(
    r"\b(?:mes|nos|toutes\s+les|les|deux|trois|quatre|cinq|plusieurs)\s+(?:\w+\s+)?(?:commandes|achats|cmds)\b"
    r"|\b(?:my|our|all|both|two|three|four|five|several)\s+(?:of\s+)?(?:my\s+|the\s+)?(?:\w+\s+)?(?:orders|purchases)\b",
    re.IGNORECASE,
)
GOES_FIRST = frozenset({"ask_person", "cancel"})
"""What the customer wants at once, even in a sentence that also holds a fact the form asked for."""

ASKS_AGAIN = frozenset({"order_status", "inform"})
"""What leads into the form. Said within it and without a fact, the form would step aside and be led into again, without
end: a slot that is set, to whatever, tells it that it was answered."""


def speaks_of_several(text: str) -> bool:
    """Whether the customer speaks of orders in the plural."""
    return bool(_PLURAL.search(text))


class ValidateOrderForm(Action):
    """Decides after every message of the form what is still missing, and checks the three facts once they are there.

    Nothing is asked of a customer who has proved to be the order's owner.
    """

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        interrupted = _was_interrupted(tracker)
        if turn.intent in GOES_FIRST and turn.slot("requested_slot") and not interrupted:
            return [ActionExecutionRejected(FORM)]
        if turn.slot("order_check") == LOCKED or await _may_read(turn):
            return _done()
        facts = {name: turn.slot(name) for name in FACTS}
        events: list[EventType] = []
        if turn.intent in ASKS_AGAIN and not interrupted:
            events.append(SlotSet(CORRECTION, None))
        if facts["email"] and not _is_complete(facts["email"]):
            dispatcher.utter_message(response="utter_email_shape", given=facts["email"])
            facts["email"] = None
            events.append(SlotSet("email", None))
        missing = next((name for name in FACTS if not facts[name]), None)
        if _means_all(turn):
            events.append(SlotSet("last_order", ALL))
        if missing is None and turn.entities.keys() & set(FACTS) and not interrupted:
            return [*events, *await _check(turn, facts)]
        if (
            (turn.slot("last_order") or _means_all(turn))
            and not turn.slot("requested_slot")
            and missing == "order_number"
        ):
            dispatcher.utter_message(response="utter_any_order_will_do")
        return [*events, SlotSet("requested_slot", missing or CORRECTION)]


class TellOrder(Action):
    """Says where the order is, or which there are to choose from, or that only a person can go on from here."""

    def name(self) -> str:
        return "action_tell_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        found = await _orders(turn)
        if not found:
            if turn.slot("order_check") == LOCKED:
                dispatcher.utter_message(response="utter_order_locked")
                return [offer("verification")]
            dispatcher.utter_message(response="utter_no_orders")
            return [SlotSet("last_order", None)]
        if len(found) > 1:
            return _offer_choice(dispatcher, found, turn.language)
        order = found[0]
        told = sentence(order, turn.language, today=tools().now().date())
        dispatcher.utter_message(
            response=told.response, json_message={"cards": [card(order, turn.language)]}, **told.values
        )
        events: list[EventType] = [SlotSet("order_number", order.number), SlotSet("last_order", None)]
        return [*events, offer("asked")] if told.offers_person else events


def _offer_choice(dispatcher: CollectingDispatcher, found: list[OrderView], language: str) -> list[EventType]:
    """The orders side by side, each with a button that asks where it is."""
    today = tools().now().date()
    dispatcher.utter_message(
        text=SEVERAL[language],
        buttons=[choice(order, language) for order in found],
        json_message={"cards": [short_card(order, language, today=today) for order in found]},
    )
    return [SlotSet("order_number", None), SlotSet("last_order", None)]


def _was_interrupted(tracker: Tracker) -> bool:
    """Whether the form already stepped aside in this turn, and is only asking its question again."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action_execution_rejected":
            return True
    return False


def _done() -> list[EventType]:
    return [*(SlotSet(name, None) for name in PROOF_FACTS), SlotSet("requested_slot", None)]


def _is_complete(email: str) -> bool:
    name, _, host = email.partition("@")
    return bool(name) and "." in host.strip(".")


async def _check(turn: Turn, facts: dict[str, Any]) -> list[EventType]:
    """Verify the facts; what they prove, and that a try was used up, is committed whatever becomes of this turn."""
    outcome: Verification
    async with tools().sessions.begin() as session:
        outcome = await orders.verify_by_facts(
            session,
            conversation_id=turn.conversation,
            turn_id=turn.id,
            number=facts["order_number"],
            email=facts["email"],
            postcode=facts["postcode"],
        )
    if outcome.ok:
        return [SlotSet("order_check", None), *_done()]
    if outcome.locked:
        return [SlotSet("order_check", LOCKED), *_done()]
    return [SlotSet("requested_slot", CORRECTION)]


def _means_all(turn: Turn) -> bool:
    """Whether the customer asks for their orders in the plural, and names none."""
    if turn.entities.get("order_number"):
        return False
    return turn.intent in ASKS_AGAIN and speaks_of_several(turn.text)


async def _may_read(turn: Turn) -> bool:
    """Whether what is asked for can be told to this conversation without another question."""
    try:
        await _find(turn)
    except NotProved:
        return False
    return True


async def _orders(turn: Turn) -> list[OrderView]:
    """The orders to tell of; empty when there is none, or none may be told."""
    try:
        return await _find(turn)
    except NotProved:
        return []


async def _find(turn: Turn) -> list[OrderView]:
    """The order named, the last one when that is asked for, else those that may be meant. Raises NotProved."""
    last, every = turn.slot("last_order"), _means_all(turn)
    number = None if last or every else turn.slot("order_number")
    async with tools().sessions() as session:
        if number:
            return [await orders.order_for(session, conversation_id=turn.conversation, number=number)]
        if last and last != ALL and not every:
            newest = await orders.last_order(session, conversation_id=turn.conversation)
            return [newest] if newest else []
        return await orders.recent_orders(session, conversation_id=turn.conversation)
