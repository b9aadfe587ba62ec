"""A call at a time that suits, or an appointment in a shop: booked, moved or cancelled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import phonenumbers
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import booked, windows
from actions.tasks.asking import Option, Refused, Stop, Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.call_backs import services
from crm_backend.call_backs.schema import Asked
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.customers import checks
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid, NotNow
from crm_backend.shops import queries as shops
from crm_backend.texts import shorten

BY_PHONE: Final = "phone"
PHONE: Words = {"fr": "Par téléphone", "en": "By phone"}
LONG_ENOUGH, LONGEST, BRIEF = 60, 300, 8
"""Characters of a first message that says what it is about, and of what is kept of that; words of one that moves it."""
CHANGES: Final[Mapping[str, Words]] = {
    "phone": {"fr": "le numéro", "en": "the number"},
    "about": {"fr": "le sujet", "en": "the subject"},
    "window": {"fr": "le moment", "en": "the time"},
}
_APPOINTMENT: Final = re.compile(
    r"\b(?:rendez[- ]?vo?u?s|rdv|en boutique|en magasin|appointment|in (?:the|a|your) (?:\w+ )?(?:shop|store))\b",
    re.IGNORECASE,
)
_BY_PHONE: Final = re.compile(
    r"\b(?:t[ée]l[ée]phon\w*|r?appel\w*|coup de fil|joindre|phone|call\w*|ring)\b", re.IGNORECASE
)
_ANOTHER_TIME: Final = re.compile(r"\b(?:plut[oô]t|make it|instead)\b.*\d|\d.*\b(?:plut[oô]t|instead)\b", re.IGNORECASE)
_ABOUT: Final = re.compile(r"(?:à propos|au sujet|concernant|pour parler|about|regarding)\b.{8,}", re.IGNORECASE)


class CallBack(Topic):
    name = "call_back"
    title: ClassVar[Words] = {"fr": "un rappel ou un rendez-vous", "en": "a call-back or an appointment"}
    taken = frozenset({"booking_taken"})

    def hears(self, fact: str, text: str) -> bool:
        return windows.wants_the_first(text) or (fact == "window" and windows.says_when(text))

    async def goes_on(self, turn: Turn) -> bool:
        brief = len(turn.text.split()) <= BRIEF
        return windows.says_when(turn.text) or (brief and bool(_ANOTHER_TIME.search(turn.text)))

    async def plan(self, talk: Talk) -> None:
        if talk.heard and windows.wants_the_first(talk.turn.text):
            talk.facts["at_once"] = talk.progress = True
        if await booked.is_meant(talk):
            await booked.plan(talk)
            return
        where = await _where(talk)
        shop = None if where == BY_PHONE else UUID(where)
        phone, about = await _phone(talk), _about(talk)
        kind = "call_back" if shop is None else "appointment"
        window = await windows.window(talk, kind=kind, shop=shop)
        when = windows.in_words(window.starts_at, window.ends_at, talk.language)
        agreed = {"starts_at": window.starts_at.isoformat(), "phone": phone, "about": about}
        shown: dict[str, Any] = {"when": when, "phone": _spaced(phone), "subject": shorten(about, 120)}
        if shop is None:
            talk.confirm("utter_call_back_confirm", agreed={**agreed, "shop": None}, changes=CHANGES, **shown)
        view = await shops.shown(talk.session, shop, now=tools().now())
        name = view.name if view is not None else ""
        agreed |= {"shop": where, "shop_name": name}
        talk.confirm("utter_call_back_confirm_shop", agreed=agreed, changes=CHANGES, shop=name, **shown)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        if "booking" in agreed:
            await booked.do(talk, session, agreed)
            return
        asked = Asked(
            "appointment" if agreed["shop"] else "call_back",
            datetime.fromisoformat(agreed["starts_at"]),
            phone=agreed["phone"],
            topic=agreed["about"],
            language=talk.language,
            shop_id=UUID(agreed["shop"]) if agreed["shop"] else None,
            conversation_id=talk.turn.conversation,
        )
        try:
            actor = services.assistant(origin="assistant")
            made = await services.book(session, asked, actor=actor, key=talk.key, now=tools().now())
        except NotNow as no:
            if no.reason != "booking_too_many":
                raise
            talk.say("utter_call_back_too_many")
            raise Stop from None
        zone = tools().now().tzinfo
        when = windows.in_words(made.starts_at.astimezone(zone), made.ends_at, talk.language)
        if agreed["shop"]:
            shop = agreed["shop_name"]
            talk.say("utter_call_back_done_shop", when=when, shop=shop, reference=made.reference)
        else:
            talk.say("utter_call_back_done", when=when, phone=_spaced(made.phone), reference=made.reference)


async def _where(talk: Talk) -> str:
    """`phone`, or the identifier of the shop: the one named, else asked for where an appointment is."""
    if talk.facts.get("where") is None and not talk.answers("where"):
        text = talk.turn.text if talk.heard else ""
        if not talk.facts.get("in_shop") and (not _APPOINTMENT.search(text) or _BY_PHONE.search(text)):
            talk.facts["where"] = BY_PHONE
    if talk.facts.get("where") == BY_PHONE:
        return BY_PHONE
    now = tools().now()
    offered = await shops.find(talk.session, now=now, service="appointments")
    if "where" not in talk.facts and talk.heard:
        named = await shops.find(talk.session, now=now, place=talk.turn.text, service="appointments")
        if len(named) == 1:
            talk.task.settle("where", str(named[0].id))
    if not offered:
        talk.facts["where"] = BY_PHONE
        return BY_PHONE
    options = [Option(BY_PHONE, PHONE), *(Option(str(each.id), {talk.language: each.name}) for each in offered)]
    return talk.choose("where", "utter_call_back_where", options)


async def _phone(talk: Talk) -> str:
    """The number in E.164: the one said, else the one on file of a customer who has proved who they are."""
    asked = "phone" in talk.facts or "phone" in talk.task.given or "known" in talk.facts
    if not asked and (on_file := await _on_file(talk)) is not None:
        talk.facts["known"] = True
        talk.task.settle("phone", on_file)
    country = "FR" if talk.language == "fr" else "GB"

    def valid(said: Any) -> str:
        try:
            return checks.phone("phone", str(said), country=country)
        except Invalid:
            raise Refused("utter_call_back_phone_bad", given=shorten(str(said), 40)) from None

    return str(talk.fact("phone", "phone", "utter_call_back_ask_phone", accept=valid))


async def _on_file(talk: Talk) -> str | None:
    row = await talk.session.get(Conversation, talk.turn.conversation, populate_existing=True)
    if row is None or row.customer_id is None or not at_least(row.proof, "verified"):
        return None
    first = (
        select(Identity.value)
        .where(Identity.customer_id == row.customer_id, Identity.kind == "phone")
        .order_by(Identity.is_primary.desc(), Identity.created_at)
        .limit(1)
    )
    found: str | None = await talk.session.scalar(first)
    return found


def _about(talk: Talk) -> str:
    begins = talk.heard and talk.task.asked is None and not talk.turn.text.startswith("/")
    if begins and "about" not in talk.facts:
        said = talk.turn.text.strip()
        if len(said) >= LONG_ENOUGH or _ABOUT.search(said):
            talk.facts["about"] = said
    return shorten(talk.text("about", "utter_call_back_ask_about"), LONGEST)


def _spaced(phone: str) -> str:
    number = phonenumbers.parse(phone)
    spaced = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return spaced.replace(" ", "\u00a0")
