"""The figures of a period: in all and by step, beside the period before; and divided by a dimension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Float, String, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from crm_backend.access.actor import Actor
from crm_backend.reports.figures import FIGURES, Figure
from crm_backend.reports.filters import Filters
from crm_backend.reports.grains import DIMENSIONS, Grain
from crm_backend.reports.periods import Period

READING = "reports.read"
MOST_PARTS = 200
Values = dict[str, float | None]


@dataclass(frozen=True)
class Course:
    """The figures of a period. `values` are by figure, `rows` how many things each is about; `steps` are the first days
    of the steps, and `course` each figure's value in each. A figure that one of the filters says nothing about is left
    out."""

    values: Values
    rows: dict[str, int]
    steps: list[date]
    course: dict[str, list[float | None]]


@dataclass(frozen=True)
class Part:
    """The figures of one team, agent, channel, topic, language or day; `key` is None for those without one."""

    key: str | None
    values: Values
    rows: dict[str, int] = field(default_factory=dict)


async def course(
    session: AsyncSession, *, actor: Actor, period: Period, filters: Filters, now: datetime, step: str | None = None
) -> Course:
    """Every figure over a period, in all and by step. Needs reports.read."""
    actor.need(READING)
    steps = period.steps(step or period.step)
    at = {day: place for place, day in enumerate(steps)}
    told = Course({}, {}, steps, {})
    for grain, figures in _by_grain(filters):
        stepped = f"date_trunc('{step or period.step}', {grain.at} at time zone :zone)::date"
        rows = await session.execute(*_statement(grain, figures, stepped, period, filters, now, totals=True))
        for figure in figures:
            told.course[figure.key] = [0 if figure.fold in ("count", "sum") else None] * len(steps)
        for row in rows.mappings():
            for place, figure in enumerate(figures):
                value = _number(row[f"v{place}"])
                if row["whole"]:
                    told.values[figure.key], told.rows[figure.key] = value, row[f"n{place}"]
                elif row["part"] in at:
                    told.course[figure.key][at[row["part"]]] = value
    return told


async def divided(
    session: AsyncSession, *, actor: Actor, period: Period, filters: Filters, by: str, now: datetime
) -> list[Part]:
    """The figures of each team, agent, channel, topic or language (`by`), or of each step (`day`, `week`, `month`):
    the busiest first, steps in their order; at most 200. Needs reports.read."""
    actor.need(READING)
    found: dict[str | None, Part] = {}
    for grain, figures in _by_grain(filters, having=by if by in DIMENSIONS else None):
        part = grain.dims[by] if by in DIMENSIONS else f"date_trunc('{by}', {grain.at} at time zone :zone)::date"
        rows = await session.execute(*_statement(grain, figures, f"({part})::text", period, filters, now))
        for row in rows.mappings():
            one = found.setdefault(row["part"], Part(row["part"], {}))
            for place, figure in enumerate(figures):
                one.values[figure.key], one.rows[figure.key] = _number(row[f"v{place}"]), row[f"n{place}"]
    if by not in DIMENSIONS:
        return sorted(found.values(), key=lambda one: one.key or "")
    busiest = sorted(found.values(), key=lambda one: (-sum(one.rows.values()), one.key or ""))
    return busiest[:MOST_PARTS]


async def hours(session: AsyncSession, *, actor: Actor, period: Period, filters: Filters) -> list[list[int]]:
    """How many contacts began in each hour of each day of the week, Monday first. Needs reports.read."""
    actor.need(READING)
    figure = FIGURES["contacts"]
    grain = figure.grain
    found = [[0] * 24 for _ in range(7)]
    where, given = filters.where(grain)
    local = f"{grain.at} at time zone :zone"
    query = text(
        f"select extract(isodow from {local})::int as day, extract(hour from {local})::int as hour, count(*) as many"  # noqa: S608
        f" from {grain.source} where {grain.where} and {grain.at} >= :start and {grain.at} < :end and {where}"
        " group by 1, 2"
    ).bindparams(*binds(given, ("start", "end", "zone")))
    values = {"start": period.start, "end": period.end, "zone": period.zone.key, **given}
    for row in await session.execute(query, values):
        found[row.day - 1][row.hour] = row.many
    return found


async def reasons(session: AsyncSession, *, actor: Actor, period: Period, filters: Filters) -> dict[str, int]:
    """Why contacts were handed over, by reason, the most frequent first. Needs reports.read."""
    actor.need(READING)
    grain = FIGURES["handed_over"].grain
    where, given = filters.where(grain)
    query = text(
        f"select g.reason, count(*) as many from {grain.source} where g.first and {grain.at} >= :start"  # noqa: S608
        f" and {grain.at} < :end and {where} group by 1 order by 2 desc, 1"
    ).bindparams(*binds(given, ("start", "end")))
    rows = await session.execute(query, {"start": period.start, "end": period.end, **given})
    return {row.reason: row.many for row in rows}


async def present(session: AsyncSession, *, actor: Actor, period: Period) -> dict[str, list[str]]:
    """The channels, topics and languages that the contacts of a period have. Needs reports.read."""
    actor.need(READING)
    query = text(
        "select array_agg(distinct channel) as channel, array_agg(distinct topic) filter (where topic is not null)"
        " as topic, array_agg(distinct language) as language from report_contacts"
        " where started_at >= :start and started_at < :end"
    ).bindparams(*binds({}, ("start", "end")))
    row = (await session.execute(query, {"start": period.start, "end": period.end})).mappings().one()
    return {name: sorted(row[name] or ()) for name in ("channel", "topic", "language")}


def known(filters: Filters, *, by: str | None = None) -> list[Figure]:
    """The figures that can be told with these filters, and divided so."""
    return [figure for _, figures in _by_grain(filters, having=by) for figure in figures]


def _by_grain(filters: Filters, *, having: str | None = None) -> Iterable[tuple[Grain, list[Figure]]]:
    grains: dict[str, list[Figure]] = {}
    for figure in FIGURES.values():
        if filters.fit(figure.grain) and (having is None or having in figure.grain.dims):
            grains.setdefault(figure.of, []).append(figure)
    return [(figures[0].grain, figures) for figures in grains.values()]


def _statement(
    grain: Grain,
    figures: list[Figure],
    part: str,
    period: Period,
    filters: Filters,
    now: datetime,
    *,
    totals: bool = False,
) -> tuple[TextClause, Mapping[str, Any]]:
    columns = ", ".join(
        f"{figure.sql} as v{place}, {figure.rows_sql} as n{place}" for place, figure in enumerate(figures)
    )
    where, given = filters.where(grain)
    told = f"select part, grouping(part) = 1 as whole, {columns}" if totals else f"select part, {columns}"
    query = (
        f"{told} from (select g.*, {part} as part from {grain.source} where {grain.where} and {grain.at} >= :start"  # noqa: S608
        f" and {grain.at} < :end and {where}) g group by " + ("grouping sets ((part), ())" if totals else "part")
    )
    named = [name for name in ("start", "end", "zone", "now", "within") if f":{name}" in query]
    values = {
        "start": period.start,
        "end": period.end,
        "zone": period.zone.key,
        "now": now,
        "within": float(filters.within),
    }
    return text(query).bindparams(*binds(given, named)), {**{name: values[name] for name in named}, **given}


_TYPES: dict[str, TypeEngine[Any]] = {
    "start": TIMESTAMP(timezone=True), "end": TIMESTAMP(timezone=True), "now": TIMESTAMP(timezone=True),
    "at": TIMESTAMP(timezone=True), "within": Float(), "agent": Uuid(),
}  # fmt: skip


def binds(given: Mapping[str, Any], named: Iterable[str]) -> list[BindParameter[Any]]:
    """The parameters of a query over a grain, with their types."""
    return [bindparam(name, type_=_TYPES.get(name, String())) for name in {*given, *named}]


def _number(value: Any) -> float | None:
    if value is None:
        return None
    return int(value) if isinstance(value, int) else float(value)
