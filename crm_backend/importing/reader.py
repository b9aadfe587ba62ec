"""Turning a row's cells into our fields, as a section of a mapping says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from crm_backend.importing.fields import FIELDS, Field
from crm_backend.importing.mapping import Mapping, Spec
from crm_backend.importing.report import BadValue, Problem, UnusableFile
from crm_backend.importing.values import Format, parser

Record = dict[str, Any]
Extract = Callable[[Sequence[str]], Any]


class RowReader:
    """Reads rows of one file. `given` are the fields that the file fills; others are left as they are stored."""

    def __init__(self, mapping: Mapping, header: Sequence[str], *, file: str) -> None:
        """Raises UnusableFile when a column that the mapping needs is not in the header."""
        index = {name: at for at, name in enumerate(header) if name}
        fields = FIELDS[mapping.kind]
        specs = mapping.fields
        absent = {name: [column for column in spec.reads if column not in index] for name, spec in specs.items()}
        missing = sorted({column for name, columns in absent.items() if not specs[name].optional for column in columns})
        if missing:
            raise UnusableFile(
                f"{file} has no column {', '.join(missing)}, which {mapping.source} asks for."
                f" Its columns are: {', '.join(index)}."
            )
        self._columns = {
            name: _Cell(spec, fields[name], index, mapping) for name, spec in specs.items() if not absent[name]
        }
        self.given = frozenset(self._columns)
        self._others = {name: field.empty for name, field in fields.items() if name not in self._columns}

    def column(self, field: str) -> str:
        """What the file calls a field of ours."""
        cell = self._columns.get(field)
        return cell.name if cell else field

    def read(self, number: int, cells: Sequence[str]) -> tuple[Record, list[Problem]]:
        """The row's values by field, and everything that is wrong with it."""
        record: Record = dict(self._others)
        problems = []
        for field, cell in self._columns.items():
            try:
                record[field] = cell.value(cells)
            except BadValue as error:
                problems.append(Problem(number, cell.name, str(error)))
        return record, problems


class _Cell:
    """One field's way from cells to value."""

    def __init__(self, spec: Spec, field: Field, index: dict[str, int], mapping: Mapping) -> None:
        self.name = " + ".join(spec.reads) or "(constant)"
        self._spec, self._field = spec, field
        self._extract = _extractor(spec, index)
        self._map = {word.casefold(): meaning for word, meaning in (spec.map or {}).items()}
        self._required = spec.required or field.required
        zone = ZoneInfo(spec.timezone) if spec.timezone else mapping.timezone
        form = Format(decimal=spec.decimal or mapping.decimal, dates=tuple(spec.dates or ()), zone=zone)
        self._parse = parser(field.type, form)

    def value(self, cells: Sequence[str]) -> Any:
        found = self._extract(cells)
        if isinstance(found, dict):
            return self._filled(found)
        parts = self._parts(found)
        if not parts:
            return self._filled(None)
        if self._field.many:
            return tuple(dict.fromkeys(self._parse(part) for part in parts))
        if len(parts) > 1:
            raise BadValue("holds several values where one is needed; say `take: first` or `take: last`.")
        return self._parse(parts[0])

    def _filled(self, found: Any) -> Any:
        if not found and self._required:
            raise BadValue("is empty.")
        return found or self._field.empty

    def _parts(self, text: str) -> list[str]:
        spec = self._spec
        if spec.split is None and not spec.strip_prefix and not self._map and text:
            return [text]
        parts = text.split(spec.split) if spec.split else [text]
        parts = [part.strip().removeprefix(spec.strip_prefix or "").strip() for part in parts]
        parts = [self._map.get(part.casefold(), part) for part in parts if part]
        parts = [part for part in parts if part] or ([spec.default] if spec.default else [])
        if spec.take == "all":
            return parts
        return parts[:1] if spec.take == "first" else parts[-1:]


def _extractor(spec: Spec, index: dict[str, int]) -> Extract:
    if spec.column is not None:
        at = index[spec.column]
        return lambda cells: cells[at].strip()
    if spec.constant is not None:
        constant = spec.constant
        return lambda cells: constant
    if spec.join is not None:
        places = [index[column] for column in spec.join]
        return lambda cells: spec.separator.join(part for at in places if (part := cells[at].strip()))
    named = {name: index[column] for name, column in (spec.columns or {}).items()}
    return lambda cells: {name: part for name, at in named.items() if (part := cells[at].strip())}
