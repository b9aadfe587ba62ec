"""Importing one file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit import services as audit
from crm_backend.importing.batch import Batch, Row
from crm_backend.importing.customers import store_customers
from crm_backend.importing.fields import Kind
from crm_backend.importing.mapping import Mapping
from crm_backend.importing.order_lines import store_order_lines
from crm_backend.importing.orders import store_orders
from crm_backend.importing.products import store_products
from crm_backend.importing.reader import RowReader
from crm_backend.importing.report import Problem, Report
from crm_backend.importing.rows import CsvFile, RawRow
from crm_backend.importing.upsert import forget_seen

BATCH = 1000
"""Rows that are read and written together."""

OnProblem = Callable[[Problem, Sequence[str]], None]
OnBatch = Callable[[Report], None]

_STORE: dict[Kind, Callable[[AsyncSession, Batch], Awaitable[None]]] = {
    "customers": store_customers,
    "products": store_products,
    "orders": store_orders,
    "order-lines": store_order_lines,
}
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(7235202)"


async def import_file(
    session: AsyncSession,
    file: CsvFile,
    mapping: Mapping,
    *,
    name: str,
    on_problem: OnProblem | None = None,
    on_batch: OnBatch | None = None,
) -> Report:
    """Reads the file in batches and stores its rows in the caller's transaction; rolling that back is a dry run.

    A row that is wrong is reported and left out. The same file twice changes nothing. Memory stays flat. Raises
    UnusableFile, also midway: then the caller's transaction must not be committed.
    """
    reader = RowReader(mapping, file.header, file=name)
    await session.execute(text(_ONE_AT_A_TIME))
    await forget_seen(session)
    report = Report()
    rows = file.rows()
    while raw := list(islice(rows, BATCH)):
        batch = _read(reader, raw)
        await _STORE[mapping.kind](session, batch)
        _count(report, batch, len(raw), on_problem)
        if on_batch:
            on_batch(report)
    counts: dict[str, Any] = {key: value for key, value in asdict(report).items() if isinstance(value, int)}
    audit.record(session, actor="command-line", action=f"import.{mapping.kind}", subject=("file", name), **counts)
    return report


def _read(reader: RowReader, raw: list[RawRow]) -> Batch:
    batch = Batch(reader, [])
    for number, cells, problem in _flat(raw):
        record, problems = ({}, [problem]) if problem else reader.read(number, cells)
        if problems:
            batch.rejected.add(number)
            batch.problems += [(found, cells) for found in problems]
        else:
            batch.rows.append(Row(number, cells, record))
    return batch


def _flat(raw: list[RawRow]) -> Iterator[tuple[int, list[str], Problem | None]]:
    return ((row.number, row.cells, row.problem) for row in raw)


def _count(report: Report, batch: Batch, rows: int, on_problem: OnProblem | None) -> None:
    report.created += len(batch.created)
    report.updated += len(batch.updated)
    report.rejected += len(batch.rejected)
    report.unchanged += rows - len(batch.created) - len(batch.updated) - len(batch.rejected)
    for problem, cells in sorted(batch.problems, key=lambda found: found[0].row):
        report.keep(problem)
        if on_problem:
            on_problem(problem, cells)
