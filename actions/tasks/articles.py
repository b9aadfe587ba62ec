"""Answering from the help centre where it surely has the answer."""

from __future__ import annotations

from actions.knowledge import card, search
from actions.plain import plain
from actions.tasks.talk import Talk


async def tell_sure(talk: Talk) -> bool:
    """Tells the passage that answers the customer's words; whether there is one."""
    if talk.turn.text.startswith("/"):
        return False
    found = await search(talk.turn)
    if found.kind != "answer":
        return False
    talk.tell(plain(found.passages[0].text), cards=[card(found.passages[0])])
    return True
