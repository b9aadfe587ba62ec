"""What a message asks for besides, kept to be seen to when the open task is over."""

from __future__ import annotations

from typing import Any, Final

from actions.tasks.by_the_way import LONGEST_LATER, given
from actions.tasks.state import cut
from actions.tasks.topic import Topic, of_intent
from actions.turn import Turn

QUESTION: Final = "ask_knowledge"
"""The intent of a question to the help centre."""
MOST_LATER: Final = 3
Later = list[dict[str, Any]]


def remember(later: Later, turn: Turn, *, besides: Topic | None) -> None:
    """Puts off what else the message asks for; not what is only a wish of the business it is `besides`."""
    for more in turn.also:
        text, topic = str(more.get("text") or ""), of_intent(more["intent"])
        if more["intent"] == QUESTION:
            put_off(later, QUESTION, {}, text=text)
        elif topic is not None and not (besides is not None and besides.wishes(text)):
            put_off(later, topic.name, given(turn, only=more.get("entities")), text=text)


def put_off(later: Later, topic: str, given: dict[str, Any], *, text: str = "") -> None:
    """Keeps one business for later, each once, and no more than a few."""
    if len(later) < MOST_LATER and all(each["topic"] != topic for each in later):
        later.append({"topic": topic, "given": given, "text": cut(text[:LONGEST_LATER], most=LONGEST_LATER)})
