"""Errors as problem documents (RFC 9457), in the reader's language; never a cause, never a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from crm_backend.database import unreachable
from crm_backend.errors import BadInput, NotAuthenticated, OwnerChanged, RateLimited, RelaisError, Unavailable
from server.metrics import REQUESTS

LANGUAGE = web.RequestKey("LANGUAGE", str)
"""In a request: the language of the agent who is signed in."""
log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SENTENCES: dict[str, dict[str, str]] = {
    "internal_error": {
        "fr": "Une erreur est survenue de notre côté. Rien n’a été modifié, réessayez.",
        "en": "Something went wrong on our side. Nothing was changed; please try again.",
    },
    "bad_input": {"fr": "Cette demande n’est pas lisible.", "en": "That request could not be read."},
    "empty": {"fr": "Ce message est vide.", "en": "That message is empty."},
    "too_long": {"fr": "Ce message est trop long.", "en": "That message is too long."},
    "not_text": {"fr": "Seul le texte est accepté ici.", "en": "Only text is accepted here."},
    "bad_address": {
        "fr": "Cette adresse e-mail ne semble pas complète.",
        "en": "That e-mail address doesn’t look complete.",
    },
    "no_way": {
        "fr": "Nous ne pouvons pas envoyer d’e-mail pour le moment.",
        "en": "We can’t send e-mails at the moment.",
    },
    "not_authenticated": {"fr": "Connectez-vous pour continuer.", "en": "Please sign in to go on."},
    "wrong_credentials": {
        "fr": "E-mail ou mot de passe incorrect.",
        "en": "That e-mail or password is not right.",
    },
    "bad_token": {
        "fr": "Votre connexion n’a pas pu être reconnue. Rechargez la page.",
        "en": "We couldn’t recognise your sign-in. Please reload the page.",
    },
    "token_expired": {
        "fr": "Votre connexion a expiré. Reconnectez-vous pour continuer.",
        "en": "Your sign-in has expired. Sign in again to go on.",
    },
    "not_allowed": {"fr": "Vous n’y avez pas accès.", "en": "You don’t have access to this."},
    "not_proved": {"fr": "Il faut d’abord vérifier votre identité.", "en": "We need to check who you are first."},
    "foreign_origin": {
        "fr": "Cette page n’est pas autorisée à utiliser ce service.",
        "en": "This page may not use this service.",
    },
    "not_found": {"fr": "Introuvable.", "en": "Not found."},
    "conflict": {"fr": "Cela existe déjà.", "en": "That already exists."},
    "owner_changed": {
        "fr": "Quelqu’un d’autre s’en occupe déjà.",
        "en": "Somebody else already has it.",
    },
    "not_owner": {
        "fr": "Prenez la conversation avant d’y répondre.",
        "en": "Take the conversation before answering in it.",
    },
    "rate_limited": {
        "fr": "Trop d’essais. Réessayez dans {retry_after}\u00a0secondes.",
        "en": "Too many attempts. Try again in {retry_after} seconds.",
    },
    "unavailable": {
        "fr": "Le service est momentanément indisponible. Réessayez dans un instant.",
        "en": "The service is briefly unavailable. Please try again in a moment.",
    },
    "too_large": {"fr": "Cet envoi est trop volumineux.", "en": "That is too large."},
    "file_type": {
        "fr": "Ce type de fichier n’est pas accepté. Une photo ou un PDF conviennent.",
        "en": "That type of file isn’t accepted. A photo or a PDF will do.",
    },
    "file_infected": {
        "fr": "Ce fichier contient un virus ou y ressemble\u00a0: il n’a pas été gardé.",
        "en": "That file holds a virus or looks like one: it was not kept.",
    },
    "file_broken": {
        "fr": "Ce fichier est endommagé, il ne peut pas être ouvert.",
        "en": "That file is damaged and cannot be opened.",
    },
}
HELD = {"fr": "{holder} s’en occupe déjà.", "en": "{holder} already has it."}
BY_STATUS = {400: "bad_input", 401: "not_authenticated", 403: "not_allowed", 404: "not_found", 413: "too_large"}


def language_of(request: web.Request) -> str:
    """The language to answer in: the signed-in agent's, else what the browser prefers, else French."""
    chosen = request.get(LANGUAGE)
    if chosen in ("fr", "en"):
        return str(chosen)
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in ("fr", "en"):
            return code
    return "fr"


def sentence(error: RelaisError, language: str) -> str:
    """What a person reads of an error."""
    if isinstance(error, OwnerChanged) and error.holder:
        return HELD[language].format(holder=error.holder)
    text = SENTENCES.get(error.code, SENTENCES["unavailable" if error.status == 503 else "internal_error"])[language]
    return text.format(retry_after=error.retry_after if isinstance(error, RateLimited) else "")


def problem(
    code: str, status: int, detail: str, *, headers: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> web.Response:
    """A problem document; `more` is what this kind tells beside the usual."""
    title = code.replace("_", " ").capitalize()
    document = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **(more or {})}
    return web.json_response(document, status=status, content_type="application/problem+json", headers=headers)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into a problem document, and counts requests."""
    response = await _answered(request, handler)
    REQUESTS.labels(str(response.status)).inc()
    return response


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    language = language_of(request)
    try:
        if "\0" in request.path or any("\0" in value for value in request.query.values()):
            # No text in PostgreSQL holds it, so nothing that we have is meant.
            raise BadInput("NUL in the address")
        return await handler(request)
    except RelaisError as error:
        log.info("request.refused", path=request.path, code=error.code)
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimited) else None
        if isinstance(error, NotAuthenticated) and error.challenge:
            headers = {"WWW-Authenticate": error.challenge}
        return problem(error.code, error.status, sentence(error, language_of(request)), headers=headers)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = BY_STATUS.get(error.status, "bad_input" if error.status < 500 else "internal_error")
        return problem(code, error.status, SENTENCES[code][language])
    except UnicodeDecodeError:
        return problem("not_text", 400, SENTENCES["not_text"][language])
    except Exception as error:  # the last net: nobody outside ever sees a stack
        if unreachable(error):
            log.error("request.unavailable", path=request.path, cause=type(error).__name__)
            return problem("unavailable", Unavailable.status, SENTENCES["unavailable"][language])
        log.error("request.failed", path=request.path, cause=type(error).__name__, exc_info=True)
        return problem("internal_error", 500, SENTENCES["internal_error"][language])
