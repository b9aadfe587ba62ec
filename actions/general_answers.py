"""Questions about how the shop works that a topic answers: from the help centre, in the topic's words where it must."""

from __future__ import annotations

from dataclasses import replace

from actions.knowledge import card, choices, search
from actions.plain import plain
from actions.tasks.talk import Talk, Words


async def answered(talk: Talk, *, question: Words) -> bool:
    """Tells what the help centre says to the customer's words, or else to the topic's own question; false when that is
    nothing."""
    written = [] if talk.turn.text.startswith("/") else [talk.turn.text]
    near = None
    for text in (*written, question[talk.language]):
        found = await search(replace(talk.turn, text=text))
        if found.kind == "answer":
            passage = found.passages[0]
            talk.tell(plain(passage.text), cards=[card(passage)])
            return True
        near = near or (found if found.kind == "choices" else None)
    if near is None:
        return False
    talk.say("utter_which_article", buttons=choices(near.passages))
    return True
