"""`./relais import`: customers, products, orders and their lines from CSV files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from crm_backend.database import Sessions
from crm_backend.importing.fields import Kind
from crm_backend.importing.mapping import read_mapping
from crm_backend.importing.report import KEPT_PROBLEMS, Problem, Report, UnusableFile, UnusableMapping
from crm_backend.importing.rows import CsvFile
from crm_backend.importing.services import import_file
from server.mappings import STANDARD

Database = Callable[[], AbstractAsyncContextManager[Sessions]]
"""Opens sessions on a database of the newest shape, and closes it again."""

SOME_REJECTED = 1
UNUSABLE = 2


@dataclass(frozen=True)
class Job:
    """What to import, and how."""

    kind: Kind
    file: Path
    mapping: Path = STANDARD
    dry_run: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    rejects: Path | None = None


async def run(job: Job, *, database: Database, console: Console) -> int:
    """Imports, tells the console, and returns the exit code: 0, SOME_REJECTED or UNUSABLE."""
    try:
        mapping = read_mapping(job.mapping, job.kind)
        with CsvFile(job.file, encoding=job.encoding, delimiter=job.delimiter) as file, ExitStack() as stack:
            progress = stack.enter_context(_Bar(console, file, job))
            rejects = stack.enter_context(_Rejects(job.rejects, file.header))
            async with database() as sessions, sessions() as session:
                report = await import_file(
                    session, file, mapping, name=job.file.name,
                    on_problem=rejects.add, on_batch=lambda report: progress.show(report, file.position),
                )  # fmt: skip
                await (session.rollback() if job.dry_run else session.commit())
    except (UnusableFile, UnusableMapping) as error:
        console.print(f"Nothing was imported. {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return UNUSABLE
    except SQLAlchemyError as error:
        # The text of a database error quotes the rows, which are personal data.
        cause = type(getattr(error, "orig", None) or error).__name__
        console.print(f"Nothing was imported: the database failed ({cause}).", style="red", markup=False)
        return UNUSABLE
    tell(report, job, console)
    return SOME_REJECTED if report.rejected else 0


def tell(report: Report, job: Job, console: Console) -> None:
    """The first problems and the counts."""
    for problem in report.problems:
        style = "yellow" if problem.rejected else "dim"
        console.print(str(problem), style=style, markup=False, highlight=False, soft_wrap=True)
    if (more := sum(report.reasons.values()) - len(report.problems)) > 0:
        hint = "" if job.rejects else "; --rejects FILE writes all rejected rows"
        console.print(f"… and {more:,} more after the first {KEPT_PROBLEMS}{hint}.", highlight=False)
    verb = "would be " if job.dry_run else ""
    console.print(
        f"{job.kind}: {report.rows:,} rows; {verb}created {report.created:,}, updated {report.updated:,},"
        f" unchanged {report.unchanged:,}, rejected {report.rejected:,}.",
        highlight=False,
        soft_wrap=True,
    )


class _Rejects:
    """The file of rejected rows: the original cells, so that it can be mended and imported, and what is wrong."""

    def __init__(self, path: Path | None, header: Sequence[str]) -> None:
        self._path, self._header = path, header
        self._file: TextIO | None = None
        self._last: tuple[int, Sequence[str], list[str]] | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                # Only the owner may read it: it holds customers' data.
                descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            except OSError as error:
                raise UnusableFile(f"{self._path} cannot be written: {error.strerror}.") from None
            self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*self._header, "rejected_row", "rejected_because"])
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._file:
            self._file.close()

    def add(self, problem: Problem, cells: Sequence[str]) -> None:
        """Adds a problem; the problems of one row become one row."""
        if not problem.rejected or not self._file:
            return
        if self._last and self._last[0] != problem.row:
            self._flush()
        reason = f"{problem.column}: {problem.reason}" if problem.column else problem.reason
        self._last = (problem.row, cells, [*(self._last[2] if self._last else []), reason])

    def _flush(self) -> None:
        if self._last:
            number, cells, reasons = self._last
            padded = [*cells, *[""] * (len(self._header) - len(cells))]
            self._writer.writerow([*padded, number, " ".join(reasons)])
        self._last = None


class _Bar:
    """A bar with rows a second on a terminal, and nothing elsewhere."""

    def __init__(self, console: Console, file: CsvFile, job: Job) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[speed]}"), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(f"{job.kind} from {job.file.name}", total=file.size or 1, speed="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, report: Report, position: int) -> None:
        elapsed = self._bar.tasks[0].elapsed or 0
        speed = f"{report.rows / elapsed:,.0f} rows/s" if elapsed else ""
        self._bar.update(self._task, completed=position, speed=f"{report.rows:,} rows, {speed}")
