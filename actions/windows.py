"""Choosing when: the free windows of calls and appointments, as near as may be to what the customer said."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from actions import wished_day
from actions.tasks.asking import Option, Stop
from actions.tasks.by_the_way import DAY
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.call_backs import windows, words
from crm_backend.call_backs.windows import Window
from crm_backend.errors import NotNow

OFFERED, SEARCHED, FURTHEST = 3, 120, 400
"""Windows that are offered, and that are looked through for the time said; days ahead that anybody may mean."""
DAYBREAK: Final = 7
"""The hour before which nobody is called."""
Span = tuple[time | None, time | None, bool]
"""From when, until when, and whether it is one instant."""
A_FEW: Final = 8
"""Words of an answer to when it suits."""
_DAY_OR_HOUR: Final = re.compile(
    r"\b(?:lun|mar|mercre|jeu|vendre|same)di\b|\bdimanche\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"\b(?:sur)?(?:len)?demain\b|\btomorrow\b|\bday (?:after|before)\b|\b(?:next|following) day\b|"
    r"\bjour (?:suivant|d['’]apr[eè]s|d['’]avant)\b|"
    r"\b\d{1,2}\s?(?:h|heures|am|pm|o['’]clock)\b|\b(?:apr[eè]s|avant|vers|after|before|around|at)\s\d",
    re.IGNORECASE,
)
_OF_AN_ORDER: Final = re.compile(r"\b(?:livr\w*|colis|commande|deliver\w*|parcel|order)\b", re.IGNORECASE)
_OF_MONTH: Final = re.compile(
    r"\b(?:le|the|on)\s(\d{1,2})(?:er|st|nd|rd|th)?\b(?!\s*(?:[h:/.]|heures|am|pm|o['’]clock))", re.IGNORECASE
)
_AT_ONCE: Final = re.compile(
    r"\W*(?:(?:ok|oui|yes|just|please|svp|call me|appelez[- ]moi|rappelez[- ]moi|bah|ben|well|le|the|ce)\W+)*"
    r"(?:maintenant|tout de suite|imm[ée]diatement|d[eè]s que possible|(?:le |au )?plus (?:t[ôo]t|vite)(?: possible)?|"
    r"(?:right )?now|asap|at once|as soon as (?:possible|you can)|soonest|immediately|straight away|"
    r"first (?:available|slot)|any ?time|n['’ ]?importe(?: quand)?|quand vous voulez|whenever(?: you like)?|"
    r"peu importe|earliest)"
    r"(?:\W+(?:svp|stp|please|merci|thanks|possible))*\W*",
    re.IGNORECASE,
)


def says_when(text: str) -> bool:
    """Whether a few words name a day or an hour: "what about Friday after 4"."""
    return len(text.split()) <= A_FEW and bool(_DAY_OR_HOUR.search(text)) and not _OF_AN_ORDER.search(text)


def wants_the_first(text: str) -> bool:
    """Whether a text says no more than that it should be at once: "now", "asap"."""
    return bool(_AT_ONCE.fullmatch(text))


async def window(talk: Talk, *, kind: str, shop: UUID | None, but: datetime | None = None) -> Window:
    """The window that was chosen and is still free; asks otherwise. `but` is where the booking lies already."""
    _listen(talk)
    if (chosen := talk.facts.get("window")) is not None:
        start = datetime.fromisoformat(chosen)
        talk.slot(DAY, start.date().isoformat())
        free = [each for each in await _free(talk, kind, shop, after=start, limit=1) if each.starts_at == start]
        if free and start != but:
            return free[0]
        talk.task.forget("window")
        talk.say("utter_call_back_taken")
    found, exact = await _wished(talk, kind, shop)
    found = [each for each in found if each.starts_at != but]
    if not found:
        not_offered(talk)
    if exact and talk.facts.pop("said_when", None):
        talk.task.settle("window", found[0].starts_at.isoformat())
        talk.progress = True
        return found[0]
    if talk.facts.pop("at_once", None):
        talk.task.settle("window", found[0].starts_at.isoformat())
        talk.progress = True
        return found[0]
    offered = {each.starts_at.isoformat(): each for each in found[:OFFERED]}
    talk.slot(DAY, found[0].starts_at.date().isoformat())
    options = [Option(code, {talk.language: _label(each, talk.language)}) for code, each in offered.items()]
    return offered[talk.choose("window", "utter_call_back_ask_window", options)]


def in_words(starts_at: datetime, ends_at: datetime, language: str) -> str:
    """`lundi 23 novembre entre 9 h et 9 h 30`, where it is."""
    zone = starts_at.tzinfo if isinstance(starts_at.tzinfo, ZoneInfo) else tools().now().tzinfo
    assert isinstance(zone, ZoneInfo)
    return words.window_in_words(starts_at, ends_at, zone, language)


def not_offered(talk: Talk) -> NoReturn:
    """There is nothing to book: a person is offered."""
    talk.say("utter_call_back_not_offered")
    talk.offer_person("asked")
    raise Stop


def _listen(talk: Talk) -> None:
    """Takes a day or a time that was said; another one unsettles what was chosen before."""
    if talk.answers("window") and "date" not in talk.task.given and (day := _OF_MONTH.search(talk.turn.text)):
        # "The 28th around 10".
        coming = wished_day.alone(day[1], today=tools().now().date())
        talk.task.given |= {"date": coming} if coming else {}
    for fact, kind in (("day", "date"), ("time", "time")):
        said = talk.task.given.pop(kind, None)
        if kind == "date" and said is not None and str(said).rpartition("/")[2] < tools().now().date().isoformat():
            # "I ordered two weeks ago": nobody wants to be called then.
            continue
        if said is not None and said != talk.facts.get(fact):
            talk.task.forget("window")
            talk.facts[fact] = said
            talk.facts["said_when"] = True
            talk.progress = True


async def _wished(talk: Talk, kind: str, shop: UUID | None) -> tuple[list[Window], bool]:
    """The free windows that fit what was said, and whether it was one instant of one day; the nearest ones where none
    does."""
    first, last = _days(talk.facts.get("day"))
    said = _time(talk.facts.get("time"))
    zone = tools().now().tzinfo
    after = datetime.combine(first, time(), zone) if first else None
    found = await _free(talk, kind, shop, after=after, limit=SEARCHED)
    of_day = [each for each in found if last is None or each.starts_at.date() <= last]
    fitting = [each for each in of_day if said is None or _fits(each, said)]
    if fitting:
        return fitting, bool(said and said[2] and first is not None and first == last)
    if (first or said) and talk.facts.get("said_when"):
        talk.facts.pop("said_when")
        talk.say("utter_call_back_not_then")
    return of_day or found or await _free(talk, kind, shop, after=None, limit=OFFERED), False


async def _free(talk: Talk, kind: str, shop: UUID | None, *, after: datetime | None, limit: int) -> list[Window]:
    try:
        now = tools().now()
        return await windows.free(talk.session, kind=kind, now=now, shop_id=shop, after=after, limit=limit)
    except NotNow:
        not_offered(talk)


def _fits(each: Window, said: Span) -> bool:
    start, end, instant = said
    begins = each.starts_at.time()
    ends = (each.ends_at - timedelta(minutes=1)).time()
    if instant and start is not None:
        return begins <= start <= ends
    return (start is None or begins >= start) and (end is None or ends < end)


def _days(said: Any) -> tuple[date | None, date | None]:
    """The first and the last day that were said; none for what nobody books by."""
    today = tools().now().date()
    try:
        begins, _, ends = str(said or "").partition("/")
        first, last = date.fromisoformat(begins), date.fromisoformat(ends or begins)
    except ValueError:
        return None, None
    return (first, last) if abs((first - today).days) <= FURTHEST else (None, None)


def _time(said: Any) -> Span | None:
    first, between, last = str(said or "").partition("/")
    try:
        start = _by_day(time.fromisoformat(first)) if first else None
        end = _by_day(time.fromisoformat(last)) if last else None
    except ValueError:
        return None
    return None if start is None and end is None else (start, end, not between)


def _by_day(said: time) -> time:
    """Who is to be called "at 3" means the afternoon."""
    return said.replace(hour=said.hour + 12) if 0 < said.hour < DAYBREAK else said


def _label(each: Window, language: str) -> str:
    text = in_words(each.starts_at, each.ends_at, language).removeprefix("on ")
    return text[:1].upper() + text[1:]
