"""What the chat asks and says around a conversation: the form before it, greetings, and where the visitor is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from channels.webchat import greetings
from channels.webchat.frames import Written
from channels.webchat.page import path_of
from channels.webchat.settings import WebChatSettings
from crm_backend.conversations.schema import Language
from crm_backend.customers.emails import email_address
from crm_backend.orders.numbers import number_key
from crm_backend.texts import clean_name

LEFT_BY = ("name", "email")
LONGEST = {"name": 120, "email": 254, "order_number": 40}
_ORDER = re.compile(r"(?=.*[0-9])[A-Z0-9]{2,32}")


def details(settings: WebChatSettings, frame: Written, *, page: dict[str, str] | None, language: str) -> dict[str, Any]:
    """What is stored with a message for agents to see: the `page`, what was filled in (`form`), the `greeting` that
    the visitor had been shown. All of it is what a browser says: no proof of anything."""
    told: dict[str, Any] = {}
    if page is not None:
        told["page"] = page
    # Who leaves a message says who they are, whatever is asked otherwise.
    if form := _filled_in(LEFT_BY if frame.action == "leave" else settings.ask_before, frame.form):
        told["form"] = form
    if frame.greeted and page is not None and (said := _greeted(settings, frame.greeted, page["url"], language)):
        told["greeting"] = said
    return told


def greeting(
    settings: WebChatSettings, page: str, language: Language, *, is_open: bool, visitor: str = ""
) -> dict[str, Any] | None:
    """What the chat says by itself on a page, and after how many seconds.

    `visitor` is `new` or `returning`; anything else counts as not said.
    """
    kind: greetings.Visitor | None = "new" if visitor == "new" else "returning" if visitor == "returning" else None
    return greetings.read(settings.greetings).on(path_of(page), language, is_open=is_open, visitor=kind)


def _greeted(settings: WebChatSettings, said: bool | str, page: str, language: str) -> str | None:
    """What the visitor had been shown there: in the words of the settings alone, whatever a browser says."""
    rules = greetings.read(settings.greetings)
    if isinstance(said, str):
        return said if rules.said(path_of(page), said) else None
    # A widget of before, which tells only that there was one.
    found = rules.on(path_of(page), _known(language))
    return found["text"] if found else None


def _filled_in(fields: Sequence[str], given: dict[str, Any]) -> dict[str, str]:
    """Of the fields that are asked, what was filled in and can be what it says."""
    form = {}
    for name in fields:
        value = given.get(name)
        words = clean_name(value[:1000], length=LONGEST[name]) if isinstance(value, str) else ""
        if name == "email":
            words = email_address(words) or ""
        elif name == "order_number" and not _ORDER.fullmatch(number_key(words)):
            words = ""
        if words:
            form[name] = words
    return form


def _known(language: str) -> Language:
    return "en" if language == "en" else "fr"
