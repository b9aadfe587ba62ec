"""Which business a first message is about, where its words say it better than its intent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from actions import addresses, gift_card
from actions.tasks import calling_off
from actions.tasks.topic import TOPICS, Topic
from actions.turn import Turn

INFORM: Final = "inform"
SIGN_IN: Final = "sign_in"
ABOUT_ORDERS: Final = frozenset(
    {
        "cancel_order", "change_address", "delivery_date", "exchange", "invoice", "late_parcel", "lost_parcel",
        "refund_status", "return_order", "return_status", "tracking", "warranty",
    }
)  # fmt: skip
"""Topics that are as well of the next order: "and the one for 10771"."""
_AND: Final = re.compile(r"\W*(?:et|and|what about|how about|same for|pareil pour|idem)\b", re.IGNORECASE)
OF_A_FACT: Final = {"case_number": "case_status", "tracking_number": "tracking"}
"""What is wanted by who sends nothing but such a number."""


def meant(turn: Turn, topic: Topic, given: Mapping[str, Any]) -> Topic:
    """The topic that is meant, where `topic` is that of the intent."""
    proposed = turn.slot("proposed") or {}
    if turn.intent == INFORM and proposed and not proposed.get("facts") and "order_number" in given:
        # The number of the order that something was just offered for.
        return TOPICS.get(proposed["topic"], topic)
    if turn.intent == INFORM and turn.slot("topic") == SIGN_IN and given.keys() == {"email"}:
        # The address that the link does not come to.
        return TOPICS.get(SIGN_IN, topic)
    last = str(turn.slot("topic") or "")
    if turn.intent == INFORM and last in ABOUT_ORDERS and "order_number" in given and _AND.match(turn.text):
        return TOPICS.get(last, topic)
    if gift_card.is_of_the_lost(turn):
        return TOPICS[gift_card.GiftCards.name]
    if topic.cancelling and (calling_off.only_changes(turn.text) or calling_off.keeps_some(turn.text)):
        return TOPICS.get("change_order", topic)
    if topic.reads and addresses.sends_to(turn.text):
        # "Send 10888 to 3 Rose Lane, my e-mail is …": mostly facts, and no question.
        return TOPICS.get("change_address", topic)
    if turn.intent == INFORM and "order_number" not in given:
        return next((TOPICS[name] for kind, name in OF_A_FACT.items() if kind in given and name in TOPICS), topic)
    return topic
