"""What may be set of how work is handed out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars.model import Calendar
from crm_backend.errors import Invalid
from crm_backend.routing.settings_model import MODES, STRATEGIES, Team

LONGEST = 100
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TOLD = (
    "names", "mode", "strategy", "everyone", "prefer_last", "cases", "offer_seconds", "offer_again_after",
    "missed_limit", "vanish_after", "relax_after", "overflow_team", "overflow_after", "calendar_id",
)  # fmt: skip
_BETWEEN = {
    "offer_seconds": (5, 3_600),
    "offer_again_after": (0, 86_400),
    "missed_limit": (0, 100),
    "vanish_after": (0, 86_400),
    "relax_after": (1, 86_400),
    "overflow_after": (0, 604_800),
    "level": (1, 5),
    "weight": (1, 1_000),
    "points": (0, 60),
    "capacity": (0, 10_000),
}
"""What may be set, at least and at most; times are in seconds."""
_MAY_BE_NONE = {"relax_after", "overflow_after", "overflow_team", "calendar_id"}


async def a_team(session: AsyncSession, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns given, each as the table wants it. Raises Invalid."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in TOLD:
            raise Invalid(name, "not_choice", expected=", ".join(TOLD))
        if value is None and name in _MAY_BE_NONE:
            found[name] = None
        elif name in _BETWEEN:
            found[name] = a_number(name, value)
        elif name in ("mode", "strategy"):
            choices = MODES if name == "mode" else STRATEGIES
            if value not in choices:
                raise Invalid(name, "not_choice", expected=", ".join(choices))
            found[name] = value
        elif name == "names":
            found[name] = _names(value)
        else:
            found[name] = value if name in ("overflow_team", "calendar_id") else bool(value)
    if (other := found.get("overflow_team")) is not None:
        if other == key:
            raise Invalid("overflow_team", "team_itself")
        if not KEY.fullmatch(other) or await session.get(Team, other) is None:
            raise Invalid("overflow_team", "unknown_team")
    if (calendar := found.get("calendar_id")) is not None and await session.get(Calendar, calendar) is None:
        raise Invalid("calendar_id", "no_such_thing")
    return found


def _names(given: Mapping[str, str]) -> dict[str, str]:
    names = {language: " ".join(str(given.get(language, "")).split()) for language in ("fr", "en")}
    if not all(names.values()):
        raise Invalid("names", "not_both_languages")
    if any(len(name) > LONGEST or not name.isprintable() for name in names.values()):
        raise Invalid("names", "name_too_long", most=LONGEST)
    return names


def a_number(name: str, value: Any) -> Any:
    """A number within what may be set. Raises Invalid."""
    least, most = _BETWEEN[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Invalid(name, "not_between", least=least, most=most)
    return value
