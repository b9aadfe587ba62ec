"""A batch of rows on its way into the database, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.importing.reader import Record, RowReader
from crm_backend.importing.report import Problem, hinted
from crm_backend.importing.upsert import seen_before


@dataclass(frozen=True)
class Row:
    """One row of the file, read."""

    number: int
    cells: Sequence[str]
    record: Record


@dataclass
class Batch:
    """Rows with their fate. A row that is neither rejected nor created nor updated is unchanged."""

    reader: RowReader
    rows: list[Row]
    problems: list[tuple[Problem, Sequence[str]]] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    created: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self.rows if row.number not in self.rejected)

    def given(self, fields: Iterable[str]) -> list[str]:
        """Those of these fields that the file fills."""
        return [name for name in fields if name in self.reader.given]

    def reject(self, row: Row, field: str, reason: str) -> None:
        """Takes a row out, saying why."""
        self.rejected.add(row.number)
        self.problems.append((Problem(row.number, self.reader.column(field), reason), row.cells))

    def notice(self, row: Row, field: str, reason: str) -> None:
        """Says something about a row that is imported all the same."""
        self.problems.append((Problem(row.number, self.reader.column(field), reason, rejected=False), row.cells))

    async def refuse_repeats(self, session: AsyncSession, field: str, key: Callable[[Row], str], what: str) -> None:
        """Rejects rows whose key an earlier row of the file has. `what` names the thing: “the customer”."""
        first: dict[str, Row] = {}
        for row in self:
            if (found := key(row)) in first:
                self._reject_repeat(row, field, what, first[found].number)
            else:
                first[found] = row
        for repeated, number in (await seen_before(session, {key: row.number for key, row in first.items()})).items():
            self._reject_repeat(first[repeated], field, what, number)

    def _reject_repeat(self, row: Row, field: str, what: str, number: int) -> None:
        self.reject(row, field, f"{what} {hinted(str(row.record[field]))} is already on row {number}.")

    def mark(self, row: Row, *, created: bool = False, updated: bool = False) -> None:
        """Counts a row; created outweighs updated."""
        if created:
            self.created.add(row.number)
        elif updated:
            self.updated.add(row.number)


def names_of(record: dict[str, Any]) -> dict[str, str]:
    """The names by language, without empty ones."""
    return {language: name for language in ("fr", "en") if (name := record[f"name_{language}"])}
