"""The verbs about what is kept of people: `./relais person`, `./relais retention`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

persons = typer.Typer(help="What is kept of a person: a copy, and erasing it.", no_args_is_help=True)
verbs = typer.Typer()
Who = Annotated[
    str, typer.Argument(help="An e-mail address, a number of the company’s systems, or an identifier of Relais.")
]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.add_typer(persons, name="person")
    app.registered_commands += verbs.registered_commands


@persons.command("export")
def person_export(who: Who, file: Annotated[Path, typer.Argument(help="The archive to write (.zip).")]) -> None:
    """Write everything that is kept of a person into an archive: JSON, pages to read, files."""
    from server.commands.privacy import copy

    run(copy(settings_or_exit(), who, file))


@persons.command("erase")
def person_erase(
    who: Who,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")] = False,
    regardless: Annotated[bool, typer.Option(help="Although an order or a case is under way.")] = False,
) -> None:
    """Show what erasing a person would do, and with --yes do it. It cannot be undone."""
    from server.commands.privacy import erase

    run(erase(settings_or_exit(), who, really=yes, regardless=regardless))


@verbs.command("retention")
def let_go(*, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False) -> None:
    """Let go of what has been kept long enough, as the server does every night."""
    from server.commands.privacy import night

    run(night(settings_or_exit(), dry_run=dry_run))
