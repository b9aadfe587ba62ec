"""Which business a first message is about, where its words say it better than its intent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from actions import addresses, gift_card
from actions.tasks import calling_off
from actions.tasks.topic import TOPICS, Topic
from actions.turn import Turn
from actions.wished_remedy import MONEY

REFUND_STATUS, CALL_BACK = "refund_status", "call_back"
MOSTLY_FACTS: Final = 14
"""Words of a message with the facts that prove who writes."""
_DAMAGED: Final = re.compile(
    r"\b(?:cass[ée]e?s?|bris[ée]e?s?|ab[iî]m[ée]e?s?|endommag\w+|f[eê]l[ée]e?s?|[ée]br[ée]ch\w+|ray[ée]e?s?|fendue?s?|d[ée]chir\w+|"
    r"[ée]cras[ée]e?s?|ne (?:marche|fonctionne)\w* pas|en (?:mille )?(?:morceaux|miettes)|d[ée]fectueu\w+|"
    r"broken|broke|damaged|smashed|shattered|crushed|cracked|chipped|scratched|ripped|torn|dented|faulty|defective|"
    r"in (?:\w+ )?(?:pieces|bits))\b",
    re.IGNORECASE,
)
_SENT_BACK: Final = re.compile(
    r"\b(?:renvoy[ée]\w*|retourn[ée]\w*|rendue?s?|ramen[ée]\w*|avez re[çc]u|promis|devi(?:ez|ons)|"
    r"toujours pas (?:[ée]t[ée] )?rembours\w*|o[uù] (?:en )?est (?:mon|le) rembours\w*|attends? (?:mon|le|encore mon) "
    r"rembours\w*|"
    r"returned|sent (?:it|them|that|everything)? ?back|posted (?:it|them) back|took (?:it|them) back|promised|"
    r"still (?:no|not|waiting|haven['’]?t)(?: \w+){0,4} refund\w*|where(?:['’]?s| is) (?:my|the) refund|"
    r"(?:waiting|waited) for (?:my|the|a) refund)\b",
    re.IGNORECASE,
)
_CALL_ME: Final = re.compile(
    r"^\W*(?:(?:bonjour|bjr|bonsoir|salut|hello|hi|hey|please|pls|svp|merci de|pouvez[- ]vous|vous pouvez"
    r"|pourriez[- ]vous|can you|could you|can someone|could someone|someone)\W+){0,4}"
    r"(?:(?:call|ring|phone)\W(?:me|us)\b|(?:r?appele[zr])[- ]?(?:moi|nous)\b|me r?appeler\b|give me a (?:call|ring))",
    re.IGNORECASE,
)
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


def tells_damage(text: str) -> bool:
    """Whether what sounds like a question about a refund tells of something that arrived damaged, for which the money
    is wanted back; not of what was sent back already."""
    return bool(_DAMAGED.search(text) and MONEY.search(text)) and not _SENT_BACK.search(text)


def damaged(text: str) -> bool:
    """Whether a short message that is facts mostly says that something is damaged: "broken vase, 10771, me@x.fr"."""
    brief = len(text.split()) <= MOSTLY_FACTS and not text.startswith("/") and "?" not in text
    return brief and bool(_DAMAGED.search(text)) and not _SENT_BACK.search(text)


def meant(turn: Turn, topic: Topic, given: Mapping[str, Any]) -> Topic:
    """The topic that is meant, where `topic` is that of the intent."""
    proposed = turn.slot("proposed") or {}
    if turn.intent == INFORM and proposed and not proposed.get("facts") and "order_number" in given:
        # The number of the order that something was just offered for.
        return TOPICS.get(proposed["topic"], topic)
    if turn.intent == INFORM and turn.slot("topic") == SIGN_IN and given.keys() == {"email"}:
        # The address that the link does not come to.
        return TOPICS.get(SIGN_IN, topic)
    if (topic.name == REFUND_STATUS and tells_damage(turn.meant)) or (turn.intent == INFORM and damaged(turn.meant)):
        return TOPICS.get("damaged_item", topic)
    if topic.name not in (CALL_BACK, "cancel_order") and "phone" in given and _CALL_ME.search(turn.meant):
        # "Ring me at 11 on 07700…, it's about my invoice": what it is about is told on the phone.
        return TOPICS.get(CALL_BACK, topic)
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
