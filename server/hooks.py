"""`/hooks/<channel>/<account>…`: where platforms call. Finds the account's channel, which does the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from channels.port import Limiter
from crm_backend.accounts.settings import Key
from crm_backend.errors import NotAuthenticated, NotFound, RateLimited, Unavailable
from server.accounts import MAIN
from server.switchboard import Switchboard

log = structlog.get_logger(__name__)
FORGED_PER_MINUTE = 20
"""Failed authentications of one address that are logged and answered 401; beyond that they are answered 429, unlogged.

What is genuine is taken in even then: anybody can make a platform call us wrongly from the addresses it also calls us
rightly from.
"""


class Hooks:
    """The public addresses of channels."""

    def __init__(self, board: Switchboard, *, limiter: Limiter) -> None:
        self._board, self._limiter = board, limiter

    def routes(self) -> list[web.RouteDef]:
        """The hooks, and the pages of those channels that are pages."""
        pages = [
            web.route(route.method, route.path, self._page(name, route.method, route.path))
            for name, blueprint in self._board.blueprints.items()
            if blueprint.always and (channel := self._board.find(name, MAIN)) is not None
            for route in channel.routes()
        ]
        return [*pages, web.route("*", r"/hooks/{channel:[^/]+}/{account:[^/]+}{tail:(?:/.*)?}", self.called)]

    async def called(self, request: web.Request) -> web.StreamResponse:
        """A platform calls. Raises NotFound for an account that is not there, Unavailable while that is not known."""
        key = Key(request.match_info["channel"], request.match_info["account"])
        channel = self._board.find(*key) or await self._board.missed(key)
        if channel is None:
            if self._board.fault(key) is not None or not self._board.informed:
                raise Unavailable("the account is not open")
            raise NotFound("no such account")
        largest = self._board.blueprints[key.channel].largest_body
        if (request.content_length or 0) > largest:
            raise web.HTTPRequestEntityTooLarge(max_size=largest, actual_size=request.content_length or 0)
        try:
            return await channel.hook(request.clone(client_max_size=largest))
        except NotAuthenticated:
            await self._refused(request, key)
            raise

    async def _refused(self, request: web.Request, key: Key) -> None:
        try:
            await self._limiter.check("forged", request.remote or "", FORGED_PER_MINUTE)
        except RateLimited:
            raise RateLimited("forged", retry_after=60) from None
        log.warning("hook.refused", channel=str(key), address=request.remote)

    def _page(self, name: str, method: str, path: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A handler that stays right when the channel is reopened."""

        async def page(request: web.Request) -> web.StreamResponse:
            channel = self._board.find(name, MAIN)
            for route in channel.routes() if channel is not None else ():
                if (route.method, route.path) == (method, path):
                    answer: web.StreamResponse = await route.handler(request)
                    return answer
            raise NotFound("no longer there")

        return page
