"""Why the code that proves an address does not do, said to who asks that instead of typing another."""

from __future__ import annotations

from typing import Final

from actions.tasks import by_code, code_said
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from actions.turn import Turn
from crm_backend.database import utc_now
from crm_backend.proof_codes import redeeming
from crm_backend.proof_codes.services import Purpose

PURPOSES: Final[tuple[Purpose, ...]] = ("prove", "change")


def is_asked(turn: Turn, task: Task, asked: Asked) -> bool:
    """Whether somebody who was sent a code says that it does not work."""
    waits = asked.fact == by_code.CODE and by_code.SENT in task.facts
    return waits and not turn.text.startswith("/") and code_said.does_not_work(turn.meant)


async def tell(talk: Talk) -> None:
    """What became of the code that was sent last; what holds for all of them where none was typed."""
    conversation = talk.turn.conversation
    rows = [row for each in PURPOSES for row in await redeeming.asked_for(talk.session, conversation, each)]
    last = max(rows, key=lambda row: row.created_at, default=None)
    if last is not None and last.expires_at <= utc_now():
        talk.say(by_code.NOT_TAKEN["expired"])
    elif last is not None and last.heard in by_code.NOT_TAKEN:
        talk.say(by_code.NOT_TAKEN[last.heard])
    else:
        talk.say("utter_code_why")
