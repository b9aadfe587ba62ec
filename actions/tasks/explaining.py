"""How a business goes, told to who asks that before anything is begun; to begin it is offered."""

from __future__ import annotations

from actions import general_answers
from actions.tasks import how_asked
from actions.tasks.buttons import yes_no
from actions.tasks.state import Task
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.database import reading


async def told(turn: Turn, topic: Topic) -> Talk | None:
    """What is said to such a question; None where the message is none, or nobody wrote of it."""
    if topic.how is None or not how_asked.is_asked(turn):
        return None
    async with reading(tools().sessions) as session:
        talk = Talk(turn, Task(topic.name, str(turn.id), tools().now().isoformat()), session, heard=False)
        if not await general_answers.told(talk, topic.how[talk.language]):
            return None
    talk.say("utter_how_begin", buttons=yes_no(talk.language))
    talk.propose(topic.name)
    return talk
