"""Reading what browsers send: frames, bodies and tokens, none of which is to be trusted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import ValidationError

from channels.bodies import object_of
from channels.webchat.frames import TOKEN, Written
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from crm_backend.errors import BadInput, NotAuthenticated, NotText, RelaisError, Unavailable

USER = "X-Relais-User"
log = structlog.get_logger(__name__)


def known(error: Exception) -> RelaisError:
    """The error as one of the tree; what nobody foresaw counts as being away for a moment."""
    if isinstance(error, RelaisError):
        return error
    if isinstance(error, ValidationError):
        return BadInput("invalid frame")
    log.error("webchat.failed", cause=type(error).__name__)
    return Unavailable(type(error).__name__)


def parsed(data: Any) -> dict[str, Any]:
    """The JSON object in a frame or body. Raises NotText, BadInput."""
    if not isinstance(data, str):
        raise NotText("only text frames")
    return object_of(data)


def written(frame: dict[str, Any]) -> Written:
    """A message frame. Raises NotText, ValidationError."""
    if not isinstance(frame.get("text"), str):
        raise NotText("text is missing")
    return Written(**frame)


def client_id_of(frame: dict[str, Any]) -> UUID | None:
    """The identifier that the client gave its message, if it is one."""
    try:
        return UUID(str(frame.get("client_id")))
    except ValueError:
        return None


def bearer(request: web.Request) -> str | None:
    """The token of the Authorization header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def token_of(request: web.Request) -> str:
    """The visitor's token. Raises NotAuthenticated."""
    token = bearer(request)
    if token is None or not TOKEN.fullmatch(token):
        raise NotAuthenticated("no visitor token")
    return token


def user_of(request: web.Request) -> str | None:
    """What the page says of who is signed in, in plain HTTP."""
    return request.headers.get(USER) or None


async def visitor_of(visits: Visits, request: web.Request) -> Visitor:
    """Who asks, in plain HTTP. Raises NotAuthenticated, BadToken, RateLimited."""
    return await visits.visitor(token_of(request), user_of(request), remote=request.remote or "")


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object in the request's body. Raises NotText, BadInput, Unavailable."""
    try:
        return parsed(await request.text())
    except UnicodeDecodeError as error:
        raise NotText("not UTF-8") from error
    except web.HTTPRequestEntityTooLarge:
        raise
    except ConnectionError as error:
        raise Unavailable("connection lost") from error
