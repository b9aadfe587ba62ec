"""Which businesses a message may mean that says it of none, and what is said to choose from them."""

from __future__ import annotations

import json
from typing import Final

from actions.tasks.by_the_way import given
from actions.tasks.topic import Topic, of_intent
from actions.turn import Turn

FAR_FETCHED, BRIEF = 0.56, 8
"""Of a few words in the middle of a conversation that are taken for another business, less sure than this, four in ten
mean something else."""
FIRST: Final = "inform"
GUESSES, LIKELY = 2, 0.12
"""How many businesses are guessed at, and how likely each has to be."""
CARRIED = ("order_number", "tracking_number", "case_number", "product")
"""What a guess takes along of the message, so that nobody has to say it again."""
ANOTHER = {"fr": "Autre chose", "en": "Something else"}


def is_far_fetched(turn: Turn, topic: Topic) -> bool:
    """Whether a few words are no more than a guess at something to be done that was not spoken of so far: nobody is
    asked for proofs on that."""
    if turn.text.startswith("/") or turn.intent == FIRST or topic.reads or turn.confidence >= FAR_FETCHED:
        return False
    last = turn.slot("topic")
    return bool(last) and last != topic.name and len(turn.text.split()) <= BRIEF and not given(turn)


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
