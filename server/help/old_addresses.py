"""Who asks for an address that an article had on another help centre is led to where it is now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from crm_backend.database import Sessions, reading
from crm_backend.knowledge import browsing

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LONGEST = 500


def leading_on(sessions: Sessions) -> Any:
    """The middleware: it looks only where no page is."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        nowhere = request.match_info.http_exception
        if nowhere is None or nowhere.status != 404 or request.method not in ("GET", "HEAD"):
            return await handler(request)
        path = request.path.rstrip("/")
        if 1 < len(path) <= LONGEST and "\0" not in path:
            try:
                async with reading(sessions) as session:
                    to = await browsing.brought_from(session, path=path)
            except (SQLAlchemyError, OSError) as error:
                log.warning("old_address.not_looked", cause=type(error).__name__)
                to = None
            if to:
                raise web.HTTPMovedPermanently(to, headers={"Cache-Control": "no-cache"})
        return await handler(request)

    return middleware
