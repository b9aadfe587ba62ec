"""A complaint: taken down in the customer's words, and given a number and somebody who answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks.asking import Words
from actions.tasks.casework import open_case
from actions.tasks.how_long import asks_how_long
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.cases.schema import NewCase
from crm_backend.texts import shorten

LONG_ENOUGH, SUBJECT = 60, 80
"""Characters of a first message that already tells the whole story, and of a subject."""
ANSWERED_WHEN: Final[Words] = {
    "fr": "Sous combien de temps répondez-vous à une réclamation ?",
    "en": "How soon do you answer a complaint?",
}


class Complaint(Topic):
    name = "complaint"
    title: ClassVar[Words] = {"fr": "votre réclamation", "en": "your complaint"}
    story = "story"
    lasts = ANSWERED_WHEN

    async def plan(self, talk: Talk) -> None:
        if talk.heard and "story" not in talk.facts and len(talk.turn.text) >= LONG_ENOUGH:
            talk.task.settle("story", talk.turn.text.strip()[:2000])
        story = talk.text("story", "utter_complaint_ask_story")
        talk.confirm(
            "utter_complaint_confirm",
            agreed={"story": story},
            changes={"story": {"fr": "le texte", "en": "the text"}},
            story=shorten(story, 200),
        )

    async def aside(self, talk: Talk) -> bool:
        """Where nobody wrote down how long an answer takes, none is promised."""
        if not asks_how_long(talk.turn.meant):
            return False
        talk.say("utter_complaint_answered_soon")
        return True

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        story = str(agreed["story"])
        new = NewCase(type_key="complaint", subject=shorten(story, SUBJECT), description=story)
        case = await open_case(talk, session, new)
        talk.say("utter_complaint_done", number=case.number)
