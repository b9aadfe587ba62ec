"""What a handler is given: the caller, the transaction, and what answers are made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Live
from crm_backend.access.actor import Actor
from crm_backend.database import Sessions
from server.api.paging import Cursors, Place, Sorts, paged, search_of
from server.api.shapes import Listing, Out, Page
from server.embedding import Embedder
from server.files import FileStore
from server.limiter import RedisLimiter
from server.settings import Settings
from server.vault import Vault
from server.wakes import Wakes

Shown = TypeVar("Shown", bound=Out)


@dataclass(frozen=True)
class Means:
    """What the API works with, beside the caller's transaction."""

    sessions: Sessions
    limiter: RedisLimiter
    files: FileStore
    live: Live
    wakes: Wakes
    embedder: Embedder
    settings: Settings
    zone: ZoneInfo
    cursors: Cursors
    vault: Vault


@dataclass
class Call:
    """One request. `session` is its transaction, `version` what `If-Match` says (None: nothing), `language` the one
    to answer in."""

    session: AsyncSession
    actor: Actor
    language: str
    version: int | None
    means: Means
    request: web.Request
    sorts: Sorts | None = None
    _after: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def after(self, work: Callable[[], Awaitable[None]]) -> None:
        """Has `work` done once the transaction is committed: wake-ups, never anything that must not be lost."""
        self._after.append(work)

    async def finish(self) -> None:
        """Does what is to be done after the commit."""
        for work in self._after:
            await work()

    async def page(
        self,
        statement: Select[Any],
        query: Listing,
        out: Callable[..., Shown],
    ) -> Page[Shown]:
        """One page of a statement's rows, in the order that the query asks for; `out` makes an item of a row (of its
        columns, if it selects several). Raises Invalid for a wrong `sort` or `cursor`."""
        rows, cursor = await self.rows(statement, query)
        return Page([out(*row) for row in rows], cursor)

    async def rows(self, statement: Select[Any], query: Listing) -> tuple[list[Sequence[Any]], str | None]:
        """The rows of one page, and the cursor of the next: for items that need more than their row."""
        assert self.sorts is not None, "the endpoint declares its sorts"
        found = (await self.session.execute(paged(statement, self.sorts, query, self.place(query)))).all()
        kept = found[: query.limit]
        cursor = self.cursor(query, Place(kept[-1][-2], kept[-1][-1])) if len(found) > len(kept) else None
        return [row[:-2] for row in kept], cursor

    def place(self, query: Listing) -> Place | None:
        """Where the page begins, for lists that a service pages by itself. Raises Invalid."""
        return self.means.cursors.read(self._search(query), query.cursor) if query.cursor is not None else None

    def cursor(self, query: Listing, last: Place) -> str:
        """The cursor of the page after the item at `last`: its sort value and id."""
        return self.means.cursors.made(self._search(query), last)

    def _search(self, query: Listing) -> str:
        # By path, so that a cursor of one customer's list does not fit another's.
        return search_of(self.request.path, query)
