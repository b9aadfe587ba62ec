"""Questions about how the open business goes, asked in the middle of it."""

from __future__ import annotations

import re
from typing import Final

from actions import general_answers
from actions.tasks import code_why
from actions.tasks.how_long import asks_how_long
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from actions.tasks.topic import TOPICS
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.database import reading

BRIEF: Final = 12
"""Words of a question, where a longer text is a story."""
_WHY_PROOF: Final = re.compile(
    r"\b(?:pourquoi(?! pas)|pq|pk|[àa] quoi (?:[çc]a|cela) sert|why(?! not)|what for|what do you need)\b", re.IGNORECASE
)
_PROOFS: Final = frozenset({"order_number", "email", "postcode"})
_DONE: Final = re.compile(
    r"\b(?:(?:c['’ ]?est|[çc]a|cela|vous l['’]avez|l['’]avez[- ]vous|est[- ]ce|a [ée]t[ée]) .{0,20}"
    r"(?:fait|annul[ée]e?|envoy[ée]e?|parti|pris en compte|enregistr[ée]e?|march[ée])\W+(?:ou (?:pas|non)|[?]|$)|"
    r"c (?:fait|annul[ée]e?|bon)\b.*(?:ou (?:pas|non)|[?])|"
    r"(?:is it|is that|has it been|did it|did that|did you|have you|was it) .{0,12}"
    r"(?:done|cancel\w*|sent|gone|go through|work|do (?:it|that))\b)",
    re.IGNORECASE,
)
"""What asks whether it is done already, while it is only shown."""


async def answer(turn: Turn, task: Task, asked: Asked | None) -> Talk | None:
    """What is said to such a question; None where the message is none."""
    if turn.text.startswith("/") or asked is None:
        return None
    topic = TOPICS[task.topic]
    async with reading(tools().sessions) as session:
        talk = Talk(turn, task, session, heard=True)
        if (said := _of_the_question(turn, asked)) is not None:
            talk.say(said)
            return talk
        if asked.kind in ("switch", "change"):
            return None
        if code_why.is_asked(turn, task, asked):
            await code_why.tell(talk)
            return talk
        if topic.lasts and asks_how_long(turn.meant) and await general_answers.told(talk, topic.lasts[talk.language]):
            return talk
        return talk if await topic.aside(talk) else None


def _of_the_question(turn: Turn, asked: Asked) -> str | None:
    """The response to a question about the question itself: why a proof is asked for, whether it is done."""
    if len(turn.text.split()) > BRIEF:
        return None
    if asked.expects in _PROOFS and turn.entities.keys().isdisjoint(_PROOFS) and _WHY_PROOF.search(turn.meant):
        return "utter_proof_why"
    return "utter_nothing_done_yet" if asked.kind in ("confirm", "change") and _DONE.search(turn.meant) else None
