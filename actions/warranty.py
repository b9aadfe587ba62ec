"""Something that broke in use: replaced, repaired or paid back under warranty; what is left once that is over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions.tasks import articles, orders
from actions.tasks.asking import Option, Words
from actions.tasks.buttons import yes_no
from actions.tasks.casework import open_case
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.cases.schema import NewCase
from crm_backend.orders.values import LONGEST_NOTE
from crm_backend.returns import instead
from crm_backend.texts import shorten

TELLS_IT: Final = 40
"""Characters of a first message that says what is wrong, too."""
SAYS_WHAT: Final = re.compile(
    r"cass|panne|marche|fonctionne|d[ée]faut|fissur|d[ée]chir|fuit|allum|bancal|d[ée]coll?|rouill|d[ée]fait|l[âa]ch|us[ée]|"
    r"tord|grill|bruit|brok|break|crack|work|fault|torn|tear|leak|turn on|light up|loose|wobbl|rust|peel|noise|"
    r"came off|snap|worn",
    re.IGNORECASE,
)
DEFECTIVE: Final = "defective"
REPLACE: Final = Option(
    "replace", {"fr": "Le remplacer par le même", "en": "Replace it with the same"}, back.SAME_AGAIN
)
REPAIR: Final = Option("repair", {"fr": "Le faire réparer", "en": "Have it repaired"}, back.REPAIRED, ("spare_parts",))
REFUND: Final = Option(
    "refund", {"fr": "Être remboursé", "en": "Get a refund"}, None, ("refund_status", "return_order")
)
CONFIRM: Final = {
    REPLACE.code: "utter_warranty_confirm_replace",
    REPAIR.code: "utter_warranty_confirm_repair",
    REFUND.code: "utter_warranty_confirm_refund",
}
SUBJECT: Final[Words] = {"fr": "Réparation sous garantie\u00a0: {what}", "en": "Repair under warranty: {what}"}
WRONG: Final[Words] = {"fr": "ce qui ne va pas", "en": "what’s wrong with it"}
WAY: Final[Words] = {"fr": "la solution", "en": "what’s to be done"}


class Warranty(Topic):
    name = "warranty"
    title: ClassVar[Words] = {"fr": "la garantie d’un article", "en": "the warranty of an item"}

    async def plan(self, talk: Talk) -> None:
        begins = talk.heard and talk.task.asked is None and len(talk.turn.text) >= TELLS_IT
        if begins and "story" not in talk.facts and SAYS_WHAT.search(talk.turn.text):
            talk.facts["story"] = talk.turn.text.strip()[:LONGEST_NOTE]
        order = await orders.order(talk, wish=lambda may: may.warranty, ever=True)
        talk.focus(order.number)
        among = back.returnable(order, under_warranty=True)
        among = [at for at in among if order.allowed.lines[at].warranty.allowed]
        named = back.spoken_of(talk, order)
        if not among and named is None:
            articles.look_elsewhere(talk, back.every_name(order), number=order.number)
        if not among or (named is not None and named not in among):
            _refuse(talk, order, at=named)
            return
        at = back.one_line(talk, order, among, named=named, response="utter_warranty_which")
        some = back.Pieces(at, order.allowed.lines[at].id, back.pieces(talk, order, at, alone=True))
        article = order.view.lines[at].name(talk.language)
        story = talk.text("story", "utter_warranty_story", article=article)
        way = await _way(talk, order, some, article=article)
        what = back.in_words(order, [some], talk.language)
        talk.confirm(
            CONFIRM[way],
            agreed={
                "order": str(order.allowed.order_id),
                "number": order.number,
                "pieces": back.agreed_pieces([some]),
                "what": what,
                "story": story,
                "way": way,
            },
            changes={"order": orders.THE_ORDER, "lines": back.THE_ARTICLE, "story": WRONG, "way": WAY},
            what=what,
            number=order.number,
            story=shorten(story, 200),
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        talk.focus(agreed["number"])
        if agreed["way"] == REPAIR.code:
            subject = SUBJECT[talk.language].format(what=agreed["what"])
            new = NewCase(
                type_key="return",
                subject=shorten(subject, back.LONGEST_SUBJECT),
                description=f"{subject}\n{agreed['number']}\n\n{agreed['story']}",
                order_ids=[UUID(agreed["order"])],
                tags=["warranty"],
            )
            case = await open_case(talk, session, new)
            talk.say("utter_warranty_done_repair", number=case.number)
            return
        kind, note = "exchange" if agreed["way"] == REPLACE.code else "return", agreed["story"][:LONGEST_NOTE]
        made, files = await back.request(talk, session, agreed, reason=DEFECTIVE, kind=kind, note=note)
        response = "utter_warranty_done" if files else "utter_warranty_done_bare"
        talk.say(response, files=files, reference=made.reference, number=agreed["number"])


async def _way(talk: Talk, order: orders.Meant, some: back.Pieces, *, article: str) -> str:
    """What is to be done: replaced, where there is the same, else paid back; or repaired."""
    there = await instead.versions(talk.session, order.allowed.order_id, actor=order.actor, line_id=some.line_id)
    options = [REPLACE if any(each.same for each in there) else REFUND, REPAIR]
    return talk.choose("way", "utter_warranty_way", options, article=article)


def _refuse(talk: Talk, order: orders.Meant, *, at: int | None) -> None:
    """Why the warranty does not hold, and the next best thing."""
    at = 0 if at is None and len(order.view.lines) == 1 else at
    decision = order.allowed.warranty if at is None else order.allowed.lines[at].warranty
    why = back.why_not(decision, talk.language)
    if at is None:
        talk.say("utter_warranty_refused", number=order.number, why=why)
    else:
        talk.say("utter_return_order_not_this", article=order.view.lines[at].name(talk.language), why=why)
    if decision.reason == "warranty_over":
        talk.say("utter_warranty_over", buttons=yes_no(talk.language))
        facts = {} if at is None else {"article": order.view.lines[at].name(talk.language)}
        talk.propose("spare_parts", **facts)
    elif decision.reason in back.SENT_BACK:
        talk.say("utter_return_order_there", buttons=yes_no(talk.language))
        talk.propose("return_status", order_number=order.number)
    elif decision.reason != "not_delivered":
        talk.say("utter_return_order_person", buttons=yes_no(talk.language))
        talk.offer_person("asked")
