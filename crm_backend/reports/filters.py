"""What narrows a report: a team, an agent, a channel, a topic, a language; and the seconds of its service level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_backend.errors import Invalid
from crm_backend.reports.grains import DIMENSIONS, Grain

LONGEST_VALUE = 100
NONE = "-"
"""Those without a team, an agent, a channel or a topic."""
WITHIN, MOST_WITHIN = 60, 7 * 86_400


@dataclass(frozen=True)
class Filters:
    """Values by dimension; `within` is in seconds."""

    team: str | None = None
    agent: str | None = None
    channel: str | None = None
    topic: str | None = None
    language: str | None = None
    within: int = WITHIN

    @property
    def given(self) -> dict[str, str]:
        """Those that are set."""
        found = {name: getattr(self, name) for name in DIMENSIONS}
        return {name: value for name, value in found.items() if value is not None}

    def fit(self, grain: Grain) -> bool:
        """Whether the grain has every dimension that is asked for: else it would tell more than was asked."""
        return self.given.keys() <= grain.dims.keys()

    def where(self, grain: Grain) -> tuple[str, dict[str, Any]]:
        """The SQL condition, and its parameters."""
        conditions, given = ["true"], dict[str, Any]()
        for name, value in self.given.items():
            if value == NONE:
                conditions.append(f"{grain.dims[name]} is null")
            else:
                conditions.append(f"{grain.dims[name]} = :{name}")
                given[name] = UUID(value) if name == "agent" else value
        return " and ".join(conditions), given

    def as_given(self) -> dict[str, Any]:
        """As it is kept, and read again by `filters_of`."""
        return {**self.given, "within": self.within}


def filters_of(given: Mapping[str, Any]) -> Filters:
    """What narrows a report, from plain values by name; empty ones narrow nothing. Raises Invalid."""
    found: dict[str, str] = {}
    for name in DIMENSIONS:
        value = given.get(name)
        if value in (None, ""):
            continue
        if not isinstance(value, str) or len(value) > LONGEST_VALUE or "\x00" in value:
            raise Invalid(name, "not_text")
        found[name] = value
    if (agent := found.get("agent")) not in (None, NONE):
        try:
            found["agent"] = str(UUID(agent))
        except ValueError:
            raise Invalid("agent", "unknown_colleague") from None
    return Filters(**found, within=_within(given.get("within")))


def _within(given: object) -> int:
    if given in (None, ""):
        return WITHIN
    try:
        seconds = int(str(given))
    except ValueError:
        raise Invalid("within", "report_within", most=MOST_WITHIN) from None
    if not 1 <= seconds <= MOST_WITHIN:
        raise Invalid("within", "report_within", most=MOST_WITHIN)
    return seconds
