"""Whose browser it is: a visitor known by a secret of the browser, and who is signed in on the page, if anybody is."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.webchat.sign_in import Person
from crm_backend.conversations.schema import Vouched
from crm_backend.customers.model import ACCOUNT
from crm_backend.errors import TokenExpired

BROWSER = "browser"
clock: Callable[[], float] = time.time


def hashed(token: str) -> str:
    """What is stored of a visitor's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Visitor:
    """A browser, or the person who is signed in there: two browsers of one person see the same, and what was written
    signed in is not the browser's."""

    token: str
    person: Person | None = None

    @property
    def kind(self) -> str:
        return ACCOUNT if self.person else BROWSER

    @property
    def value(self) -> str:
        return self.person.number if self.person else hashed(self.token)

    @property
    def address(self) -> str:
        """Where answers are addressed to: any page on which they show the conversation."""
        return f"{ACCOUNT}:{hashed(self.person.number)}" if self.person else hashed(self.token)

    @property
    def browser(self) -> tuple[str, str]:
        """The identity of the browser by itself."""
        return BROWSER, hashed(self.token)

    def says(self) -> dict[str, Any]:
        """Who writes, as the core is told with each message."""
        person = self.person
        told: dict[str, Any] = {"identity_kind": self.kind, "identity_value": self.value, "address": self.address}
        if person is not None:
            vouched = Vouched(kind="email", value=person.email) if person.email else None
            told |= {"signed_in": True, "sender_name": person.name, "vouched": vouched}
            told |= {"customer_id": person.portal.customer_id} if person.portal else {}
        return told

    def check(self) -> None:
        """Raises TokenExpired once the site's word for who is signed in no longer holds."""
        if self.person is not None and self.person.until is not None and self.person.until <= clock():
            raise TokenExpired("expired during the visit")


def nobody() -> dict[str, Any]:
    """Who answers before anybody has."""
    return {"kind": "bot", "name": None, "ahead": None, "minutes": None, "rate": False, "rating": None}


@dataclass
class Visit:
    """One connected browser: who it is, which conversation it shows, and what it was told last."""

    visitor: Visitor
    language: str
    remote: str
    conversation: UUID | None = None
    start_new: bool = False
    last: int = 0
    wrote: int = 0
    """The message that was acknowledged last, and which the assistant is going to answer."""
    owner: dict[str, Any] = field(default_factory=nobody)
    page: dict[str, str] | None = None
    host: str = ""
    typed_at: float = float("-inf")
