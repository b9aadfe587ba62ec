"""The frames of the web chat (docs/protocols.md), and their errors in the visitor's language."""

from __future__ import annotations

import re
import secrets
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crm_backend.conversations.queries import MessageView
from crm_backend.conversations.schema import OwnerView, Press
from crm_backend.errors import RateLimited, RelaisError

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
    "unavailable": {
        "fr": "Le service est momentanément indisponible. Votre message repart tout seul.",
        "en": "The service is briefly unavailable. Your message will be sent again by itself.",
    },
}
CODES = {"bad_input": "bad_frame", "not_found": "bad_frame", "bot_failed": "unavailable"}


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

    @field_validator("visitor", "conversation", mode="before")
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
    button: Press | None = None
    action: Literal["person"] | None = None
    conversation: UUID | None = None


class Seen(Frame):
    type: Literal["seen"]
    seq: int = Field(ge=0, le=2**31 - 1)


class Language(Frame):
    type: Literal["language"]
    language: Literal["fr", "en"]


def message_out(view: MessageView, *, company: str) -> dict[str, Any]:
    """A message as the widget shows it."""
    return view.outward(company=company, mine="customer")


def owner_out(owner: OwnerView) -> dict[str, Any]:
    """Who answers; an agent's identifier stays inside."""
    return owner.model_dump(mode="json", exclude={"id"})


def error_out(error: RelaisError, *, language: str, max_length: int, client_id: UUID | None = None) -> dict[str, Any]:
    """A refusal, in the visitor's language."""
    code = CODES.get(error.code, error.code)
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
