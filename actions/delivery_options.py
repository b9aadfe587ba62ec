"""How and where things are delivered, for how much: what the help centre says."""

from __future__ import annotations

from typing import ClassVar, Final

from actions import general_answers
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic

QUESTION: Final[Words] = {
    "fr": "Quels sont les modes de livraison, leurs frais et leurs délais\u00a0?",
    "en": "What are the delivery options, their cost and delivery times?",
}


class DeliveryOptions(Topic):
    name = "delivery_options"
    title: ClassVar[Words] = {"fr": "les modes de livraison", "en": "delivery options"}
    reads = True

    async def plan(self, talk: Talk) -> None:
        if not await general_answers.answered(talk, question=QUESTION):
            talk.say("utter_delivery_options")
            talk.offer_person("unknown")
