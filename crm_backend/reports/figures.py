"""Every figure of a report, declared: what it counts among what, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_backend.reports.grains import GRAINS, Grain
from crm_backend.reports.meanings import Words
from crm_backend.reports.words import WORDS

Fold = Literal["count", "sum", "share", "median", "mean"]
Unit = Literal["number", "share", "seconds", "score"]


@dataclass(frozen=True)
class Figure:
    """One figure. `among` is the SQL condition of the rows it is about (the denominator), `counts` of those that count
    (the numerator), `measure` what is added up or averaged. `better` says which way is good.

    Conditions may speak of `:now`, and of `:within`, the seconds of the service level.
    """

    key: str
    of: str
    fold: Fold
    unit: Unit
    among: str = "true"
    counts: str = "true"
    measure: str = "null"
    better: Literal["up", "down", ""] = ""

    @property
    def grain(self) -> Grain:
        """What it counts."""
        return GRAINS[self.of]

    @property
    def words(self) -> Words:
        """What it is called, and means."""
        return WORDS[self.key]

    @property
    def sql(self) -> str:
        """Its value over the rows of its grain; null where there is nothing to tell."""
        match self.fold:
            case "count":
                return f"count(*) filter (where {self.among})"
            case "sum":
                return f"coalesce(sum({self.measure}) filter (where {self.among}), 0)"
            case "share":
                both = f"count(*) filter (where ({self.among}) and ({self.counts}))"
                return f"{both}::float8 / nullif(count(*) filter (where {self.among}), 0)"
            case "mean":
                return f"(avg({self.measure}) filter (where {self.among}))::float8"
            case "median":
                ordered = f"percentile_cont(0.5) within group (order by ({self.measure})::float8)"
                return f"{ordered} filter (where {self.among})"

    @property
    def rows_sql(self) -> str:
        """How many rows it is about."""
        return f"count(*) filter (where {self.among})"


def _seconds(start: str, end: str) -> str:
    return f"extract(epoch from {end} - {start})"


_OVER = "g.ended_at is not null"
_RESOLVED = f"{_OVER} and g.bot_messages + g.agent_messages > 0 and not g.abandoned"
_SETTLED = f"{_RESOLVED} and g.ended_at + interval '7 days' <= :now"
_WAITED = _seconds("g.entered_at", "g.taken_at")
_GAVE_UP = _seconds("g.entered_at", "g.left_at")

FIGURES: dict[str, Figure] = {
    figure.key: figure
    for figure in (
        Figure("contacts", "contacts", "count", "number"),
        Figure(
            "messages", "contacts", "sum", "number", measure="g.customer_messages + g.bot_messages + g.agent_messages"
        ),
        Figure("handed_over", "stays", "count", "number", among="g.first"),
        Figure(
            "containment",
            "contacts",
            "share",
            "share",
            among=f"{_OVER} and g.bot_messages > 0",
            counts="g.stays = 0 and g.agent_messages = 0",
            better="up",
        ),
        Figure(
            "first_response",
            "contacts",
            "median",
            "seconds",
            among="g.answered_at is not null",
            measure=_seconds("g.started_at", "g.answered_at"),
            better="down",
        ),
        Figure("wait", "stays", "mean", "seconds", among="g.outcome = 'taken'", measure=_WAITED, better="down"),
        Figure(
            "service_level",
            "stays",
            "share",
            "share",
            among=f"g.outcome = 'taken' or (g.outcome = 'abandoned' and {_GAVE_UP} > :within)",
            counts=f"g.outcome = 'taken' and {_WAITED} <= :within",
            better="up",
        ),
        Figure(
            "abandonment",
            "stays",
            "share",
            "share",
            among="g.outcome in ('taken', 'abandoned')",
            counts="g.outcome = 'abandoned'",
            better="down",
        ),
        Figure(
            "handling",
            "stays",
            "mean",
            "seconds",
            among="g.outcome = 'taken' and g.ended_at is not null",
            measure=_seconds("g.taken_at", "g.ended_at"),
            better="down",
        ),
        Figure(
            "resolution",
            "contacts",
            "median",
            "seconds",
            among=f"{_RESOLVED} and g.ending = 'closed'",
            measure=_seconds("g.started_at", "g.ended_at"),
            better="down",
        ),
        Figure(
            "first_contact_resolution",
            "contacts",
            "share",
            "share",
            among=f"{_SETTLED} and g.first_of_topic",
            counts="g.agents <= 1 and g.returned_same_at is null",
            better="up",
        ),
        Figure(
            "durable_resolution",
            "contacts",
            "share",
            "share",
            among=_SETTLED,
            counts="g.returned_at is null",
            better="up",
        ),
        Figure(
            "repeat_yourself",
            "contacts",
            "share",
            "share",
            among="g.agent_messages > 0",
            counts="g.asked_again",
            better="down",
        ),
        Figure("satisfaction", "ratings", "share", "share", counts="g.score >= 4", better="up"),
        Figure("score", "ratings", "mean", "score", measure="g.score", better="up"),
        Figure("cases", "cases", "count", "number"),
        Figure(
            "promises_kept",
            "promises",
            "share",
            "share",
            counts="g.met_at is not null and not g.late and g.breached_at is null",
            better="up",
        ),
        Figure("unanswered", "questions", "count", "number", better="down"),
        Figure("forms_sent", "forms", "count", "number", among="g.outcome = 'sent'"),
        Figure(
            "deflection",
            "forms",
            "share",
            "share",
            among="g.suggested and (g.outcome = 'sent' or g.fate in ('saved', 'returned'))",
            counts="g.fate = 'saved'",
            better="up",
        ),
        Figure("deflection_unknown", "forms", "count", "number", among="g.fate = 'unknown'"),
    )
}
"""In the order in which they are shown."""
