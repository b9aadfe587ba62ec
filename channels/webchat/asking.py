"""What the chat asks and says around a conversation: the form before it, greetings, and where the visitor is."""

from __future__ import annotations

import re
from typing import Any

from channels.webchat import greetings
from channels.webchat.frames import Written
from channels.webchat.page import path_of
from channels.webchat.settings import WebChatSettings
from crm_backend.conversations.schema import Language
from crm_backend.conversations.texts import clean_name
from crm_backend.customers.emails import email_address
from crm_backend.orders.numbers import number_key

LONGEST = {"name": 120, "email": 254, "order_number": 40}
_ORDER = re.compile(r"(?=.*[0-9])[A-Z0-9]{2,32}")


def details(settings: WebChatSettings, frame: Written, *, page: dict[str, str] | None, language: str) -> dict[str, Any]:
    """What is stored with a message for agents to see: the `page`, what was filled in (`form`), the `greeting` that
    the visitor had been shown. All of it is what a browser says: no proof of anything."""
    told: dict[str, Any] = {}
    if page is not None:
        told["page"] = page
    if form := _filled_in(settings, frame.form):
        told["form"] = form
    if frame.greeted and page is not None and (said := greeting(settings, page["url"], _known(language))):
        told["greeting"] = said["text"]
    return told


def greeting(settings: WebChatSettings, page: str, language: Language) -> dict[str, Any] | None:
    """What the chat says by itself on a page, and after how many seconds."""
    return greetings.read(settings.greetings).on(path_of(page), language)


def _filled_in(settings: WebChatSettings, given: dict[str, Any]) -> dict[str, str]:
    """Of the fields that are asked, what was filled in and can be what it says."""
    form = {}
    for name in settings.ask_before:
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
