"""The verb that brings in records of other systems: `./relais import`."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_backend.importing.fields import KINDS
from server.mappings import STANDARD
from server.verbs.running import run, settings_or_exit

if TYPE_CHECKING:
    from crm_backend.database import Sessions

verbs = typer.Typer()
_LISTED = ", ".join(KINDS)
_KINDS = f"One of {_LISTED}."


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.registered_commands += verbs.registered_commands


@verbs.command("import")
def bring_in(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_KINDS)],
    file: Annotated[Path, typer.Argument(help="The CSV file.")],
    *,
    mapping: Annotated[Path, typer.Option(help="Which column fills which field; see docs/import.md.")] = STANDARD,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, and keep nothing.")] = False,
    encoding: Annotated[str, typer.Option(help="Text encoding of the file.")] = "utf-8",
    delimiter: Annotated[str, typer.Option(help="What separates the cells; \\t is a tab.")] = ",",
    rejects: Annotated[Path | None, typer.Option(help="Write the rejected rows to this file.")] = None,
) -> None:
    """Import customers, products, orders or order-lines from a CSV file. The same file twice changes nothing."""
    known = {name: name for name in KINDS}.get(kind)  # type: ignore[call-overload]
    if known is None:
        raise typer.BadParameter(f"{kind} cannot be imported; choose one of {_LISTED}.")
    from rich.console import Console

    from server.commands import importing

    separator = "\t" if delimiter == "\\t" else delimiter
    job = importing.Job(known, file, mapping, dry_run, encoding, separator, rejects)
    run(importing.run(job, database=_database, console=Console(stderr=True)))


def _database() -> AbstractAsyncContextManager[Sessions]:
    """Opened after the file was looked at: one that cannot be used is told of first."""
    from server.supervise.records import open_sessions

    return open_sessions(settings_or_exit())
