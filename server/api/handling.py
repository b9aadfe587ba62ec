"""What happens to a request of the API, in order: who, how often, may they, what, once, done, answered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm_backend.access.actor import Actor
from crm_backend.database import reading, unreachable
from crm_backend.errors import Conflict, Invalid, NotAuthenticated, RateLimited
from crm_backend.keys import repeats
from crm_backend.keys.repeats import Answer
from server.api import answers
from server.api.answering import answered, not_modified
from server.api.call import Call, Means
from server.api.callers import caller_of
from server.api.declare import Endpoint
from server.api.limits import Precondition, limit_headers, version_of
from server.api.reading import body_of, path_of, query_of, upload_of
from server.api.shapes import In
from server.cases import news
from server.limiter import Allowance
from server.problems import Unfit, language_of
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
UNKNOWN_PER_MINUTE = 120
"""Refusals of one address a minute, before it is refused without being looked at."""
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?", re.ASCII)
ALLOWANCE = web.RequestKey("ALLOWANCE", Allowance)
"""In a request: what is left of the caller's limit."""


def handler_of(endpoint: Endpoint, means: Means) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route's handler."""

    async def handle(request: web.Request) -> web.StreamResponse:
        actor = await _known(request, means)
        if endpoint.needs is not None:
            actor.need(endpoint.needs)
        given = path_of(request, endpoint.path_model)
        given["query"] = query_of(request.query, endpoint.query or In)
        raw = b""
        if endpoint.body is not None:
            given["body"], raw = await body_of(request, endpoint.body)
        elif endpoint.upload:
            given["upload"] = await upload_of(request)
            raw = given["upload"].content
        if endpoint.query is None:
            del given["query"]
        version = version_of(request, endpoint)
        try:
            return await _done(request, endpoint, means, actor=actor, version=version, given=given, raw=raw)
        except StaleDataError as error:
            raise Conflict("changed by another at the same moment") from error
        except DBAPIError as error:
            raise _refusal(error) from error

    return handle


async def _known(request: web.Request, means: Means) -> Actor:
    try:
        caller = await caller_of(request, means.sessions)
    except NotAuthenticated:
        await means.limiter.check("api-unknown", request.remote or "", UNKNOWN_PER_MINUTE)
        raise
    try:
        allowance = await means.limiter.count("api", caller.actor.name, caller.per_minute)
    except RateLimited as error:
        request[ALLOWANCE] = Allowance(caller.per_minute, 0, error.retry_after)
        raise
    if allowance is not None:
        request[ALLOWANCE] = allowance
    return caller.actor


async def _done(
    request: web.Request,
    endpoint: Endpoint,
    means: Means,
    *,
    actor: Actor,
    version: int | None,
    given: dict[str, Any],
    raw: bytes,
) -> web.StreamResponse:
    repeat = _repeat_of(request, endpoint, actor, raw)
    opened: AbstractAsyncContextManager[AsyncSession]
    opened = means.sessions.begin() if endpoint.changes else reading(means.sessions)
    async with opened as session:
        call = Call(session, actor, language_of(request), version, means, request, endpoint.sorts)
        if repeat and (before := await repeat.before(session, means.vault)):
            return web.Response(
                status=before.status,
                body=before.body or None,
                headers={**before.headers, "Idempotency-Replayed": "true"},
            )
        result = await endpoint.handler(call, **given)
        if isinstance(result, answers.File):
            return await answers.send(request, result, limit_headers(request.get(ALLOWANCE)))
        await session.flush()
        answer = answered(endpoint, request, result, given.get("query"))
        if repeat:
            repeat.keep(session, means.vault, answer)
    await call.finish()
    await news.tell(session, means.wakes)
    if not_modified(request, answer):
        return web.Response(status=304, headers={"ETag": answer.headers["ETag"]})
    return web.Response(status=answer.status, body=answer.body or None, headers=answer.headers)


@dataclass(frozen=True)
class _Repeat:
    """A request that may be sent again. Its answer is sealed: it may hold a secret that is kept nowhere else."""

    caller: str
    key: str
    fingerprint: str

    async def before(self, session: AsyncSession, vault: Vault) -> Answer | None:
        asked = {"caller": self.caller, "key": self.key, "fingerprint": self.fingerprint}
        kept = await repeats.answered(session, **asked)
        if kept is None:
            return None
        try:
            opened = vault.open(kept.body, place=self._place)
        except Unreadable as error:
            raise Conflict("the answer was sealed under a secret that is gone") from error
        return replace(kept, body=opened["body"].encode())

    def keep(self, session: AsyncSession, vault: Vault, answer: Answer) -> None:
        sealed = replace(answer, body=vault.seal({"body": answer.body.decode()}, place=self._place))
        repeats.keep(session, sealed, caller=self.caller, key=self.key, fingerprint=self.fingerprint)

    @property
    def _place(self) -> str:
        return f"answer/{self.caller}/{self.key}"


def _repeat_of(request: web.Request, endpoint: Endpoint, actor: Actor, raw: bytes) -> _Repeat | None:
    key = _key_of(request, endpoint)
    return _Repeat(actor.name, key, _fingerprint(request, raw)) if key else None


def _key_of(request: web.Request, endpoint: Endpoint) -> str | None:
    """The request's idempotency key, with or without the quotes of the draft. Raises Unfit."""
    given = request.headers.get(repeats.HEADER)
    if given is None or endpoint.method != "POST":
        return None
    if len(given) > 2 and given[0] == given[-1] == '"':
        given = given[1:-1]
    if not _KEY.fullmatch(given):
        raise Unfit(Invalid(repeats.HEADER, "bad_key"))
    return given


def _fingerprint(request: web.Request, raw: bytes) -> str:
    if request.content_type == "application/json":
        with contextlib.suppress(ValueError):  # the same JSON written otherwise is the same request
            raw = json.dumps(json.loads(raw), sort_keys=True).encode()
    return hashlib.sha256(f"{request.method} {request.raw_path}\n".encode() + raw).hexdigest()


def _refusal(error: DBAPIError) -> Exception:
    """What the database refused although it came so far: values beyond a column, and rows that others made first."""
    if unreachable(error):
        return error
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if isinstance(error, IntegrityError):
        log.warning("api.conflict", state=state)
        return Conflict("refused by a constraint")
    # asyncpg's own refusals, of what is beyond the column's type, have no state of the server's.
    if state.startswith("22") or "DataError" in type(getattr(error.orig, "__cause__", None)).__name__:
        log.warning("api.unstorable", state=state)
        return Unfit(Invalid("", "out_of_range"))
    return error


__all__ = ["ALLOWANCE", "Precondition", "handler_of"]
