"""What an import says: what stops it, what is wrong with a row, and how many rows became what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from crm_backend.errors import BadInput

KEPT_PROBLEMS = 50
"""Problems a report keeps in full; all of them go to the caller as they are found, so that memory stays flat."""


class UnusableFile(BadInput):
    """The file cannot be read as what it should be; nothing was imported."""


class UnusableMapping(BadInput):
    """The mapping file is not one; nothing was imported."""


class BadValue(BadInput):
    """A cell does not hold what our field needs. The text ends a sentence that begins with the column's name."""


@dataclass(frozen=True)
class Problem:
    """Something wrong with one row. `row` counts as a spreadsheet does: the header is row 1."""

    row: int
    column: str
    reason: str
    rejected: bool = True

    def __str__(self) -> str:
        place = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.reason}"


@dataclass
class Report:
    """Counts of rows by what became of them, and the first problems."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    notices: int = 0
    problems: list[Problem] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """Rows looked at so far."""
        return self.created + self.updated + self.unchanged + self.rejected

    def keep(self, problem: Problem) -> None:
        """Remembers a problem, in full while there is room."""
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)
        self.reasons[problem.column] += 1
        if not problem.rejected:
            self.notices += 1


_LONG_NUMBER = re.compile(r"\d(?:[\s.-]?\d){6,}")
_EMAIL = re.compile(r"([^\s@])[^\s@]*@(\S+)")
_SHOWN = 30


def hinted(value: str) -> str:
    """Enough of a personal value to recognise it in one's own file, and no more: `n…2@example.com`, `no…81`."""
    name, at, domain = value.strip().partition("@")
    if at:
        return f"{name[:1]}…@{domain[:_SHOWN]}"
    return f"{name[:2]}…{name[-2:]}" if len(name) > 6 else "…"


def shown(value: str) -> str:
    """A value of a field that is not personal (a status, a price), cut short; what looks personal in it is masked."""
    text = _EMAIL.sub(r"\1…@\2", value)
    text = _LONG_NUMBER.sub(lambda found: found[0][:2] + "…", text)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
