"""How fast customers are imported: makes a file of 100,000 rows, imports it twice, prints rows a second and memory.

    .venv/bin/python -m benchmarks.imports [rows]

Into the database of the settings, or the private one; customers whose external identifier begins with `bench-` are
deleted afterwards.
"""

from __future__ import annotations

import asyncio
import csv
import sys
import tempfile
import time
from pathlib import Path

import psutil
from sqlalchemy import delete

from crm_backend.customers.model import Customer
from crm_backend.database import Sessions
from crm_backend.importing.mapping import read_mapping
from crm_backend.importing.report import Report
from crm_backend.importing.rows import CsvFile
from crm_backend.importing.services import import_file
from server import secrets
from server.commands.importing import STANDARD
from server.supervise.records import open_sessions

COLUMNS = (
    "customer_id", "first_name", "last_name", "language", "email", "phone",
    "address1", "address2", "city", "region", "postcode", "country",
)  # fmt: skip


def write_customers(path: Path, rows: int) -> None:
    """A file in our own column names."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(rows):
            person = (f"bench-{number}", f"Zoé{number % 977}", f"Lefèvre{number % 1409}", "fr")
            reached = (f"bench.{number}@example.fr", f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}")
            home = (f"{number % 200} rue des Tilleuls", "", "Lyon", "", f"{69001 + number % 9}", "FR")
            writer.writerow((*person, *reached, *home))


async def measure(sessions: Sessions, path: Path) -> tuple[Report, float, float]:
    """The report, seconds, and growth of the peak of resident memory in MB."""
    process = psutil.Process()
    before = peak = process.memory_info().rss

    def look(_: Report) -> None:
        nonlocal peak
        peak = max(peak, process.memory_info().rss)

    start = time.perf_counter()
    with CsvFile(path) as file:
        async with sessions.begin() as session:
            mapping = read_mapping(STANDARD, "customers")
            report = await import_file(session, file, mapping, name=path.name, on_batch=look)
    return report, time.perf_counter() - start, (peak - before) / 2**20


async def main(rows: int) -> None:
    async with open_sessions(secrets.load()) as sessions:
        await compare(sessions, rows)


async def compare(sessions: Sessions, rows: int) -> None:
    """Imports the same file twice: all of it new, then all of it unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_customers(path, rows)
        try:
            for run in ("first", "again"):
                report, seconds, growth = await measure(sessions, path)
                print(
                    f"{run}: {report.rows:,} rows in {seconds:.1f} s, {report.rows / seconds:,.0f} rows/s,"
                    f" memory +{growth:.0f} MB; created {report.created:,}, updated {report.updated:,},"
                    f" unchanged {report.unchanged:,}, rejected {report.rejected:,}"
                )
        finally:
            async with sessions.begin() as session:
                await session.execute(delete(Customer).where(Customer.external_id.like("bench-%")))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
