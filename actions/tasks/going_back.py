"""Going back in an open task: what was settled last is open again, and the answer to it may be said at once."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks import by_code
from actions.tasks.asking import Ask, Refused, Stop
from actions.tasks.state import LOOKED, NOT_THERE, NOT_THIS, Asked, Task
from actions.tasks.talk import Talk
from actions.tasks.topic import TOPICS
from actions.toolbox import tools
from actions.turn import Turn

STAYS: Final = frozenset(
    {"order_number", "email", "postcode", "tried", "another", NOT_THERE, NOT_THIS, LOOKED, *by_code.FACTS}
)
"""What nobody goes back to: it was proof, or nobody said it."""
_NO: Final = re.compile(
    r"^\W*(?:(?:non|no|nope|pardon|sorry|en fait|actually|plut[oô]t|pas [çc]a|not that)\b\W*)+", re.IGNORECASE
)


def said_instead(text: str) -> str:
    """What is left of "no, the lamp" without the no."""
    return _NO.sub("", text)


def unsettle(task: Task) -> str | None:
    """Opens what was settled last again; its name, None where nothing was."""
    settled = [name for name in task.facts if name not in STAYS]
    if not settled:
        return None
    task.forget(settled[-1])
    return settled[-1]


async def next_question(turn: Turn, task: Task) -> Asked | None:
    """What the plan would ask now; None where it would ask nothing."""
    tried = Task.read(task.stored())
    assert tried is not None
    async with tools().sessions() as session:
        try:
            await TOPICS[task.topic].plan(Talk(turn, tried, session, heard=False))
        except Ask as ask:
            return ask.asked
        except (Refused, Stop):
            return None
    return None
