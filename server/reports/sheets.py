"""Reports as tables to take away: CSV that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.export import cells
from crm_backend.reports import queries, rows
from crm_backend.reports.figures import Figure
from crm_backend.reports.filters import Filters
from crm_backend.reports.grains import DIMENSIONS
from crm_backend.reports.periods import Period
from crm_backend.reports.rows import Which
from server.reports import words
from server.reports.naming import Names, names


def cell(figure: Figure, value: float | None) -> float | None:
    """A value in the unit of its column: shares as percent, times as seconds."""
    if value is None:
        return None
    return round(value * 100, 2) if figure.unit == "share" else round(value, 2)


async def table(
    session: AsyncSession,
    *,
    actor: Actor,
    period: Period,
    filters: Filters,
    by: str,
    now: datetime,
    language: str,
) -> bytes:
    """A report as CSV: a line for the whole period, then one for each part of it. Needs reports.read."""
    figures = queries.known(filters, by=by if by in DIMENSIONS else None)
    whole = await queries.course(session, actor=actor, period=period, filters=filters, now=now, step="month")
    parts = await queries.divided(session, actor=actor, period=period, filters=filters, by=by, now=now)
    known = await names(session, language)
    head = [words.DIVIDED_BY[by][language]]
    head += [figure.words.name[language] + words.UNIT[figure.unit] for figure in figures]
    lines: list[list[object]] = [list[object](head)]
    lines.append([words.WHOLE[language], *(cell(figure, whole.values.get(figure.key)) for figure in figures)])
    for part in parts:
        name = part.key if by not in DIMENSIONS else known.of(by, part.key)
        lines.append([name, *(cell(figure, part.values.get(figure.key)) for figure in figures)])
    return cells.BOM + cells.lines(lines)


async def lines(
    session: AsyncSession,
    *,
    actor: Actor,
    figure: Figure,
    period: Period,
    filters: Filters,
    now: datetime,
    which: Which,
    language: str,
) -> AsyncIterator[bytes]:
    """The rows behind a figure as CSV, in pieces. Needs reports.read."""
    known = await names(session, language)
    dims = list(figure.grain.dims)
    shown = [
        name for name in ("name", "number", "note", "score", "words") if name == "name" or name in figure.grain.shows
    ]
    head = [words.COLUMNS["at"][language], *(words.DIVIDED_BY[one][language] for one in dims)]
    head += [words.COLUMNS[one][language] for one in (*shown, "counted", "value", "conversation")]
    yield cells.BOM + cells.lines([head])
    pages = rows.every(session, actor=actor, figure=figure, period=period, filters=filters, now=now, which=which)
    async for page in pages:
        yield cells.lines(_line(one, dims, shown, known, period) for one in page)


def _line(one: rows.Behind, dims: list[str], shown: list[str], known: Names, period: Period) -> list[object]:
    told = {
        "name": one.name, "number": one.number, "note": words.note(one.note, known.language), "score": one.score,
        "words": one.words,
    }  # fmt: skip
    return [
        one.at.astimezone(period.zone),
        *(known.of(by, one.dims[by]) for by in dims),
        *(told[name] for name in shown),
        (words.YES if one.counted else words.NO)[known.language],
        one.value,
        one.conversation_id,
    ]
