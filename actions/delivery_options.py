"""How and where things are delivered, for how much: what the help centre says."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from actions import addresses, general_answers, knowledge
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn

QUESTION: Final[Words] = {
    "fr": "Quels sont les modes de livraison, leurs frais et leurs délais\u00a0?",
    "en": "What are the delivery options, their cost and delivery times?",
}
COUNTRIES: Final[Words] = {
    "fr": "Dans quels pays livrez-vous\u00a0?",
    "en": "Which countries do you deliver to?",
}
"""What a question with a country in it is about: a section that only has its name may be about another."""
SUBJECT: Final[Words] = {"fr": "livraison", "en": "delivery"}
A_FEW: Final = 7
_SAID: Final = re.compile(r"livr|port|envoi|exp[ée]di|deliver|shipping|postage|ship\b", re.IGNORECASE)
_IT: Final = re.compile(
    r"\W*(?:et|and|mais|but)?\W*(?:c['’ ]?est|cest|is it|are they|it['’ ]?s|[çc]a)\b", re.IGNORECASE
)
_PART_OF: Final = re.compile(r"\b(?:irlande du nord|northern ireland)\b", re.IGNORECASE)
_GOES_ON: Final = re.compile(
    r"\b(?:week-?ends?|samedi|dimanche|saturday|sunday|express|urgent\w*|lendemain|next day|point relais|relais|"
    r"domicile|[ée]tage|corse|[îi]les?|islands?|highlands?|scotland|[ée]cosse|gratuite?s?|offerte?s?|free|meubles?|"
    r"furniture|long|temps|jours|days|combien|how much)\b",
    re.IGNORECASE,
)


class DeliveryOptions(Topic):
    name = "delivery_options"
    title: ClassVar[Words] = {"fr": "les modes de livraison", "en": "delivery options"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        if len(turn.text.split()) > A_FEW or turn.entities.keys() & {"order_number", "product"}:
            return False
        return addresses.names_country(turn.text) or bool(_GOES_ON.search(turn.text))

    async def plan(self, talk: Talk) -> None:
        text = _PART_OF.sub(" ", talk.turn.text)
        if addresses.names_country(text) and await general_answers.told(talk, COUNTRIES[talk.language]):
            return
        last = knowledge.read_last(talk.turn)
        of_it = last and _IT.match(text) and not _SAID.search(text) and len(text.split()) <= A_FEW
        if of_it and await general_answers.told(talk, f"{last} {text}"):
            # "And is it free?", of the article that was told just before.
            return
        subject = "" if _SAID.search(text) else SUBJECT[talk.language]
        if not await general_answers.answered(talk, question=QUESTION, subject=subject, each=SUBJECT):
            talk.say("utter_delivery_options")
            talk.offer_person("unknown")
