"""The board's figures: those of the reports, over the last hour or since midnight, beside the same stretch before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.board.model import BoardTargets
from crm_backend.reports.figures import FIGURES, Figure
from crm_backend.reports.queries import binds

Span = Literal["hour", "day"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# A report waits for contacts to end, which silence does after a day only. Who has had the assistant's answer and is
# silent for half an hour was helped as far as one can know today.
_QUIET = "interval '23 hours 30 minutes'"
_SO_FAR = (
    f"g.bot_messages > 0 and (g.stays > 0 or g.agent_messages > 0 or g.ended_at is not null"
    f" or g.check_at <= cast(:now as timestamptz) + {_QUIET})"
)
ON_BOARD: dict[str, tuple[Figure, Span]] = {
    "service_level": (FIGURES["service_level"], "hour"),
    "containment": (replace(FIGURES["containment"], among=_SO_FAR), "day"),
    "repeat_yourself": (FIGURES["repeat_yourself"], "day"),
    "score": (FIGURES["score"], "day"),
}
"""In the order in which they are shown. `hour` is the sixty minutes until now, beside the sixty before; `day` is since
midnight, beside yesterday until the same time."""


@dataclass(frozen=True)
class Reading:
    """What a figure says now: its value, how many rows it is about, the value of the stretch before, and what is aimed
    at. Shares are from 0 to 1."""

    key: str
    value: float | None
    rows: int
    before: float | None
    target: float
    better: str

    @property
    def good(self) -> bool | None:
        """Whether it keeps to its target; None while there is nothing to tell."""
        if self.value is None:
            return None
        return self.value >= self.target if self.better == "up" else self.value <= self.target


async def read(session: AsyncSession, *, now: datetime, midnight: datetime, targets: BoardTargets) -> list[Reading]:
    """Every figure of the board at an instant; `midnight` is when the company's day began."""
    found = []
    for key, (figure, span) in ON_BOARD.items():
        since = now - HOUR if span == "hour" else midnight
        back = HOUR if span == "hour" else DAY
        value, rows = await measured(session, figure, since=since, until=now, now=now, targets=targets)
        before, _ = await measured(session, figure, since=since - back, until=now - back, now=now, targets=targets)
        found.append(Reading(key, value, rows, before, _target(key, targets), figure.better))
    return found


async def measured(
    session: AsyncSession,
    figure: Figure,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    targets: BoardTargets,
) -> tuple[float | None, int]:
    """A figure over what happened from `since` on and before `until`, and how many rows it is about."""
    grain = figure.grain
    # Figures are declared in the code, and their parts are SQL.
    within = f"{grain.where} and {grain.at} >= :start and {grain.at} < :end"
    stretch = f"select g.* from {grain.source} where {within}"  # noqa: S608
    query = f"select {figure.sql} as value, {figure.rows_sql} as many from ({stretch}) g"  # noqa: S608
    values = {"start": since, "end": until, "now": now, "within": float(targets.answered_seconds)}
    named = {name: value for name, value in values.items() if f":{name}" in query}
    row = (await session.execute(text(query).bindparams(*binds({}, named)), named)).one()
    return (None if row.value is None else float(row.value)), int(row.many)


def _target(key: str, targets: BoardTargets) -> float:
    return {
        "service_level": targets.answered_percent / 100,
        "containment": targets.contained_percent / 100,
        "repeat_yourself": targets.repeated_percent / 100,
        "score": targets.satisfaction,
    }[key]
