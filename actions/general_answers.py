"""Questions about how the shop works that a topic answers: from the help centre, in the topic's words where it must."""

from __future__ import annotations

from dataclasses import replace

from actions.knowledge import card, choices, search
from actions.plain import plain
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from crm_backend.knowledge.schema import KnowledgeAnswer


async def answered(talk: Talk, *, question: Words) -> bool:
    """Tells what the help centre says to the customer's words, or else to the topic's own question; false when that is
    nothing."""
    written = [] if talk.turn.text.startswith("/") else [talk.turn.text]
    near = None
    for text in (*written, question[talk.language]):
        found = await search(replace(talk.turn, text=text))
        if _tell(talk, found):
            return True
        near = near or (found if found.kind == "choices" else None)
    if near is None:
        return False
    talk.say("utter_which_article", buttons=choices(near.passages))
    return True


async def surely_answered(talk: Talk) -> bool:
    """Tells the passage that answers the customer's own words; false where none surely does."""
    return not talk.turn.text.startswith("/") and _tell(talk, await search(talk.turn))


def _tell(talk: Talk, found: KnowledgeAnswer) -> bool:
    if found.kind != "answer":
        return False
    talk.tell(plain(found.passages[0].text), cards=[card(found.passages[0])])
    return True
