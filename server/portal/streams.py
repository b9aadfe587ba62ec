"""A conversation as its page shows it: who spoke, when and where, day by day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup, escape

from actions.spoken import at as clock_time
from channels.degrade import card_text, contact_text, place_text
from channels.site import NAME as CHAT
from crm_backend.attachments.schema import FileRef
from crm_backend.cases.own import Added
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.conversations.schema import Card
from crm_backend.database import utc_now
from crm_backend.own_path import own_path
from crm_backend.texts import shorten
from server.files import FileStore
from server.portal.frame import Frame

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class Spoken:
    """Days and times as one says them, by the company's clock."""

    def __init__(self, zone: ZoneInfo, language: str, words: Mapping[str, str]) -> None:
        self._zone, self._language, self._words = zone, language, words
        self._today = utc_now().astimezone(zone).date()

    def day(self, at: datetime) -> str:
        """`aujourd’hui`, `hier`, `mardi 25 novembre`; with its year where that is another."""
        then = at.astimezone(self._zone).date()
        if then == self._today:
            return self._words["talk_today"]
        if then == self._today - timedelta(days=1):
            return self._words["talk_yesterday"]
        return self._date(then)

    def _date(self, then: date) -> str:
        locale = LOCALES[self._language]
        pattern = "EEEE d MMMM" + ("" if then.year == self._today.year else " y")
        said: str = format_date(then, pattern, locale=locale)
        return said.replace(" 1 ", " 1er ") if self._language == "fr" else said

    def time(self, at: datetime) -> str:
        """`9 h 05`, `9.05 am`."""
        return clock_time(at.astimezone(self._zone), self._language)

    def moment(self, at: datetime) -> str:
        """Both."""
        return self._words["talk_moment"].format(day=self.day(at), time=self.time(at))


def entries(
    frame: Frame, said: Sequence[tuple[UUID, MessageView]], language: str, *, added: Sequence[Added] = ()
) -> list[dict[str, Any]]:
    """The stream, each entry with its day where a new one begins. `added` is what the customer wrote on a case itself,
    shown unless a message of theirs says the same."""
    words, spoken = frame.words(language), Spoken(frame.zone, language, frame.words(language))
    rows = [(view.at, _message(frame, view, language)) for _, view in said]
    theirs = {view.text.strip() for _, view in said if view.author == "customer"}
    rows += [(each.at, _added(each, words)) for each in added if each.text.strip() not in theirs]
    if added:
        rows.sort(key=lambda pair: pair[0])
    last = None
    for at, row in rows:
        day = spoken.day(at)
        row |= {"time": spoken.time(at), "at": at.isoformat(), "day": day if day != last else ""}
        last = day
    return [row for _, row in rows]


def _message(frame: Frame, view: MessageView, language: str) -> dict[str, Any]:
    words, company = frame.words(language), frame.settings.company
    said = {"customer": words["talk_you"], "bot": words["talk_assistant"], "system": company}
    name = f"{view.name}, {company}" if view.author == "agent" and view.name else said.get(view.author, company)
    text = view.text
    place = view.location
    address = frame.settings.address
    more = [_card(Card(**card), words, language, address) for card in view.cards]
    more += [linked(place_text(place))] if place else []
    more += [linked(contact_text(contact)) for contact in view.contacts]
    return {
        "seq": view.seq,
        "mine": view.author == "customer",
        "author": view.author,
        "who": name,
        "where": where(frame, view.channel, _here(view), language),
        "html": linked(text) if not view.deleted else "",
        "deleted": view.deleted,
        "edited": view.edited,
        "language": view.language if view.language not in (None, language) else "",
        "more": [each for each in more if each],
        "files": [_file(file, frame.files) for file in view.files],
        "buttons": view.buttons,
    }


def _card(card: Card, words: Mapping[str, str], language: str, address: str) -> Markup:
    """A card in words; where it leads is named, and not spelled out."""
    said = linked(card_text(card.model_copy(update={"url": None}), language=language, address=address))
    url = card.url or ""
    if own_path(url):
        link = Markup('<a href="{0}">{1}</a>')
    elif url.startswith(("https://", "http://")):
        link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{1}{2}</a>')
    else:
        return said
    new_tab = Markup('<span class="unseen"> ({0})</span>').format(words["order_new_tab"])
    return said + ("\n" if said else "") + link.format(url, words[f"talk_card_{card.kind}"], new_tab)


def _added(each: Added, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "seq": 0,
        "mine": True,
        "author": "customer",
        "who": words["talk_you"],
        "where": "",
        "html": linked(each.text),
        "deleted": False,
        "edited": False,
        "language": "",
        "more": [],
        "files": [],
        "buttons": [],
    }


def _file(file: FileRef, store: FileStore) -> dict[str, Any]:
    """`path` is good for an hour; there is none for what is not, or no longer, kept."""
    return {
        "name": file.name,
        "path": store.path(file.id) if file.state == "kept" else "",
        "picture": file.kind == "image" and file.state == "kept",
        "width": file.width or "",
        "height": file.height or "",
        "state": file.state,
    }


def own_files(files: Sequence[FileRef], store: FileStore) -> list[dict[str, Any]]:
    """The files of a list."""
    return [_file(each, store) for each in files]


def _here(view: MessageView) -> bool:
    return bool(view.details.get("portal")) or (view.channel == CHAT and view.author != "customer")


def where(frame: Frame, channel: str, portal: bool, language: str) -> str:
    """The channel by its name; nothing for what was written here, or answers to it: the chat is on these pages too."""
    if portal:
        return ""
    if channel == CHAT:
        return frame.words(language)["talk_chat"]
    labels = frame.core.labels.get(channel, {})
    return labels.get(language) or channel.capitalize()


def linked(text: str) -> Markup:
    """The words, safe, with addresses that can be followed."""
    parts, at = [], 0
    for match in _LINK.finditer(text):
        parts.append(escape(text[at : match.start()]))
        url = escape(match[0])
        parts.append(Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(url))
        at = match.end()
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def gist(view: MessageView | None, length: int = 120) -> str:
    """The first words of a message, on one line."""
    return shorten(view.gist, length) if view is not None and not view.deleted else ""
