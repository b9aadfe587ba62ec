"""Errors as problem documents (RFC 9457), in the reader's language; never a cause, never a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from crm_backend.database import unreachable
from crm_backend.errors import (
    BadInput,
    Invalid,
    NotAuthenticated,
    NotNow,
    OwnerChanged,
    RateLimited,
    RelaisError,
    Stale,
    Unavailable,
)
from server.metrics import REQUESTS
from server.problems.reasons import told
from server.problems.sentences import SENTENCES

__all__ = ["HELD", "LANGUAGE", "SENTENCES", "Unfit", "WrongType", "language_of", "problem", "problems", "sentence"]

LANGUAGE = web.RequestKey("LANGUAGE", str)
"""In a request: the language of the agent who is signed in."""
log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Unfit(BadInput):
    """Several values of a request that are not taken, each with its field and reason."""

    code = "invalid"
    status = 422

    def __init__(self, *faults: Invalid) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class WrongType(BadInput):
    """A body of another type than is read here; `expected` is the one that is."""

    code = "media_type"
    status = 415

    def __init__(self, message: str = "", *, expected: str = "application/json") -> None:
        super().__init__(message)
        self.expected = expected


HELD = {"fr": "{holder} s’en occupe déjà.", "en": "{holder} already has it."}
BY_STATUS = {
    400: "bad_input",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


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
    if isinstance(error, Invalid | NotNow):
        return told(error.reason, language, error.facts)
    if isinstance(error, WrongType):
        return SENTENCES[error.code][language].format(expected=error.expected)
    text = SENTENCES.get(error.code, SENTENCES["unavailable" if error.status == 503 else "internal_error"])[language]
    return text.format(retry_after=error.retry_after if isinstance(error, RateLimited) else "")


def _more(error: RelaisError, language: str) -> dict[str, Any]:
    """What a problem document says beside the usual: which fields, why, which version there is now."""
    if isinstance(error, Invalid | Unfit):
        faults = error.faults if isinstance(error, Unfit) else (error,)
        return {"errors": [_fault(fault, language) for fault in faults]}
    if isinstance(error, NotNow):
        return {"reason": error.reason}
    return {"version": error.version} if isinstance(error, Stale) else {}


def _fault(fault: Invalid, language: str) -> dict[str, str]:
    return {"field": fault.field, "reason": fault.reason, "detail": told(fault.reason, language, fault.facts)}


def _headers(error: RelaisError) -> dict[str, str] | None:
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, NotAuthenticated) and error.challenge:
        return {"WWW-Authenticate": error.challenge}
    return {"ETag": f'"{error.version}"'} if isinstance(error, Stale) else None


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
        language = language_of(request)
        detail, more = sentence(error, language), _more(error, language)
        return problem(error.code, error.status, detail, headers=_headers(error), more=more)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = BY_STATUS.get(error.status, "bad_input" if error.status < 500 else "internal_error")
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return problem(code, error.status, SENTENCES[code][language], headers=allow)
    except UnicodeDecodeError:
        return problem("not_text", 400, SENTENCES["not_text"][language])
    except Exception as error:  # the last net: nobody outside ever sees a stack
        if unreachable(error):
            log.error("request.unavailable", path=request.path, cause=type(error).__name__)
            return problem("unavailable", Unavailable.status, SENTENCES["unavailable"][language])
        log.error("request.failed", path=request.path, cause=type(error).__name__, exc_info=True)
        return problem("internal_error", 500, SENTENCES["internal_error"][language])
