"""Shops: where they are, when they are open, and how they are reached; and when advisers answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from rapidfuzz import fuzz

from actions import general_answers, spoken, wording
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.shops import queries
from crm_backend.shops.queries import ShopView

IN_DETAIL, FURTHEST, ALIKE = 2, 400, 85
"""Shops told of with their week, more are told of in a line; the days from now whose hours are told; and of 100, how
like `appointment` a word is that is meant for it."""
_ADVISERS: Final = re.compile(
    r"\b(?:service[s]? clients?|service client[eè]le|conseill\w+|joignables?|standard|hotline|customer services?|"
    r"advis[eo]rs?|help ?line|phone lines?|support)\b",
    re.IGNORECASE,
)
_SERVICES: Final = {
    "collection": re.compile(r"\b(?:retrait|retirer|click ?(?:and|&) ?collect|collect\w*|pick ?up)\b", re.IGNORECASE),
    "returns": re.compile(r"\b(?:retour\w*|rendre|ramener|returns?|bring back)\b", re.IGNORECASE),
    "appointments": re.compile(
        r"\b(?:rendez[- ]?vo?u?s|r(?:en|dn|ne)\w{1,5}[- ]vous|rdv|appointments?)\b", re.IGNORECASE
    ),
}
_AND: Final = re.compile(
    r"\W*(?:et|and|ok|sinon|what about|how about|in|at|[àa]|au|celle de|celui de|the one in|the)\b", re.IGNORECASE
)
_WHERE: Final = re.compile(
    r"\b(?:c['’ ]?est (?:o[uù]|[àa] quelle adresse)|o[uù] (?:exactement|c['’]?est)|l['’]adresse|where exactly|"
    r"whereabouts|where is (?:it|that)|the address|parking)\b",
    re.IGNORECASE,
)
_FACILITIES: Final = re.compile(
    r"\b(?:parkings?|garer|toilettes|wc|wi-?fi|caf[ée]|climatis\w*|ascenseur|car park|(?:to|i|we|you) park|toilets?|"
    r"lift|air con\w*)\b",
    re.IGNORECASE,
)
"""What a shop may have, of which little is written down."""
A_FEW, A_NAME = 6, 2
"""What a question begins with that goes on with the one before, its most words, and those of a town's name alone."""
TOLD_LAST: Final = "shops_told"
_ANY: Final = re.compile(
    r"\b(?:boutiques|magasins|shops|stores|autres?|others?|another|toutes|all|proches?|pr[èe]s|nearest|closest|near)\b",
    re.IGNORECASE,
)
"""What asks for more than the shop that was spoken of."""
PHONE: Final = {"fr": "Téléphone\u00a0: {phone}.", "en": "Phone: {phone}."}


class Shops(Topic):
    name = "shops"
    title: ClassVar[Words] = {"fr": "les boutiques et leurs horaires", "en": "shops and opening hours"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        if turn.slot(TOLD_LAST) and _WHERE.search(turn.text) and len(turn.text.split()) <= A_FEW:
            return True
        if len(turn.text.split()) > A_FEW or turn.entities.keys() - {"date", "time", "place", "postcode"}:
            return False
        if not _AND.match(turn.text) and turn.intent != "inform" and len(turn.text.split()) > A_NAME:
            return False
        if turn.entities.keys() & {"date", "place"}:
            return True
        async with tools().sessions() as session:
            return bool(await queries.find(session, now=tools().now(), place=turn.text))

    async def plan(self, talk: Talk) -> None:
        if _ADVISERS.search(talk.turn.text) and tools().hours is not None:
            _advisers(talk)
            return
        now, text = tools().now(), "" if talk.turn.text.startswith("/") else talk.turn.text
        place = str(talk.task.given.get("place") or talk.task.given.get("postcode") or "")
        there = await queries.find(talk.session, now=now, place=f"{text} {place}") if text or place else []
        found = there or await _told_last(talk, place) or []
        same = bool(found)
        found = found or await queries.find(talk.session, now=now, service=_service(text))
        found = found or await queries.find(talk.session, now=now)
        if not found:
            if not await general_answers.surely_answered(talk):
                talk.say("utter_shops_none")
            return
        if not there and place:
            talk.say("utter_shops_none_there", place=place)
        elif not same and len(found) > 1:
            talk.say("utter_shops_all")
        talk.slot(TOLD_LAST, [str(each.id) for each in found] if len(found) <= IN_DETAIL else None)
        if _FACILITIES.search(text) and len(found) == 1 and _say_nothing_of(found[0], text, talk):
            return
        day = _day(talk)
        talk.tell(await _told(talk, found, day=day, detailed=len(found) <= IN_DETAIL))
        if books(text):
            await _offer_appointment(talk, found)


async def _told_last(talk: Talk, place: str) -> list[ShopView]:
    """The shop, or the two, that was told of just before, where nothing else is asked for: "and on Sunday?"."""
    ids, text = talk.turn.slot(TOLD_LAST) or [], talk.turn.text
    if place or talk.turn.slot("topic") != Shops.name or _ANY.search(text) or text.startswith("/"):
        return []
    if not isinstance(ids, list) or _service(text):
        return []
    shown = [await queries.shown(talk.session, UUID(str(each)), now=tools().now()) for each in ids[:IN_DETAIL]]
    return [each for each in shown if each is not None]


def _say_nothing_of(shop: ShopView, text: str, talk: Talk) -> bool:
    """Says who knows of what a shop has, where that is written nowhere; false where it is, or nobody can be asked."""
    asked = _FACILITIES.findall(text)
    if not shop.phone or any(each.casefold() in shop.notes.get(talk.language, "").casefold() for each in asked):
        return False
    talk.say("utter_shops_ask_there", shop=shop.name, phone=shop.phone)
    return True


def books(text: str) -> bool:
    """Whether somebody wants an appointment, with typing mistakes."""
    if _SERVICES["appointments"].search(text):
        return True
    words = re.findall(r"[^\W\d_]{9,}", text.casefold())
    return any(fuzz.ratio(word, "appointment") >= ALIKE for word in words)


async def _offer_appointment(talk: Talk, found: Sequence[ShopView]) -> None:
    """Asks whether to book one, where these shops receive."""
    receive = await queries.find(talk.session, now=tools().now(), service="appointments")
    there = [shop for shop in found if shop.id in {each.id for each in receive}]
    if there:
        talk.say("utter_shops_book")
        talk.propose("call_back", **({"where": str(there[0].id)} if len(there) == 1 else {"in_shop": True}))


def _advisers(talk: Talk) -> None:
    """Until or from when people answer."""
    hours, now = tools().hours, tools().now()
    assert hours is not None
    until, next_one = hours.closing(now), hours.next_opening(now)
    if until is not None:
        talk.say("utter_shops_advisers_open", until=spoken.at(until, talk.language))
    elif next_one is not None:
        when = wording.instant(next_one, talk.language, today=now.date())
        talk.say("utter_shops_advisers_closed", when=when)


async def _told(talk: Talk, found: Sequence[ShopView], *, day: date | None, detailed: bool) -> str:
    today = tools().now().date()
    parts = []
    for shop in found:
        lines = [_where(shop, talk.language)]
        if day is not None:
            hours = await queries.hours_on(talk.session, shop.id, day)
            lines += [spoken.day(hours, talk.language, today=today)] if hours else []
        else:
            lines.append(spoken.now(shop.opening, talk.language, today=today))
            if detailed:
                lines += spoken.week(shop.days, talk.language, today=today)
        if detailed and shop.notes.get(talk.language):
            lines.append(shop.notes[talk.language])
        parts.append("\n".join(line for line in lines if line))
    return "\n\n".join(parts)


def _where(shop: ShopView, language: str) -> str:
    street = ", ".join(line for line in (shop.line1, shop.line2) if line)
    town = (
        f"{shop.postcode} {shop.city}" if language == "fr" or shop.country == "FR" else f"{shop.city} {shop.postcode}"
    )
    phone = " " + PHONE[language].format(phone=shop.phone) if shop.phone else ""
    return f"{shop.name}{spoken.COLON[language]}{street}, {town}.{phone}"


def _service(text: str) -> str | None:
    return next((name for name, said in _SERVICES.items() if said.search(text)), None)


def _day(talk: Talk) -> date | None:
    """The one day that is asked about; none for a week, or for now."""
    said = str(talk.task.given.get("date") or "")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if abs((day - tools().now().date()).days) <= FURTHEST else None
