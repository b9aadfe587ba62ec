"""What a customer tells besides when their story is shown to them: it is added, and shown again."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks import said
from actions.tasks.state import Task
from actions.tasks.talk import LONGEST
from actions.tasks.topic import TOPICS
from actions.turn import Turn

A_FEW: Final = 3
"""Words that tell something."""
_OPENS: Final = re.compile(
    r"^\W*(?:(?:non|no|nope|oui|yes|si|mais|et|en fait|actually|well|attendez|wait|pardon|sorry|aussi|also|but|and|euh|"
    r"ah|oh|j['’]ai oubli[ée](?: de (?:dire|pr[ée]ciser))?(?: que)?|i forgot(?: to (?:say|mention))?)\b\W*)+",
    re.IGNORECASE,
)
_ONLY_WRONG: Final = re.compile(
    r"\b(?:pas (?:[çc]a|cela|bon|correct|exact)|faux|pas ce que j|recommenc\w*|r[ée][ée]cri\w*|"
    r"not (?:right|correct|it|that|what)|wrong|start (?:again|over)|rewrite|rephrase)\b",
    re.IGNORECASE,
)
"""Who says so wants to write it anew."""


def tells_more(turn: Turn, task: Task) -> bool:
    """Whether more is told of a story that was shown: more than yes or no, and no question."""
    story = TOPICS[task.topic].story
    if task.asked is None or task.asked.kind not in ("confirm", "change") or story not in task.facts:
        return False
    if turn.text.startswith("/") or "?" in turn.text or _ONLY_WRONG.search(turn.text):
        return False
    return len(_OPENS.sub("", turn.text).split()) >= A_FEW or said.says_facts(turn)


def add(turn: Turn, task: Task) -> None:
    """Adds it to the story."""
    story = str(TOPICS[task.topic].story)
    before, more = str(task.facts[story]).rstrip(" .,;"), _OPENS.sub("", turn.text).strip()
    task.facts[story] = f"{before}. {more[:1].upper()}{more[1:]}"[:LONGEST]
    task.missed = 0
