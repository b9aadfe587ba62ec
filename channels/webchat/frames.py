"""The frames of the web chat (docs/protocols.md), and their errors in the visitor's language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crm_backend.conversations.handing_over import ratings
from crm_backend.conversations.reading.history import Past
from crm_backend.conversations.reading.messages import Link, MessageView, instant
from crm_backend.conversations.schema import OwnerView, Press
from crm_backend.errors import RateLimited, RelaisError

NAME = "webchat"
MAX_FILES = 10
AN_HOUR = 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

SENTENCES: dict[str, dict[str, str]] = {
    "too_long": {
        "fr": "Ce message est trop long\u00a0: {max_length} caractères au plus. Votre texte est toujours là.",
        "en": "That message is too long: {max_length} characters at most. Your text is still here.",
    },
    "empty": {"fr": "Ce message est vide.", "en": "That message is empty."},
    "not_text": {"fr": "Je ne peux lire que du texte ici.", "en": "I can only read text here."},
    "rate_limited": {
        "fr": "Vous allez plus vite que moi. Réessayez dans {retry_after}\u00a0secondes, rien n’est perdu.",
        "en": "You’re faster than I am. Try again in {retry_after} seconds; nothing is lost.",
    },
    "bad_frame": {"fr": "Je n’ai pas compris cette demande.", "en": "I couldn’t read that request."},
    "bad_token": {
        "fr": "Votre connexion n’a pas pu être reconnue. Rechargez la page.",
        "en": "We couldn’t recognise your sign-in. Please reload the page.",
    },
    "token_expired": {
        "fr": "Votre connexion a expiré. Reconnectez-vous\u00a0: votre texte est toujours là.",
        "en": "Your sign-in has expired. Sign in again: your text is still here.",
    },
    "too_late": {
        "fr": "Cette conversation ne peut plus être notée.",
        "en": "This conversation can no longer be rated.",
    },
    "not_on_file": {
        "fr": "Cet échange contient des données personnelles\u00a0: il ne part que vers l’adresse de votre dossier.",
        "en": "This conversation holds personal data: it can only go to the address we have on file for you.",
    },
    "enough_today": {
        "fr": "C’est assez d’envois pour aujourd’hui. Réessayez demain.",
        "en": "That’s enough e-mails for today. Try again tomorrow.",
    },
    "bad_email": {
        "fr": "Cette adresse e-mail ne semble pas complète.",
        "en": "That e-mail address doesn’t look complete.",
    },
    "no_mail": {
        "fr": "Nous ne pouvons pas envoyer d’e-mail pour le moment.",
        "en": "We can’t send e-mails at the moment.",
    },
    "unavailable": {
        "fr": "Le service est momentanément indisponible. Votre message repart tout seul.",
        "en": "The service is briefly unavailable. Your message will be sent again by itself.",
    },
}
CODES = {
    "bad_input": "bad_frame",
    "not_found": "bad_frame",
    "bot_failed": "unavailable",
    "conflict": "too_late",
    "not_proved": "not_on_file",
    "bad_address": "bad_email",
    "no_way": "no_mail",
}


def new_token() -> str:
    """A visitor's secret: 256 bits."""
    return secrets.token_urlsafe(32)


class Frame(BaseModel):
    """What a client may send; anything beyond is ignored, anything of the wrong kind refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Hello(Frame):
    type: Literal["hello"] = "hello"
    visitor: str | None = Field(None, max_length=100)
    conversation: UUID | None = None
    after: int = Field(0, ge=0, le=2**31 - 1)
    language: Literal["fr", "en"] | None = None
    user: Any = None
    """What the page says of who is signed in: looked at where it is checked, and refused there."""
    page: Any = None

    @field_validator("visitor", "conversation", "user", mode="before")
    @classmethod
    def _not_empty(cls, value: object) -> object:
        return value or None

    @field_validator("language", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return value[:2] if isinstance(value, str) and value[:2] in ("fr", "en") else None


class Written(Frame):
    """A message, a press or a control."""

    type: Literal["message"] = "message"
    client_id: UUID
    text: str
    files: list[UUID] = Field([], max_length=MAX_FILES)
    button: Press | None = None
    action: Literal["person", "leave"] | None = None
    conversation: UUID | None = None
    page: Any = None
    form: dict[str, Any] = {}
    """What was filled in before the first message."""
    greeted: bool | str = False
    """What the chat had said by itself; earlier widgets only say that it had."""
    read: Any = None
    """What they read in the help centre before, as the page remembers it; counts for who is signed in."""
    answer_to: str | None = Field(None, max_length=320)
    """With `leave`: the e-mail address that a person's answer goes to; empty for the one on file."""


class Rated(Frame):
    """What the customer thinks of the conversation, and may still change."""

    type: Literal["rating"] = "rating"
    score: int = Field(ge=1, le=5, strict=True)
    comment: str = ""
    conversation: UUID | None = None


class Seen(Frame):
    type: Literal["seen"]
    seq: int = Field(ge=0, le=2**31 - 1)


class Language(Frame):
    type: Literal["language"]
    language: Literal["fr", "en"]


def message_out(view: MessageView, *, company: str, link: Link) -> dict[str, Any]:
    """A message as the widget shows it. What was written on another channel has no identifier that a widget gave."""
    shown = view.outward(company=company, mine="customer", link=link)
    return shown if view.channel == NAME else {**shown, "client_id": None}


def past_out(past: Past) -> dict[str, Any]:
    """A conversation in the list of the visitor's own."""
    last = past.last
    return {
        "id": str(past.id),
        "closed": past.closed,
        "last": {"from": last.author, "text": last.gist[:200], "at": instant(last.at)} if last else None,
        "unread": past.unread,
    }


def owner_out(
    owner: OwnerView,
    *,
    rate: bool = False,
    rated: ratings.Rated | None = None,
    answer_to: str | None = None,
    question: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Who answers; an agent's identifier stays inside. `rate` when the customer is to be asked how it was, in the
    company's words where there is a `question` by language; `answer_to` is the e-mail address, shown masked, that the
    answer was promised to."""
    return {
        **owner.model_dump(mode="json", exclude={"id"}),
        "rate": rate,
        "rating": rated_out(rated) if rated else None,
        **({"by_mail": masked(answer_to)} if answer_to else {}),
        **({"question": dict(question)} if question else {}),
    }


def masked(email: str) -> str:
    """An address as it is shown to who should know it already."""
    local, _, domain = email.rpartition("@")
    return f"{local[0]}…@{domain}"


def rated_out(rated: ratings.Rated) -> dict[str, Any]:
    """What the customer said of a conversation, and until when they may say otherwise."""
    return {"score": rated.score, "comment": rated.comment, "until": instant(rated.until)}


def error_out(error: RelaisError, *, language: str, max_length: int, client_id: UUID | None = None) -> dict[str, Any]:
    """A refusal, in the visitor's language."""
    code = CODES.get(error.code, error.code)
    if isinstance(error, RateLimited) and error.retry_after >= AN_HOUR:
        code = "enough_today"
    if code not in SENTENCES:
        code = "unavailable" if error.status >= 500 else "bad_frame"
    after = error.retry_after if isinstance(error, RateLimited) else None
    sentence = SENTENCES[code][language].format(max_length=max_length, retry_after=after)
    return {
        "type": "error",
        "code": code,
        "message": sentence,
        "client_id": str(client_id) if client_id else None,
        "retry_after": after,
    }
