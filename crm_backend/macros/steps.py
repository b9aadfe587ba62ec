"""What a macro can do: each step checked when it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_backend import values
from crm_backend.canned import placeholders
from crm_backend.cases.settings_model import LEVELS
from crm_backend.customers import checks
from crm_backend.errors import Invalid
from crm_backend.steps import Checks, Kinds, identifier, one_of, step_of

MOST, LONGEST_TEXT, LONGEST_WORD, LONGEST_SUMMARY = 12, 5_000, 100, 2_000
LAST = ("assign", "snooze", "close")
"""After these the agent has the conversation no more, or does not see it: nothing comes after them."""
SNOOZES = ("hour", "four_hours", "tomorrow", "week", "written")
"""For how long: `tomorrow` is nine o'clock of the next day, `week` of the same day a week on, where the company is;
`written` is until the customer writes."""
LANGUAGES = ("fr", "en")


def checked(given: Any, field: str = "steps") -> list[dict[str, Any]]:
    """The steps as they are stored. Raises Invalid, with the path of what is wrong."""
    if not isinstance(given, Sequence) or isinstance(given, str) or not 1 <= len(given) <= MOST:
        raise Invalid(field, "macro_steps", most=MOST)
    found = [_checked(each, f"{field}.{n}") for n, each in enumerate(given)]
    for n, step in enumerate(found[:-1]):
        if step["do"] in LAST:
            raise Invalid(f"{field}.{n}.do", "macro_last")
    if sum(step["do"] == "insert" for step in found) > 1:
        raise Invalid(field, "macro_one_insert")
    return found


def tags_of(steps: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """The tags that are named in some steps."""
    return {UUID(step["tag"]) for step in steps if "tag" in step}


def _checked(step: Any, field: str) -> dict[str, Any]:
    found = step_of(field, step, KINDS)
    if found["do"] in ("insert", "send") and len(found) != 2:
        raise Invalid(f"{field}.texts", "macro_texts_or_canned")
    if found["do"] == "assign" and len(found) != 2:
        raise Invalid(f"{field}.team", "macro_team_or_agent")
    return found


def _texts(value: Any, field: str) -> dict[str, str]:
    texts = values.names_of(field, value, LONGEST_TEXT, both=False, lines=False)
    for language, text in texts.items():
        placeholders.check(f"{field}.{language}", text)
    return texts


def _word(value: Any, field: str) -> str:
    return checks.text(field, value, longest=LONGEST_WORD, needed=True)


def _summary(value: Any, field: str) -> str:
    return checks.text(field, value, longest=LONGEST_SUMMARY, needed=True, lines=True)


_SAID: Checks = {"texts": _texts, "canned": _word}
KINDS: Kinds = {
    "insert": ({}, _SAID),
    "send": ({}, _SAID),
    "add_tag": ({"tag": identifier}, {}),
    "remove_tag": ({"tag": identifier}, {}),
    "set_language": ({"language": one_of(*LANGUAGES)}, {}),
    "open_case": ({"type": _word}, {"urgency": one_of(*LEVELS)}),
    "change_case": ({"status": _word}, {"reason": _word, "resolution": _word, "summary": _summary}),
    "assign": ({}, {"team": _word, "agent": identifier}),
    "snooze": ({"until": one_of(*SNOOZES)}, {}),
    "close": ({}, {}),
}
"""What each step needs, and what it may have beside."""
