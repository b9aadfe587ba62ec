"""The rows behind a figure: what it is about, and of that what counts, the latest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.reports.figures import FIGURES, Figure
from crm_backend.reports.filters import Filters
from crm_backend.reports.periods import Period
from crm_backend.reports.queries import READING, binds

Which = Literal["all", "counted", "others"]
MOST = 200
_NAMES_WITH, _WORDS_WITH, _CASES_WITH = "customers.read", "conversations.read", "cases.read"


@dataclass(frozen=True)
class Behind:
    """One row behind a figure. `counted` says whether it counts, of those that the figure is about; `value` is what was
    measured of it. What the reader may not see is left out: whose it was, and what was said."""

    id: UUID
    at: datetime
    counted: bool
    value: float | None
    conversation_id: UUID | None
    case_id: UUID | None
    number: str | None
    name: str | None
    words: str | None
    note: str | None
    score: int | None
    dims: dict[str, str | None]


def figure_of(key: str) -> Figure:
    """A declared figure. Raises NotFound."""
    if key not in FIGURES:
        raise NotFound("no such figure")
    return FIGURES[key]


async def behind(
    session: AsyncSession,
    *,
    actor: Actor,
    figure: Figure,
    period: Period,
    filters: Filters,
    now: datetime,
    which: Which = "all",
    limit: int = 50,
    before: tuple[datetime, UUID] | None = None,
    worded: bool = False,
) -> tuple[list[Behind], tuple[datetime, UUID] | None]:
    """A page of the rows behind a figure, and where the next one begins; of `worded` ones those with
    words only. Needs reports.read."""
    actor.need(READING)
    if not filters.fit(figure.grain):
        return [], None
    limit = max(1, min(limit, MOST))
    query, given = _statement(figure, period, filters, now, which, before, worded=worded)
    rows = (await session.execute(query, {**given, "most": limit + 1})).mappings().all()
    found = [_row(row, actor) for row in rows[:limit]]
    return found, (found[-1].at, found[-1].id) if len(rows) > limit else None


async def every(
    session: AsyncSession,
    *,
    actor: Actor,
    figure: Figure,
    period: Period,
    filters: Filters,
    now: datetime,
    which: Which = "all",
    most: int = 100_000,
) -> AsyncIterator[list[Behind]]:
    """All rows behind a figure, in pages, up to `most`. Needs reports.read."""
    before, left = None, most
    while left > 0:
        found, before = await behind(
            session, actor=actor, figure=figure, period=period, filters=filters, now=now, which=which,
            limit=min(MOST, left), before=before,
        )  # fmt: skip
        left -= len(found)
        if found:
            yield found
        if before is None:
            return


def _statement(
    figure: Figure,
    period: Period,
    filters: Filters,
    now: datetime,
    which: Which,
    before: tuple[datetime, UUID] | None,
    *,
    worded: bool,
) -> tuple[TextClause, Mapping[str, Any]]:
    grain = figure.grain
    where, given = filters.where(grain)
    counted = f"({figure.among}) and ({figure.counts})" if figure.fold == "share" else figure.among
    wanted = {"all": figure.among, "counted": counted, "others": f"({figure.among}) and not ({counted})"}[which]
    shown = {
        name: grain.shows.get(name, "null") for name in ("conversation", "case", "number", "words", "note", "score")
    }
    dims = ", ".join(f"({expression})::text as by_{name}" for name, expression in grain.dims.items())
    columns = ", ".join(f"{expression} as {name}" for name, expression in shown.items())
    # A place in a list of what is sorted by (at, id) from the latest to the first.
    older = f"and ({grain.at}, g.id) < (:at, :id)" if before else ""
    if worded:
        older += f" and {shown['words']} <> ''"
    talk = f"left join conversations t on t.id = {shown['conversation']}" if "conversation" in grain.shows else ""
    person = "left join customers p on p.id = t.customer_id" if talk else ""
    name = "nullif(trim(concat(p.first_name, ' ', p.last_name)), '')" if talk else "null"
    query = (
        f"select g.id, {grain.at} as at, coalesce({counted}, false) as counted, ({figure.measure})::float8 as value,"  # noqa: S608
        f" {columns}, {name} as name, {dims} from {grain.source} {talk} {person}"
        f" where {grain.where} and ({wanted}) and {grain.at} >= :start and {grain.at} < :end and {where} {older}"
        f" order by {grain.at} desc, g.id desc limit :most"
    )
    values = {"start": period.start, "end": period.end, "now": now, "within": float(filters.within)}
    named = [one for one in values if f":{one}" in query]
    if before:
        given = {**given, "at": before[0], "id": before[1]}
    made = text(query).bindparams(*binds({k: v for k, v in given.items() if k != "id"}, named))
    if before:
        made = made.bindparams(bindparam("id", type_=Uuid()))
    return made, {**given, **{one: values[one] for one in named}}


def _row(row: RowMapping, actor: Actor) -> Behind:
    words = row["words"] if actor.may(_CASES_WITH if row["case"] else _WORDS_WITH) else None
    return Behind(
        id=row["id"],
        at=row["at"],
        counted=row["counted"],
        value=None if row["value"] is None else float(row["value"]),
        conversation_id=row["conversation"],
        case_id=row["case"],
        number=row["number"],
        name=row["name"] if actor.may(_NAMES_WITH) else None,
        words=words or None,
        note=row["note"],
        score=row["score"],
        dims={key.removeprefix("by_"): value for key, value in row.items() if key.startswith("by_")},
    )
