"""Whether an article helped: what its readers say below it."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from aiohttp import web

from crm_backend.database import Sessions
from crm_backend.errors import ForeignOrigin
from crm_backend.knowledge import opinions, services
from crm_backend.knowledge.schema import path_of
from server.help import forms
from server.limiter import RedisLimiter

PER_MINUTE = 20


class Opinions:
    """Takes them, and leads back to the article."""

    def __init__(self, sessions: Sessions, limiter: RedisLimiter) -> None:
        self._sessions, self._limiter = sessions, limiter
        # Tells two opinions of one browser from two people's, and nobody who they are.
        self._salt = secrets.token_bytes(16)

    def page(self, language: str) -> Any:
        """Where the form below an article is sent. Raises ForeignOrigin, RateLimited, BadInput,
        NotFound."""

        async def opinion(request: web.Request) -> web.Response:
            if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                raise ForeignOrigin("an opinion from elsewhere")
            await self._limiter.check("help-opinions", request.remote or "", PER_MINUTE)
            form = await forms.small(request)
            helpful, reason = form.get("helpful") == "yes", form.get("reason")
            async with self._sessions.begin() as session:
                page = await services.page(session, language=language, slug=request.match_info["slug"])
                await opinions.give(
                    session,
                    article_id=page.id,
                    language=language,
                    helpful=helpful,
                    reason=reason if reason in opinions.REASONS and not helpful else None,
                    comment=form.get("comment", "")[: opinions.COMMENT],
                    visitor=self._visitor(request),
                )
            said = "yes" if helpful else "told" if "comment" in form else "no"
            raise web.HTTPSeeOther(f"{path_of(language, page.slug)}?opinion={said}#opinion")

        return opinion

    def _visitor(self, request: web.Request) -> str:
        who = f"{request.remote} {request.headers.get('User-Agent', '')}"
        return hashlib.sha256(self._salt + who.encode("utf-8", "replace")).hexdigest()[:32]
