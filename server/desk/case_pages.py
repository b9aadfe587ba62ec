"""The desk's pages of cases: the list, the board, one case with all that hangs on it, and what there is to choose from.
What is changed there goes through the API."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import categories, queries
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import (
    CasePriority,
    CaseResolution,
    CaseStatus,
    CaseTemplate,
    CaseType,
)
from crm_backend.cases.standing import standing
from crm_backend.conversations.reading.messages import instant
from crm_backend.database import utc_now
from crm_backend.routing.settings_model import Team
from server.api.nouns.cases.listing import CASE_SORTS, filters_of
from server.api.nouns.cases.shapes import CaseFilters, CaseQuery
from server.api.paging import Cursors, Place, paged, search_of
from server.api.reading import query_of
from server.desk.api import Desk, identifier
from server.desk.case_rows import rows_out
from server.desk.case_whole import whole

READS = "cases.read"
AT = "/desk/api/cases"
OF_COLUMN = 20
"""Cards of one column of the board before more are asked for."""


class CasePages:
    """`/desk/api/cases…`."""

    def __init__(self, desk: Desk, cursors: Cursors) -> None:
        self._desk, self._cursors = desk, cursors

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours = self._desk.signed_in
        return [
            web.get(AT, ours(self.listing, READS)),
            web.get(AT + "/counts", ours(self.counts, READS)),
            web.get(AT + "/board", ours(self.board, READS)),
            web.get(AT + "/settings", ours(self.settings, READS)),
            web.get(AT + "/{id}", ours(self.whole, READS)),
        ]

    async def listing(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        return _told(await self._page(session, query_of(request.query, CaseQuery), actor))

    async def counts(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """How many cases the filters leave, and how those that go on stand for the agent."""
        actor = await access.actor_of(session, agent, "desk")
        asked = filters_of(query_of(request.query, CaseFilters))
        found = await queries.counts(session, asked, actor=actor)
        views = await standing(session, agent.id, actor=actor, now=utc_now())
        return _told({"total": found.total, "by_status": found.by_status, "views": views._asdict()})

    async def board(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """A column for each status with its first cards; what the filters say of status and stage is left aside."""
        actor = await access.actor_of(session, agent, "desk")
        asked = query_of(request.query, CaseQuery)
        aside: dict[str, Any] = {"status": [], "stage": [], "open": None, "cursor": None, "limit": OF_COLUMN}
        counted = await queries.counts(session, filters_of(asked.model_copy(update=aside)), actor=actor)
        columns = []
        for status in await session.scalars(select(CaseStatus).order_by(CaseStatus.position, CaseStatus.key)):
            page: dict[str, Any] = {"items": [], "next": None}
            if counted.by_status.get(status.key):
                page = await self._page(session, asked.model_copy(update={**aside, "status": [status.key]}), actor)
            columns.append({"status": status.key, "count": counted.by_status.get(status.key, 0), **page})
        return _told({"columns": columns})

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        case = await queries.one(session, identifier(request), actor=actor)
        return _told(await whole(session, case, actor=actor, files=self._desk.files))

    async def settings(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """What there is to choose from, named in both languages; what is retired is told of, since cases have it."""
        agents = await session.scalars(select(Agent).where(Agent.active).order_by(Agent.name, Agent.id))
        types = await session.scalars(select(CaseType).order_by(CaseType.position, CaseType.key))
        statuses = await session.scalars(select(CaseStatus).order_by(CaseStatus.position, CaseStatus.key))
        codes = await session.scalars(select(CaseResolution).order_by(CaseResolution.position, CaseResolution.key))
        templates = await session.scalars(select(CaseTemplate).where(CaseTemplate.active).order_by(CaseTemplate.key))
        matrix: dict[str, dict[str, str]] = {}
        for each in await session.scalars(select(CasePriority)):
            matrix.setdefault(each.impact, {})[each.urgency] = each.priority
        return _told(
            {
                "types": [_named(row, active=row.active, team=row.team) for row in types],
                "statuses": [_named(row, stage=row.stage) for row in statuses],
                "resolutions": [_named(row, active=row.active) for row in codes],
                "categories": [
                    {
                        "key": str(row.id),
                        "names": row.names,
                        "parent": str(row.parent_id) if row.parent_id else None,
                        "active": row.active,
                    }
                    for row in await categories.whole(session)
                ],
                "templates": [_template(row) for row in templates],
                "teams": [_named(row) for row in await session.scalars(select(Team).order_by(Team.key))],
                "agents": [{"id": str(row.id), "name": row.name} for row in agents],
                "matrix": matrix,
            }
        )

    async def _page(self, session: AsyncSession, query: CaseQuery, actor: Actor) -> dict[str, Any]:
        search = search_of(AT, query)
        place = self._cursors.read(search, query.cursor) if query.cursor is not None else None
        statement = await queries.filtered(session, filters_of(query), actor=actor)
        found = (await session.execute(paged(statement, CASE_SORTS, query, place))).all()
        kept = found[: query.limit]
        following = None
        if len(found) > len(kept):
            following = self._cursors.made(search, Place(kept[-1][-2], kept[-1][-1]))
        cases: list[Case] = [row[0] for row in kept]
        return {"items": await rows_out(session, cases, actor), "next": following}


def _told(answer: dict[str, Any]) -> web.Response:
    """With the time it was told at: clocks are counted down by it, not by the agent's own."""
    return web.json_response({**answer, "now": instant(utc_now())})


def _named(row: CaseType | CaseStatus | CaseResolution | Team, **more: Any) -> dict[str, Any]:
    return {"key": row.key, "names": row.names, **more}


def _template(row: CaseTemplate) -> dict[str, Any]:
    told = ("key", "names", "type_key", "subjects", "descriptions", "fields", "checklist")
    return {name: getattr(row, name) for name in told}
