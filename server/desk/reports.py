"""The desk's reports: figures of a period, divided, the rows behind each, tables to take away, and mailings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast, get_args

from aiohttp import web
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.reading.messages import instant
from crm_backend.database import utc_now
from crm_backend.errors import BadInput
from crm_backend.reports import following, mailings, queries, rows
from crm_backend.reports.figures import FIGURES, Figure
from crm_backend.reports.filters import Filters, filters_of
from crm_backend.reports.grains import DIMENSIONS
from crm_backend.reports.mailings import Planned
from crm_backend.reports.periods import STEPS, Period, period
from crm_backend.reports.queries import READING, Course
from server.api.answers import File, send
from server.desk.api import Body, Desk, body, identifier
from server.desk.cursors import cursor, cursor_text
from server.reports import sheets, words
from server.reports.naming import Names, names

DAYS = 28
"""Of the period that is told where none is asked for: four whole weeks, today the last."""
COMMENTS = 8
COUNTS = 2**31 - 1


class Mailing(Body):
    name: str = Field(max_length=200)
    rhythm: str = Field(max_length=20)
    hour: int = Field(ge=0, le=23)
    split_by: str = Field("day", max_length=20)
    filters: dict[str, Any] = Field(default_factory=dict)
    recipients: list[str] = Field(max_length=200)
    version: int | None = Field(None, ge=0, le=COUNTS)


class ReportPages:
    """`/desk/api/reports`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, at = self._desk.signed_in, "/desk/api/reports"
        return [
            web.get(at, ours(self.whole, READING)),
            web.get(at + "/divided", ours(self.divided, READING)),
            web.get(at + "/table.csv", ours(self.table, READING)),
            web.get(at + "/rows", ours(self.rows, READING)),
            web.get(at + "/rows.csv", ours(self.rows_table, READING)),
            web.get(at + "/mailings", ours(self.mailings, READING)),
            web.post(at + "/mailings", ours(self.save, READING)),
            web.put(at + "/mailings/{id}", ours(self.save, READING)),
            web.delete(at + "/mailings/{id}", ours(self.remove, READING)),
        ]

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor, asked, filters = await self._asked(request, session, agent)
        now, language = utc_now(), agent.language
        step = _choice(request.query.get("step") or asked.step, STEPS)
        given: dict[str, Any] = {"actor": actor, "filters": filters}
        told = await queries.course(session, period=asked, now=now, step=step, **given)
        before = await queries.course(session, period=asked.before, now=now, step=step, **given)
        known = await names(session, language)
        done = await following.up_to(session)
        reasons = await queries.reasons(session, period=asked, **given)
        said = {"figure": FIGURES["satisfaction"], "period": asked, "now": now, "limit": COMMENTS, **given}
        return web.json_response(
            {
                "period": _period(asked),
                "before": _period(asked.before),
                "step": step,
                "steps": [day.isoformat() for day in told.steps],
                "within": filters.within,
                "as_of": instant(done) if done else None,
                "figures": [_figure(FIGURES[key], told, before, language) for key in told.values],
                "hours": await queries.hours(session, period=asked, **given),
                "reasons": [
                    {"key": key, "name": words.note(key, language), "count": many} for key, many in reasons.items()
                ],
                "words": [_row(one, known) for one in (await rows.behind(session, worded=True, **said))[0]],
                "choices": await _choices(session, actor, asked, known),
            }
        )

    async def divided(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor, asked, filters = await self._asked(request, session, agent)
        by = _choice(request.query.get("by", "team"), (*DIMENSIONS, *STEPS))
        parts = await queries.divided(session, actor=actor, period=asked, filters=filters, by=by, now=utc_now())
        known = await names(session, agent.language)
        return web.json_response(
            {
                "by": by,
                "name": words.DIVIDED_BY[by][agent.language],
                "figures": [each.key for each in queries.known(filters, by=by if by in DIMENSIONS else None)],
                "parts": [
                    {"key": part.key, "name": known.of(by, part.key), "values": part.values, "rows": part.rows}
                    for part in parts
                ],
            }
        )

    async def table(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.StreamResponse:
        actor, asked, filters = await self._asked(request, session, agent)
        by = _choice(request.query.get("by", "day"), (*DIMENSIONS, *STEPS))
        content = await sheets.table(
            session, actor=actor, period=asked, filters=filters, by=by, now=utc_now(), language=agent.language
        )
        _taken(session, actor, by, asked)
        return await send(request, File(f"relais-{by}-{_dates(asked)}.csv", "text/csv; charset=utf-8", content), {})

    async def rows(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor, asked, filters = await self._asked(request, session, agent)
        figure = rows.figure_of(request.query.get("figure", "contacts"))
        found, following_ = await rows.behind(
            session,
            actor=actor,
            figure=figure,
            period=asked,
            filters=filters,
            now=utc_now(),
            which=_which(request),
            before=cursor(request.query.get("before")),
        )
        known = await names(session, agent.language)
        return web.json_response(
            {
                "figure": figure.key,
                "unit": figure.unit if figure.measure != "null" and figure.unit == "seconds" else None,
                "dims": [{"key": one, "name": words.DIVIDED_BY[one][agent.language]} for one in figure.grain.dims],
                "items": [_row(one, known) for one in found],
                "next": cursor_text(following_),
            }
        )

    async def rows_table(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.StreamResponse:
        actor, asked, filters = await self._asked(request, session, agent)
        figure = rows.figure_of(request.query.get("figure", "contacts"))
        content = sheets.lines(
            session,
            actor=actor,
            figure=figure,
            period=asked,
            filters=filters,
            now=utc_now(),
            which=_which(request),
            language=agent.language,
        )
        _taken(session, actor, figure.key, asked)
        name = f"relais-{figure.key}-{_dates(asked)}.csv"
        return await send(request, File(name, "text/csv; charset=utf-8", content), {})

    async def mailings(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        found = await mailings.listed(session, actor=actor)
        able = list(await session.scalars(select(Agent).where(Agent.active).order_by(Agent.name)))
        may = {one.id: await access.may(session, one, READING) for one in able}
        return web.json_response(
            {
                "items": [_mailing(one, agent) for one in found],
                "recipients": [{"key": str(one.id), "name": one.name} for one in able if may[one.id]],
                "zone": self._desk.zone.key,
            }
        )

    async def save(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Mailing)
        actor = await access.actor_of(session, agent, "desk")
        saved = await mailings.save(
            session,
            actor=actor,
            given=given.model_dump(exclude={"version"}),
            now=utc_now().astimezone(self._desk.zone),
            mailing_id=identifier(request) if "id" in request.match_info else None,
            version=given.version,
        )
        status = 200 if "id" in request.match_info else 201
        return web.json_response({"mailing": _mailing(saved, agent)}, status=status)

    async def remove(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await access.actor_of(session, agent, "desk")
        await mailings.remove(session, actor=actor, mailing_id=identifier(request))
        return web.Response(status=204)

    async def _asked(self, request: web.Request, session: AsyncSession, agent: Agent) -> tuple[Actor, Period, Filters]:
        """Who asks, for which period, narrowed by what."""
        today = utc_now().astimezone(self._desk.zone).date()
        last = request.query.get("to") or today
        first = request.query.get("from") or today - timedelta(days=DAYS - 1)
        asked = period(first, last, zone=self._desk.zone)
        return await access.actor_of(session, agent, "desk"), asked, filters_of(request.query)


def _figure(figure: Figure, told: Course, before: Course, language: str) -> dict[str, Any]:
    said = figure.words
    return {
        "key": figure.key,
        "name": said.name[language],
        "unit": figure.unit,
        "fold": figure.fold,
        "better": figure.better,
        "value": told.values[figure.key],
        "rows": told.rows[figure.key],
        "before": before.values[figure.key],
        "course": told.course[figure.key],
        "course_before": before.course[figure.key],
        "definition": {part: getattr(said, part)[language] for part in ("counts", "among", "without", "source")},
    }


def _row(one: rows.Behind, known: Names) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "at": instant(one.at),
        "counted": one.counted,
        "value": one.value,
        "conversation": str(one.conversation_id) if one.conversation_id else None,
        "case": str(one.case_id) if one.case_id else None,
        "number": one.number,
        "name": one.name,
        "words": one.words,
        "note": words.note(one.note, known.language),
        "score": one.score,
        "dims": {by: known.of(by, key) for by, key in one.dims.items()},
    }


async def _choices(session: AsyncSession, actor: Actor, asked: Period, known: Names) -> Mapping[str, Any]:
    """What the filters offer: every team and agent at work, and what the period has of the rest."""
    there = await queries.present(session, actor=actor, period=asked)
    keys = {"team": list(known.teams), "agent": list(known.working), **there}
    return {by: [{"key": key, "name": known.of(by, key)} for key in keys[by]] for by in DIMENSIONS}


def _mailing(one: Planned, agent: Agent) -> dict[str, Any]:
    row = one.mailing
    return {
        "id": str(row.id),
        "version": row.version,
        "own": row.owner_id == agent.id,
        "name": row.name,
        "rhythm": row.rhythm,
        "hour": row.hour,
        "split_by": row.split_by,
        "filters": row.filters,
        "recipients": [str(each) for each in one.recipients],
        "next_day": row.next_day.isoformat(),
    }


def _period(one: Period) -> dict[str, Any]:
    return {"from": one.first.isoformat(), "to": one.last.isoformat(), "days": one.days, "zone": one.zone.key}


def _dates(one: Period) -> str:
    return f"{one.first.isoformat()}-{one.last.isoformat()}"


def _choice(given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise BadInput("no such choice")
    return given


def _which(request: web.Request) -> rows.Which:
    return cast("rows.Which", _choice(request.query.get("which", "all"), get_args(rows.Which)))


def _taken(session: AsyncSession, actor: Actor, what: str, asked: Period) -> None:
    """What leaves the house is noted."""
    audit.record(session, actor=actor, action="exported", subject=("report", what), period=_dates(asked))
