"""What a message says by the way: its facts by their kind, and its first words."""

from __future__ import annotations

import re
from typing import Any

from actions.tasks.state import cut
from actions.turn import Turn, is_value

LONGEST_LATER = 300
"""Characters kept of a request that is put off, and bytes."""
DAY = "date"
"""The entity, and the slot that keeps the last one for "and the day after"."""
NOT_FACTS = frozenset({"fact", "choice", "of"})
"""What a button says of itself."""
_POSTCODE = re.compile(
    r"\b(?:code postal|cp|post ?code|zip(?: code)?)"
    r"(?:\s+(?:for|of|on|de|du|sur|pour|the|la|my|ma|order|commande)){0,4}\W*"
    r"(?:(?:is|est|was|était)\W*)?$",
    re.IGNORECASE,
)


def given(turn: Turn, *, only: list[int] | None = None) -> dict[str, Any]:
    """What the message says by the way, by kind of entity; of several of one kind the first, of postcodes that which
    is called so, or comes after the e-mail address: the other is of the address that is told. What stands in a further
    request is that one's, where the rest of the message says another: "cancel 10888, and the invoice of 10234"."""
    found: dict[str, Any] = {}
    entities = turn.tracker.latest_message.get("entities") or ()
    codes = [each for each in entities if each["entity"] == "postcode" and is_value(each["value"])]
    if len(codes) > 1 and only is None:
        found["postcode"] = max(codes, key=lambda each: _is_theirs(turn.text, each))["value"]
    further = {at for more in turn.also for at in more.get("entities") or ()}
    for at, entity in sorted(enumerate(entities), key=lambda each: each[0] in further):
        if entity["entity"] not in NOT_FACTS and is_value(entity["value"]) and (only is None or at in only):
            found.setdefault(entity["entity"], entity["value"])
    return found


def day_spoken_of(turn: Turn) -> str | None:
    """The day that the message names, the last one of an interval; None where it names none."""
    days = [str(each["value"]) for each in turn.tracker.latest_message.get("entities") or () if each["entity"] == DAY]
    return days[-1].rpartition("/")[2] if days else None


def first_words(text: str) -> str:
    """What is kept of the message that a task began with: which article it is about is known from it."""
    return "" if text.startswith("/") else cut(text[:LONGEST_LATER], most=LONGEST_LATER)


def _is_theirs(text: str, postcode: dict[str, Any]) -> int:
    """How sure it is that a postcode is told to prove who writes."""
    before = text[: postcode.get("start") or 0]
    return 2 * bool(_POSTCODE.search(before)) + ("@" in before)
