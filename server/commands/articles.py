"""`./relais knowledge import` and `./relais knowledge export`: articles from files, and as files."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from crm_backend.access.actor import COMMAND_LINE
from server.articles import bringing, reading, writing
from server.articles.bringing import Report
from server.articles.document import Refused
from server.embedding import Embedder
from server.files import file_store
from server.settings import Settings
from server.supervise.records import open_sessions

SOME_REFUSED, UNUSABLE = 1, 2
SHOWN = 200
WHAT = {
    "new": "published, new",
    "changed": "published anew",
    "same": "unchanged",
    "draft": "kept as a draft",
    "beside": "edited here since: the text from outside is a draft beside it",
    "kept": "edited here since, unchanged outside: left as it is here",
    "left": "archived outside: left as it is here",
}


async def bring_in(settings: Settings, path: Path, *, language: str | None, dry: bool) -> int:
    """Imports, and tells what became of each article; SOME_REFUSED when some were not taken, UNUSABLE when there was
    nothing to read."""
    console = Console()
    try:
        found = reading.read(path, language=language)
    except Refused as error:
        print(f"relais: {error}", file=sys.stderr)
        return UNUSABLE
    embedder = Embedder(settings.var / "vectors")
    async with open_sessions(settings) as sessions:
        files = file_store(settings, sessions)
        report = await bringing.bring_all(
            sessions, found, actor=COMMAND_LINE, files=files, embed=embedder.several, dry=dry
        )
    _tell(console, report, dry=dry)
    return SOME_REFUSED if report.refused else 0


def _tell(console: Console, report: Report, *, dry: bool) -> None:
    changes = [one for one in report.done if one[2] not in ("same", "left", "kept")]
    for title, rows in (
        ("Would do" if dry else "Done", [(source, f"{language}: {WHAT[what]}") for source, language, what in changes]),
        ("Not taken", report.refused),
        ("To look at", report.warnings),
    ):
        if rows:
            table = Table(Column(title, overflow="fold"), Column("", overflow="fold"))
            for row in rows[:SHOWN]:
                # The name of a file need not be text.
                table.add_row(*(each.encode(errors="replace").decode() for each in row))
            console.print(table, highlight=False, markup=False)
            if len(rows) > SHOWN:
                console.print(f"… and {len(rows) - SHOWN} more.", highlight=False)
    counted = Counter(what for _, _, what in report.done)
    told = [f"{counted[what]} {words}" for what, words in WHAT.items() if counted[what]]
    told += [f"{len(report.refused)} not taken"] if report.refused else []
    console.print(("Nothing was kept. " if dry else "") + ("; ".join(told) or "no articles") + ".", highlight=False)


async def write_out(settings: Settings, folder: Path) -> int:
    """Exports every published text and every draft; UNUSABLE where the folder cannot be written."""
    async with open_sessions(settings) as sessions, sessions() as session:
        try:
            written = await writing.write(session, folder, actor=COMMAND_LINE, files=file_store(settings, sessions))
        except OSError as error:
            print(f"relais: {folder}: {error.strerror or error}", file=sys.stderr)
            return UNUSABLE
    for one in written.gone:
        print(f"relais: a file is gone: {one}", file=sys.stderr)
    print(f"{written.texts} texts and {written.files} files in {folder}.")
    return 0
