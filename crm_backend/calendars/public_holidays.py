"""Public holidays by country and region."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

PLACE = r"[A-Z]{2}(-[A-Za-z0-9 ]{1,40})?"
"""A country by its ISO 3166 code, with the code of a region where one is meant: `FR`, `FR-57`, `GB-ENG`."""


@lru_cache(maxsize=64)
def known(place: str) -> holidays.HolidayBase:
    """The public holidays of a place, to ask with `in`. Raises NotImplementedError where none are known."""
    country, _, region = place.partition("-")
    return holidays.country_holidays(country, subdiv=region or None)


def is_holiday(place: str, day: date) -> bool:
    """Whether a day is one. Raises NotImplementedError for a place that is not known."""
    return day in known(place)
