"""A part, or a repair that the warranty does not pay for: taken down, and seen to by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions.tasks.asking import Words
from actions.tasks.casework import open_case
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.cases.schema import NewCase
from crm_backend.texts import shorten

TELLS_IT: Final = 25
"""Characters of a first message with a product or a part in it that says what is missing, too."""
PART: Final = re.compile(
    r"\b(?:vis|boulons?|chevilles?|pieds?|abat-?jours?|douilles?|c[âa]bles?|cordons?|interrupteurs?|variateurs?|ampoules?|"
    r"charni[èe]res?|poign[ée]es?|tablettes?|glissi[èe]res?|housses?|couvercles?|bouchons?|roulettes?|verres?|joints?|"
    r"screws?|bolts?|legs?|feet|foot|shades?|lampshades?|sockets?|cables?|cords?|switch(?:es)?|dimmers?|bulbs?|hinges?|"
    r"handles?|knobs?|shel(?:f|ves)|runners?|covers?|lids?|castors?|wheels?|seals?)\b",
    re.IGNORECASE,
)
SUBJECT: Final[Words] = {"fr": "Pièce ou réparation\u00a0: {what}", "en": "Part or repair: {what}"}


class SpareParts(Topic):
    name = "spare_parts"
    title: ClassVar[Words] = {"fr": "une pièce détachée", "en": "a spare part"}

    async def plan(self, talk: Talk) -> None:
        product = talk.task.given.pop("product", None)
        if product is not None:
            talk.facts.setdefault("article", str(product))
        begins = talk.heard and talk.task.asked is None and talk.turn.intent == self.name
        if begins and len(talk.turn.text) >= TELLS_IT and ("article" in talk.facts or PART.search(talk.turn.text)):
            talk.facts.setdefault("wish", talk.turn.text.strip()[:2000])
        article = talk.text("article", "utter_spare_parts_article")
        wish = talk.text("wish", "utter_spare_parts_which", article=shorten(article, 80))
        talk.confirm(
            "utter_spare_parts_confirm",
            agreed={"article": article, "wish": wish},
            changes={"article": back.THE_ARTICLE, "wish": {"fr": "la pièce", "en": "the part"}},
            article=shorten(article, 80),
            wish=shorten(wish, 200),
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        subject = SUBJECT[talk.language].format(what=agreed["article"])
        new = NewCase(
            type_key="request",
            subject=shorten(subject, back.LONGEST_SUBJECT),
            description=f"{agreed['article']}\n\n{agreed['wish']}",
            tags=["spare_parts"],
        )
        case = await open_case(talk, session, new)
        talk.say("utter_spare_parts_done", number=case.number)
