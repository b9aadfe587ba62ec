"""A parcel that the carrier calls delivered, or lost, and that its customer does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import order_cases
from actions.order_sentences import delivered_on, sentence
from actions.reports import CaseReport
from actions.tasks import orders
from actions.tasks.asking import Option, Words
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.tracking import late
from crm_backend.cases import troubles
from crm_backend.orders.schema import OrderView

TAG: Final = troubles.LOST
LOOKED, NOT_YET = "looked", "not_yet"
ANSWERS: Final = (
    Option(
        LOOKED,
        {"fr": "J’ai regardé, rien", "en": "I’ve looked, nothing"},
        re.compile(
            r"\bni chez\b|\bpersonne n.a rien\b|\bj.?ai (?:d[ée]j[àa] |tout |bien |partout )*"
            r"(?:regard|v[ée]rifi|demand|cherch)\w*|"
            r"\brien chez\b|\bles? voisins? n|\bvol[ée]e?s?\b|"
            r"^\W*(?:looked|checked|searched)\b|\b(?:looked|checked|searched) everywhere\b|\bcherch\w+ partout\b|"
            r"\bI(?:.ve| have)? (?:already )?(?:looked|checked|asked|searched)\b|"
            r"\b(?:pas|not) (?:chez|dans|[àa] la|au|with|at|in|on)\b|"
            r"\bneither\b|\bnor (?:with|at)\b|\bneighbou?rs? (?:have|has|don|doesn|haven|hasn)\w*|\bstolen\b",
            re.IGNORECASE,
        ),
        ("affirm", "lost_parcel", "late_parcel", "order_status"),
    ),
    Option(NOT_YET, {"fr": "Je vais regarder", "en": "I’ll go and look"}, None, ("deny",)),
)
NOTHING: Final = re.compile(
    r"\brien\b|\bnulle part\b|\bnothing\b|\bnowhere\b|\bnot there\b|\bpas l[àa]\b|\bpas trouv", re.IGNORECASE
)


class LostParcel(CaseReport):
    name = "lost_parcel"
    title: ClassVar[Words] = {"fr": "un colis introuvable", "en": "a parcel that can’t be found"}

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        order = await orders.order(talk, about=lambda each: each.status in ("delivered", "lost"))
        talk.focus(order.number)
        if not troubles.tellable(TAG, order.view, today=tools().now().date()).allowed:
            _not_there_yet(talk, order.view)
            return
        if await order_cases.already_open(talk, order, tag=TAG):
            return
        carrier, delivered = _carrier(order.view, talk.language), delivered_on(order.view, talk.language)
        if order.view.status == "delivered" and not _looked(talk, order.view, delivered):
            talk.say("utter_lost_parcel_wait")
            return
        lost = order.view.status == "lost"
        talk.confirm(
            "utter_lost_parcel_confirm_lost" if lost else "utter_lost_parcel_confirm",
            agreed=order_cases.agreed(talk, order, TAG, delivered=delivered),
            changes={"order": orders.THE_ORDER},
            number=order.number,
            carrier=carrier,
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        case = await order_cases.open_case(talk, session, agreed, tag=TAG, urgency=agreed["urgency"])
        talk.say("utter_lost_parcel_done", number=agreed["number"], case=case.number)


def _looked(talk: Talk, order: OrderView, delivered: str) -> bool:
    """Whether the customer has looked wherever a parcel may be left; asks them."""
    answered = talk.answers("looked") and "looked" not in talk.facts and not talk.turn.text.startswith("/")
    if answered and NOTHING.search(talk.turn.text):
        # "No, nothing" is no answer to whether they looked, but to what they found.
        talk.task.settle("looked", LOOKED)
    parcel = troubles.looked_for(order)
    place = next((each.place for each in reversed(parcel.events) if each.place), "") if parcel else ""
    where = f" ({place})" if place else ""
    answer = talk.choose(
        "looked", "utter_lost_parcel_where", ANSWERS, number=order.number, delivered=delivered, place=where
    )
    return answer == LOOKED


def _not_there_yet(talk: Talk, order: OrderView) -> None:
    """Nobody says that it was delivered: where it is, and an enquiry if it is late."""
    today = tools().now().date()
    if any(late(each, today) for each in order.shipments):
        talk.say("utter_lost_parcel_late", number=order.number)
        talk.propose("late_parcel", order=order.number)
        return
    told = sentence(order, talk.language, today=today)
    talk.say(told.response, **told.values)
    if told.offers_person:
        talk.offer_person("asked")


def _carrier(order: OrderView, language: str) -> str:
    parcel = troubles.looked_for(order)
    return (parcel.carrier if parcel else None) or troubles.CARRIER[language]
