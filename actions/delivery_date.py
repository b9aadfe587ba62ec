"""The day of a delivery: told where it is known; another day is a wish that people take up with the carrier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import general_answers, order_cases, wished_day
from actions.order_sentences import card, expected, sentence
from actions.tasks import orders
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.orders.schema import OrderView

TAG: Final = "delivery_date"
WAITED_FOR: Final = frozenset({"placed", "paid", "preparing", "shipped"})
OTHER_DAY: Final = re.compile(
    r"\bd[ée]cal\w*|\breport(?:er|ez|e)\b|\brepouss\w*|\bavanc(?:er|ez|e)\b|\bchang\w*|\bretard(?:er|ez)\b|"
    r"\bd[ée]plac\w*|\bautre (?:jour|date|cr[ée]neau)\b|\brepass\w*|\breprogramm\w*|\bchoisi\w*|\bplut[oô]t\b|"
    r"\b(?:voudrais|aimerais|souhait\w*|veux|pr[ée]f[ée]r\w*) (?:\w+ )?livr\w*|\bmettez\b|"
    r"\bmov(?:e|ing)\b|\bput\w* (?:\w+ ){0,2}(?:off|back)\b|"
    r"\breschedul\w*|\bpostpon\w*|\bpush\w* (?:it )?back\b|\bdelay (?:it|the|my)\b|"
    r"\bbring\w* forward\b|\b(?:an)?other (?:day|date|slot)\b|\binstead\b|\bchoose\b|\bpick a\b|"
    r"\bhave it (?:come|delivered)\b",
    re.IGNORECASE,
)
HOW: Final = re.compile(
    r"\bcomment\b|\bpeut-on\b|\bon peut\b|\best-ce qu.(?:on|il)\b|\bproposez\b|\bhow (?:do|can)\b|\bdo you\b|"
    r"\bis it possible\b",
    re.IGNORECASE,
)
"""A question of how the shop does it, rather than a wish."""
AWAY: Final = re.compile(
    r"\bpas l[àa]\b|\babsente?s?\b|\bm.absente\b|\bpas chez moi\b|\bnot (?:be )?(?:in|home|there)\b|"
    r"\bwon.t be\b|\baway\b|\bout (?:on|that)\b",
    re.IGNORECASE,
)
HOUR: Final = re.compile(r"\bheures?\b|\bcr[ée]neaux?\b|\bhoraires?\b|\btimes?\b|\bslots?\b", re.IGNORECASE)
QUESTION: Final[Words] = {
    "fr": "Comment choisir ou changer le jour de livraison\u00a0?",
    "en": "How can I choose or change the delivery day?",
}
SUBJECT: Final[Words] = {"fr": "Jour de livraison · commande {number}", "en": "Delivery day · order {number}"}
TEXT: Final[Words] = {
    "fr": "Livraison souhaitée de la commande {number}\u00a0: {wish}. Elle est prévue {expected}.",
    "en": "Delivery of order {number} is wished for {wish}. It is expected {expected}.",
}
UNKNOWN: Final[Words] = {"fr": "un jour qui n’est pas encore connu", "en": "on a day that isn’t known yet"}
BETWEEN: Final[Words] = {"fr": ", entre {first} et {last}", "en": ", between {first} and {last}"}
AROUND: Final[Words] = {"fr": ", vers {first}", "en": ", around {first}"}
FROM: Final[Words] = {"fr": ", après {first}", "en": ", after {first}"}
UNTIL: Final[Words] = {"fr": ", avant {last}", "en": ", before {last}"}


class DeliveryDate(Topic):
    name = "delivery_date"
    title: ClassVar[Words] = {"fr": "le jour d’une livraison", "en": "the day of a delivery"}
    reads = True

    async def plan(self, talk: Talk) -> None:
        order_cases.remember_words(talk)
        _remember(talk)
        _listen(talk)
        other_day = bool(talk.facts.get("other_day"))
        in_general = (not other_day or HOW.search(talk.turn.meant)) and await _in_general(talk)
        if in_general and await general_answers.answered(talk, question=QUESTION):
            talk.say("utter_delivery_date_for_an_order")
            return
        if other_day:
            await self._another(talk)
            return
        order = await orders.shown(talk, choose="utter_delivery_date_which_order")
        talk.focus(order.number)
        _tell(talk, order, hour=bool(talk.facts.get("hour")))

    async def _another(self, talk: Talk) -> None:
        """A wish for another day, as long as the parcel is not on its last way."""
        order = await orders.order(talk, about=lambda each: each.status in WAITED_FOR)
        view, language, today = order.view, talk.language, tools().now().date()
        talk.focus(order.number)
        if view.status == "out_for_delivery":
            talk.say("utter_delivery_date_today", number=order.number)
            talk.offer_person("asked")
            return
        if view.status not in WAITED_FOR:
            _tell(talk, view, hour=False)
            return
        if await order_cases.already_open(talk, order, tag=TAG):
            return
        due = expected(view, language, today=today)
        ask = "utter_delivery_date_ask" if due else "utter_delivery_date_ask_first"
        _from_the_day_it_was(talk, view)
        accept = partial(wished_day.accepted, today=today)
        day = talk.fact("day", "date", ask, accept=accept, number=order.number, expected=due or "")
        if (hours := talk.task.given.pop("time", None)) is not None:
            talk.progress = talk.progress or hours != talk.facts.get("hours")
            talk.facts["hours"] = hours
        wish = spoken(str(day), str(talk.facts.get("hours", "")), language, today=today)
        text = TEXT[language].format(number=order.number, wish=wish, expected=due or UNKNOWN[language])
        talk.confirm(
            "utter_delivery_date_confirm",
            agreed={
                "order": str(order.allowed.order_id),
                "number": order.number,
                "type": "request",
                "subject": SUBJECT[language].format(number=order.number),
                "text": order_cases.quoted(talk, text),
            },
            changes={"order": orders.THE_ORDER, "day": {"fr": "le jour", "en": "the day"}},
            number=order.number,
            wish=wish,
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        case = await order_cases.open_case(talk, session, agreed, tag=TAG)
        talk.say("utter_delivery_date_done", number=agreed["number"], case=case.number)


def _remember(talk: Talk) -> None:
    """Whether the first message wants another day, or asks for the hour. The day on which somebody is away is
    not taken for the day that is wished for."""
    text = talk.turn.meant
    if not talk.heard or "other_day" in talk.facts:
        return
    away = bool(AWAY.search(text))
    talk.facts["other_day"] = away or bool(OTHER_DAY.search(text))
    talk.facts["hour"] = bool(HOUR.search(text))
    talk.facts["away"] = away
    if away:
        talk.task.given.pop("date", None)


def _listen(talk: Talk) -> None:
    """Takes the day that this message wishes for, however it is said; none of a message that says when nobody is in."""
    text = talk.turn.text
    if not talk.heard or text.startswith("/") or talk.facts.pop("away", False):
        return
    wish = wished_day.said(text, talk.turn.tracker.latest_message.get("entities") or ())
    if wish is None and talk.answers("day"):
        wish = wished_day.alone(text, today=tools().now().date())
    days = wished_day.moved(text)
    if days is not None and "day" not in talk.facts:
        # After the day on which it is expected, whatever other day was spoken of.
        talk.facts["later"] = days
        talk.task.given.pop("date", None)
    elif wish is not None:
        talk.task.given["date"] = wish


def _from_the_day_it_was(talk: Talk, order: OrderView) -> None:
    """Takes "two days later" as that many days after the day on which it is expected."""
    days = talk.facts.pop("later", None)
    expected_on = [each.expected_to or each.expected_from for each in order.shipments if not each.delivered_at]
    known = [each for each in expected_on if each is not None]
    if days is not None and known and "date" not in talk.task.given:
        talk.task.given["date"] = (max(known) + timedelta(days=int(days))).isoformat()


async def _in_general(talk: Talk) -> bool:
    """Whether no order is spoken of, by somebody of whom no order is known."""
    if any(talk.task.given.get(name) for name in ("order_number", "last_order")) or talk.turn.slot("order_number"):
        return False
    if talk.task.asked is not None or "order_number" in talk.facts:
        return False
    row = await talk.session.get(Conversation, talk.turn.conversation)
    return row is None or row.customer_id is None or not at_least(row.proof, "channel")


def _tell(talk: Talk, order: OrderView, *, hour: bool) -> None:
    """When it is delivered, or where it is."""
    today = tools().now().date()
    told = sentence(order, talk.language, today=today)
    talk.say(told.response, cards=[card(order, talk.language)], **told.values)
    if told.offers_person:
        talk.offer_person("asked")
    elif order.status in WAITED_FOR and expected(order, talk.language, today=today) is None:
        talk.say("utter_delivery_date_unknown")
    elif hour and order.status in (*WAITED_FOR, "out_for_delivery"):
        talk.say("utter_delivery_date_no_hour")


def spoken(day: str, hours: str, language: str, *, today: date) -> str:
    """`jeudi 27 novembre, après 17 h`."""
    days = wished_day.in_words(day, language, today=today)
    begins, slash, ends = hours.partition("/")
    if not hours:
        return days
    words = AROUND if not slash else BETWEEN if begins and ends else FROM if begins else UNTIL
    return days + words[language].format(first=_hour(begins, language), last=_hour(ends, language))


def _hour(clock: str, language: str) -> str:
    hour, _, minute = clock.partition(":")
    if language == "fr":
        return f"{int(hour or 0)}\u00a0h" + (f"\u00a0{minute}" if minute not in ("", "00") else "")
    return clock
