"""What a message holds besides its intent: facts, new ones, nothing else; and whether it was answered on the way."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk.interfaces import Tracker

from actions.tasks.by_the_way import given
from actions.tasks.state import Asked, Task
from actions.turn import Turn

A_GREETING: Final = 4
"""Words of it, at most."""
_NOTHING_SENT: Final = re.compile(
    r"\b(?:pas|aucune?|sans|no|not|without|don['’]?t|haven['’]?t|can['’]?t|cannot)\b", re.IGNORECASE
)
_ANOTHER: Final = re.compile(
    r"\b(?:non|no|nan|pardon|sorry|oups|oops|en fait|actually|plut[oô]t|rather|finalement|instead|make it|i meant|"
    r"je voulais dire|[àa] la place|d[ée]sol[ée]e?)\b",
    re.IGNORECASE,
)
_LINKS: Final = re.compile(r"\b(?:c['’ ]?est|it['’ ]?s|on|le|la|for|pour|at|[àa]|vers)\b", re.IGNORECASE)


def says_new(turn: Turn, task: Task, asked: Asked) -> bool:
    """Whether the message holds a fact that is not among those that were shown."""
    agreed = asked.about["agreed"]
    named = given(turn).get("order_number")
    if named and agreed.get("number") not in (None, named):
        # An order that was spoken of before is no news, and not the one that was shown.
        return True
    known = {str(value) for value in (*task.facts.values(), *agreed.values())}
    return any(value not in known for value in given(turn).values())


def nothing_but_facts(turn: Turn) -> bool:
    """Whether the message is a telephone number, an e-mail address, a postcode, an order's number or a day, and not a
    word more but that it is another: "no, rather Friday"."""
    rest, found = turn.text, False
    for entity in turn.tracker.latest_message.get("entities") or ():
        if entity["entity"] in ("phone", "email", "postcode", "order_number", "case_number", "date", "time"):
            rest, found = rest.replace(str(entity.get("raw") or entity["value"]), " "), True
    if _ANOTHER.search(rest):
        rest = _LINKS.sub(" ", _ANOTHER.sub(" ", rest))
    return found and not any(character.isalnum() for character in rest)


def tells_new(turn: Turn, task: Task) -> bool:
    """Whether the message says a fact that the task does not know."""
    known = [*task.given.values(), *task.facts.values()]
    return any(value not in known for value in given(turn).values())


def says_facts(turn: Turn) -> bool:
    """Whether the message holds any fact."""
    return bool(given(turn))


def only_courtesy(turn: Turn) -> bool:
    """Whether a message is so short that it says nothing besides what it was taken for."""
    return not says_facts(turn) and len(turn.text.split()) <= A_GREETING


def nothing_sent(turn: Turn) -> bool:
    """Whether somebody says that they have no photo to send."""
    return turn.intent == "sent_file" and bool(_NOTHING_SENT.search(turn.text))


def was_interrupted(tracker: Tracker) -> bool:
    """Whether the form already stepped aside in this turn, and is only asking its question again."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action_execution_rejected":
            return True
    return False
