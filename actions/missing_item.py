"""Something that is missing from a parcel, for people to look into; or a wrong item, which comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions import general_answers, making_good, order_cases
from actions.order_sentences import sentence
from actions.reports import CaseReport
from actions.tasks import orders
from actions.tasks.asking import Option, Words
from actions.tasks.how_long import asks_how_long
from actions.tasks.state import Task
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import REFUNDED_WHEN
from crm_backend.cases import troubles
from crm_backend.texts import shorten

TAG: Final = troubles.MISSING
LONGEST, SHOWN = 500, 200
"""Characters of the customer's words that are kept, and that are repeated to them."""
MISSING, WRONG, OTHER = "missing", "wrong", "other"
COUNT: Final = r"(?:\d|deux|trois|quatre|cinq|six|huit|dix|two|three|four|five|six|eight|ten)"
WHAT: Final = (
    Option(
        MISSING,
        {"fr": "Il manque quelque chose", "en": "Something is missing"},
        re.compile(
            rf"\bmanqu\w*|\bincompl[eè]te?s?\b|\bpas dans le (?:colis|carton)\b|\bau lieu de {COUNT}|\bsur les {COUNT}|"
            rf"\bmissing\b|\bincomplete\b|\bn[o’']t in the (?:parcel|box)\b|\binstead of {COUNT}|\bout of {COUNT}",
            re.IGNORECASE,
        ),
    ),
    Option(
        WRONG,
        {"fr": "Ce n’est pas le bon article", "en": "It’s the wrong item"},
        re.compile(
            rf"\bpas (?:la|le|les) bon\w*|\bpas ce que\b|\bmauvaise?s?\b|\bautre chose\b|\bau lieu d(?!e {COUNT})|"
            rf"\berreur\b|\bde quelqu.un\b|\bwrong\b|\binstead of (?!{COUNT})|\bnot what\b|\bsomeone else.s\b",
            re.IGNORECASE,
        ),
        ("exchange", "return_order"),
    ),
)
SOMETHING_ELSE: Final = Option(OTHER, {"fr": "Autre chose", "en": "Something else"})


class MissingItem(CaseReport):
    name = "missing_item"
    title: ClassVar[Words] = {"fr": "un article manquant ou erroné", "en": "a missing or wrong item"}

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        order = await orders.order(talk, about=troubles.arrived)
        talk.focus(order.number)
        may = troubles.tellable(TAG, order.view, today=tools().now().date())
        if not may.allowed and may.reason != "more_parcels_coming":
            making_good.refuse(talk, order)
            return
        if talk.choose("what", "utter_missing_item_what", WHAT, number=order.number) == WRONG:
            await _wrong(talk, order)
        elif not may.allowed:
            told = sentence(order.view, talk.language, today=tools().now().date())
            talk.say(told.response, **told.values)
            talk.say("utter_missing_item_other_parcel")
        elif not await order_cases.already_open(talk, order, tag=TAG):
            _missing(talk, order)

    def takes_up(self, turn: Turn, task: Task) -> str | None:
        if task.facts.get("what") == WRONG:
            return making_good.take_up(turn, task)
        return super().takes_up(turn, task)

    async def aside(self, talk: Talk) -> bool:
        if talk.facts.get("what") != WRONG:
            return await super().aside(talk)
        return asks_how_long(talk.turn.meant) and await general_answers.told(talk, REFUNDED_WHEN[talk.language])

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        if "pieces" in agreed:
            await making_good.request(talk, session, agreed)
            return
        case = await order_cases.open_case(talk, session, agreed, tag=TAG)
        talk.say("utter_missing_item_done", number=agreed["number"], case=case.number)


async def _wrong(talk: Talk, order: orders.Meant) -> None:
    among = back.returnable(order, under_warranty=True)
    if not among:
        making_good.refuse(talk, order)
        return
    places = orders.lines(talk, order, of=among, response="utter_missing_item_which_wrong", all_told=False)
    some = back.all_pieces(talk, order, places)
    await making_good.agree(talk, order, some, reason="wrong_item")


def _missing(talk: Talk, order: orders.Meant) -> None:
    what = _what(talk, order)
    talk.confirm(
        "utter_missing_item_confirm",
        agreed=order_cases.agreed(talk, order, TAG, what=what),
        changes={"order": orders.THE_ORDER, "lines": back.THE_ARTICLE, "detail": back.THE_ARTICLE},
        number=order.number,
        what=what if len(what) <= SHOWN else shorten(what, SHOWN),
    )


def _what(talk: Talk, order: orders.Meant) -> str:
    """Which articles, how many of them, or in the customer's words what of one."""
    places = [at for at, line in enumerate(order.allowed.lines) if line.returnable]
    if not places:
        # All of it came back, or is on its way: what is missing is told in their words.
        chosen = [OTHER]
    elif len(places) == 1:
        chosen = [str(places[0])] if order.allowed.lines[places[0]].returnable > 1 else [OTHER]
    else:
        named = back.spoken_of(talk, order)
        if named in places:
            talk.task.settle("lines", [str(named)])
        names = [
            Option(str(at), {talk.language: orders.line_name(order.view.lines[at], talk.language)}) for at in places
        ]
        chosen = talk.some("lines", "utter_missing_item_which", [*names, SOMETHING_ELSE], number=order.number)
    if OTHER in chosen or not chosen:
        talk.facts["detail"] = talk.text("detail", "utter_missing_item_detail")[:LONGEST]
        return str(talk.facts["detail"])
    return back.in_words(order, back.all_pieces(talk, order, [int(each) for each in chosen]), talk.language)
