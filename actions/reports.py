"""Business that is a report of what went wrong with an order: who reports it also says what they wish for it."""

from __future__ import annotations

from actions import order_cases, wished_remedy
from actions.tasks.state import Task
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn


class Report(Topic):
    """A wish beside it belongs to it."""

    def wishes(self, text: str) -> bool:
        return wished_remedy.in_words(text) is not None


class CaseReport(Report):
    """A report that people decide on: the wish is added to their case, and a time is set when that is opened."""

    def takes_up(self, turn: Turn, task: Task) -> str | None:
        return wished_remedy.noted_in_case(turn, task)

    async def aside(self, talk: Talk) -> bool:
        return order_cases.tells_how_long(talk)
