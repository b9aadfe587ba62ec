"""Trouble signing in: what the help centre says, and a person. A password is never asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from actions import general_answers, still
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least

QUESTION: Final[Words] = {"fr": "J’ai oublié mon mot de passe", "en": "I’ve forgotten my password"}


class SignIn(Topic):
    name = "sign_in"
    title: ClassVar[Words] = {"fr": "la connexion à votre compte", "en": "signing in to your account"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return still.says_so(turn.text) or still.waits(turn.text) or turn.intent == "inform"

    async def plan(self, talk: Talk) -> None:
        if talk.turn.slot("topic") == self.name and await self.goes_on(talk.turn):
            talk.say("utter_still_no_help")
            talk.offer_person("asked")
            return
        answered = await general_answers.answered(talk, question=QUESTION)
        row = await talk.session.get(Conversation, talk.turn.conversation, populate_existing=True)
        if row is not None and at_least(row.proof, "verified"):
            talk.say("utter_sign_in_known")
        talk.say("utter_sign_in_more" if answered else "utter_sign_in_person")
        talk.offer_person("asked")
