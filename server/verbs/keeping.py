"""The verbs that keep data and show that it was kept: `./relais audit`, `export`, `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

audits = typer.Typer(help="The audit log: sealed, and shown to be untouched.", no_args_is_help=True)
verbs = typer.Typer()
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file whose text encrypts the backup.")
]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.add_typer(audits, name="audit")
    app.registered_commands += verbs.registered_commands


@audits.command("verify")
def audit_verify(
    *, head: Annotated[str | None, typer.Option(help="A head that was printed before and kept elsewhere.")] = None
) -> None:
    """Check that no entry was changed, removed or put in; exit code 1 if one was."""
    from server.commands.audit import verify

    run(verify(settings_or_exit(), kept=head))


@audits.command("seal")
def audit_seal() -> None:
    """Chain the entries that are new; the running server does so by itself."""
    from server.commands.audit import seal

    run(seal(settings_or_exit()))


@verbs.command()
def export(
    table: Annotated[str, typer.Argument(help="The table; without one, they are listed.")] = "",
    *,
    bom: Annotated[bool, typer.Option(help="Begin with the mark by which Excel knows UTF-8.")] = False,
) -> None:
    """Write a table as CSV to standard output."""
    from server.commands.export import export as write

    run(write(settings_or_exit(), table, bom=bom))


@verbs.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.")], *, passphrase_file: PassphraseFile = None
) -> None:
    """Write the database and the files that it speaks of into one file, while everything runs."""
    from server.commands.backup import backup as take

    run(take(settings_or_exit(), file, passphrase_file=passphrase_file))


@verbs.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Delete what the database holds now.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Check a backup and restore it, wholly or not at all. Stop Relais first."""
    from server.commands.backup import restore as put_back

    run(put_back(settings_or_exit(), file, replace=replace, passphrase_file=passphrase_file))
