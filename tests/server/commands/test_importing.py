"""`./relais import` at its edge: exit codes, dry run, rejects, what is printed."""

from __future__ import annotations

import csv
import io
import stat
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from crm_backend.audit.model import AuditEntry
from crm_backend.customers.model import Customer
from server.cli import app
from server.commands import importing
from server.commands.importing import Job, run

HEADER = "customer_id,first_name,email\n"
GOOD = HEADER + "c1,Ann,ann@example.com\nc2,Bob,bob@example.com\n"
MIXED = HEADER + "c1,Ann,ann@example.com\nc2,Bob,not.an.address\nc3,Eve\n"


@pytest.fixture
def bring_in(sessions, tmp_path: Path):
    async def import_text(text: str, **options) -> tuple[int, str]:
        path = tmp_path / "customers.csv"
        path.write_text(text, encoding="utf-8")

        @asynccontextmanager
        async def database():
            yield sessions

        output = io.StringIO()
        console = Console(file=output, width=200)
        code = await run(Job("customers", path, **options), database=database, console=console)
        return code, output.getvalue()

    return import_text


async def stored(sessions) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(Customer))


async def test_good_file_is_kept_and_exits_0(bring_in, sessions):
    code, output = await bring_in(GOOD)
    assert (code, await stored(sessions)) == (0, 2)
    assert output == "customers: 2 rows; created 2, updated 0, unchanged 0, rejected 0.\n"


async def test_rejected_rows_exit_1_and_the_rest_is_kept(bring_in, sessions):
    code, output = await bring_in(MIXED)
    assert (code, await stored(sessions)) == (1, 1)
    assert "row 3, column email: “no…ss” is not an e-mail address." in output
    assert "row 4: has 2 cells where the header has 3." in output
    assert "not.an.address" not in output


async def test_dry_run_tells_the_same_and_keeps_nothing(bring_in, sessions):
    code, output = await bring_in(MIXED, dry_run=True)
    assert (code, await stored(sessions)) == (1, 0)
    assert "would be created 1, updated 0, unchanged 0, rejected 2." in output
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEntry)) == 0


async def test_import_is_in_the_audit_log_without_personal_data(bring_in, sessions):
    await bring_in(MIXED)
    async with sessions() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
    assert (entry.actor, entry.action) == ("command-line", "import.customers")
    assert entry.details == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 2, "notices": 0}


async def test_rejected_rows_are_written_to_a_file_that_only_the_owner_reads(bring_in, tmp_path):
    path = tmp_path / "rejects.csv"
    await bring_in(MIXED, rejects=path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["customer_id"], row["email"], row["rejected_row"]) for row in rows] == [
        ("c2", "not.an.address", "3"),
        ("c3", "", "4"),
    ]
    assert rows[0]["rejected_because"] == "email: “no…ss” is not an e-mail address."
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_mended_rejects_can_be_imported(bring_in, sessions, tmp_path):
    path = tmp_path / "rejects.csv"
    await bring_in(MIXED, rejects=path)
    mended = (
        path.read_text(encoding="utf-8")
        .replace("not.an.address", "bob@example.com")
        .replace("c3,Eve,", "c3,Eve,e@x.fr")
    )
    code, _ = await bring_in(mended)
    assert (code, await stored(sessions)) == (0, 3)


async def test_file_that_turns_out_to_be_in_another_encoding_leaves_nothing_behind(sessions, tmp_path):
    path = tmp_path / "late.csv"
    rows = "".join(f"c{number},Ann,ann{number}@example.com\n" for number in range(20_000))
    path.write_bytes((HEADER + rows).encode() + b"c0,Zo\xe9,z@example.com\n")

    @asynccontextmanager
    async def database():
        yield sessions

    output = io.StringIO()
    code = await run(Job("customers", path), database=database, console=Console(file=output, width=200))
    assert (code, await stored(sessions)) == (2, 0)
    assert "Nothing was imported." in output.getvalue()
    assert "Try --encoding cp1252." in output.getvalue()


@pytest.mark.parametrize(
    "options", [{"encoding": "klingon"}, {"mapping": Path("missing.yml")}, {"rejects": Path("/no/where.csv")}]
)
async def test_unusable_file_or_mapping_exits_2(bring_in, sessions, options):
    code, output = await bring_in(GOOD, **options)
    assert (code, await stored(sessions)) == (2, 0)
    assert output.startswith("Nothing was imported. ")


async def test_database_that_fails_exits_2_without_showing_rows(bring_in, monkeypatch):
    async def fail(*_, **__):
        raise OperationalError("insert ann@example.com", {}, RuntimeError("gone"))

    monkeypatch.setattr(importing, "import_file", fail)
    code, output = await bring_in(GOOD)
    assert code == 2
    assert output == "Nothing was imported: the database failed (RuntimeError).\n"


def test_command_line_refuses_an_unknown_kind():
    result = CliRunner().invoke(app, ["import", "invoices", "file.csv"])
    assert result.exit_code == 2
    assert "choose one of" in result.output


def test_command_line_hands_everything_on(monkeypatch, tmp_path):
    seen: list[Job] = []

    async def remember(job: Job, **_) -> int:
        seen.append(job)
        return 1

    monkeypatch.setattr(importing, "run", remember)
    words = "import order-lines f.csv --mapping m.yml --dry-run --encoding cp1252 --delimiter \\t --rejects r.csv"
    result = CliRunner().invoke(app, words.split())
    assert result.exit_code == 1
    assert seen == [Job("order-lines", Path("f.csv"), Path("m.yml"), True, "cp1252", "\t", Path("r.csv"))]
