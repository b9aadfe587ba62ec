"""Reading a CSV file row by row, and saying what is wrong with it."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from crm_backend.importing.report import Problem, UnusableFile

LONGEST_CELL = 1_000_000
"""Characters; a longer cell is nearly always a quote that was never closed."""


@dataclass(frozen=True)
class RawRow:
    """One row. `problem` is set when its shape is wrong, and then `cells` is what could be read."""

    number: int
    cells: list[str]
    problem: Problem | None = None


class CsvFile:
    """An open CSV file: its header, its rows, and how far reading has come in bytes. Use it in a `with` block."""

    def __init__(self, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
        """Opens the file and reads its header. Raises UnusableFile."""
        self._path = path
        self._encoding = _known_encoding(encoding)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise UnusableFile("The delimiter must be one character, such as , or ; (a tab is written \\t).")
        try:
            self._raw = FileIO(path)
            self.size = path.stat().st_size
        except OSError as error:
            raise UnusableFile(f"{path.name} cannot be opened: {error.strerror}.") from None
        self._text = TextIOWrapper(BufferedReader(self._raw, 1 << 18), encoding=self._encoding, newline="")
        csv.field_size_limit(LONGEST_CELL)
        self._reader = csv.reader(self._text, delimiter=delimiter, strict=True)
        self._number = 0
        try:
            self.header = self._read_header(delimiter)
        except BaseException:
            self._text.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._text.close()

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._raw.tell()

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header but blank ones. Raises UnusableFile where the encoding turns out to be wrong."""
        width = len(self.header)
        while True:
            try:
                cells = self._next()
            except StopIteration:
                return
            except csv.Error as error:
                yield RawRow(self._number, [], Problem(self._number, "", _csv_sentence(error)))
                continue
            if cells:
                yield RawRow(self._number, cells, _shape_problem(self._number, cells, width))

    def _next(self) -> list[str]:
        self._number += 1
        try:
            return next(self._reader)
        except UnicodeDecodeError as error:
            raise UnusableFile(_encoding_sentence(self._path, self._encoding, error)) from None

    def _read_header(self, delimiter: str) -> list[str]:
        _refuse_other_unicode(self._path, self._encoding)
        try:
            header = [name.strip() for name in self._next()]
        except StopIteration:
            raise UnusableFile(f"{self._path.name} is empty.") from None
        except csv.Error as error:
            raise UnusableFile(f"The header of {self._path.name} cannot be read: {_csv_sentence(error)}") from None
        if not any(header):
            raise UnusableFile(f"The first row of {self._path.name} is blank; it must name the columns.")
        if "\0" in "".join(header):
            raise UnusableFile(f"The header of {self._path.name} holds NUL characters; is it {self._encoding} text?")
        twice = [name for name, count in Counter(header).items() if count > 1 and name]
        if twice:
            raise UnusableFile(f"The header of {self._path.name} names a column twice: {', '.join(twice)}.")
        if len(header) == 1 and (others := [other for other in ";,\t|" if other != delimiter and other in header[0]]):
            other = "\\t" if others[0] == "\t" else others[0]
            raise UnusableFile(f"{self._path.name} has one column only. Try --delimiter '{other}'.")
        return header


def _shape_problem(number: int, cells: list[str], width: int) -> Problem | None:
    if len(cells) != width:
        count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        return Problem(number, "", f"has {count} where the header has {width}.")
    if any("\0" in cell for cell in cells):
        return Problem(number, "", "holds a NUL character.")
    return None


def _csv_sentence(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark is opened and never closed; everything from there on was not read."
    if "field larger" in text:
        return f"a cell has more than {LONGEST_CELL:,} characters; probably a quotation mark is never closed."
    return f"the quotation marks are wrong ({text})."


def _encoding_sentence(path: Path, encoding: str, error: UnicodeDecodeError) -> str:
    name, guess = encoding.removesuffix("-sig"), "cp1252" if encoding.startswith("utf-8") else "utf-8"
    byte = f"byte 0x{error.object[error.start]:02x}"
    if not encoding.startswith("utf-16"):
        # The reader is ahead of the rows by a buffer, so the place is looked up line by line.
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode(name)
                except UnicodeDecodeError as found:
                    byte = f"byte 0x{line[found.start]:02x} on line {number}"
                    break
    return f"{path.name} is not {name} text: {byte} cannot be read. Try --encoding {guess}."


def _known_encoding(name: str) -> str:
    try:
        known = codecs.lookup(name).name
        "".encode(known)
    except (LookupError, ValueError):
        raise UnusableFile(f"There is no encoding called {name}; common ones are utf-8, cp1252 and utf-16.") from None
    return "utf-8-sig" if known == "utf-8" else known


def _refuse_other_unicode(path: Path, encoding: str) -> None:
    with path.open("rb") as file:
        start = file.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and not encoding.startswith("utf-16"):
        raise UnusableFile(f"{path.name} is UTF-16 text. Try --encoding utf-16.")
