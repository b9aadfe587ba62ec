"""The verbs of every day: starting Relais and its parts, looking after it, writing to it."""

from __future__ import annotations

from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

verbs = typer.Typer()


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.registered_commands += verbs.registered_commands


@verbs.command()
def up(
    *,
    production: Annotated[
        bool, typer.Option(help="Refuse default secrets, demo logins and no public address.")
    ] = False,
) -> None:
    """Set up what is missing, then start everything; Ctrl-C stops it."""
    from server.supervise.up import up as start

    run(start(settings_or_exit(production=production)))


@verbs.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run every check; arguments go to pytest."""
    from server.commands.test import check

    run(check(settings_or_exit(), context.args))


@verbs.command()
def say(
    text: Annotated[str, typer.Argument(help="What the customer writes.")] = "",
    *,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the chat: fr or en.")] = None,
    button: Annotated[
        int | None, typer.Option(help="Press this button of the last reply, counted from 1.", min=1)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    url: Annotated[str | None, typer.Option(help="Address of the server; default: this machine's.")] = None,
) -> None:
    """Write to the assistant from the terminal."""
    from server.commands.say import Saying
    from server.commands.say import say as write

    if lang not in (None, "fr", "en"):
        raise typer.BadParameter("choose fr or en", param_hint="--lang")
    if not text and button is None:
        raise typer.BadParameter("write something, or press a button with --button")
    run(
        write(
            settings_or_exit(),
            Saying(text, conversation=conversation, language=lang, button=button, url=url),
            as_json=as_json,
        )
    )


@verbs.command()
def doctor() -> None:
    """Check each dependency and say what to do."""
    from server.commands.doctor import examine

    run(examine(settings_or_exit()))


@verbs.command()
def logs(
    name: Annotated[
        str | None, typer.Argument(help="One process or step only: server, bot, postgres, train, ...")
    ] = None,
    *,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on showing what is written.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", help="Lines of each log.", min=0)] = 20,
) -> None:
    """Show what the processes wrote."""
    from server.commands.logs import show

    run(show(settings_or_exit(), name, lines=lines, follow=follow))


@verbs.command()
def serve() -> None:
    """Run the server alone (stores and assistant are elsewhere)."""
    from server.commands.serve import serve as start

    run(start(settings_or_exit()), serving=True)


@verbs.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from server.commands.migrate import migrate as bring

    run(bring(settings_or_exit()))


@verbs.command()
def train(
    *,
    force: Annotated[bool, typer.Option(help="Train even if nothing has changed.")] = False,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Also write bot/taught.vectors anew, after sentences have changed.")
    ] = False,
) -> None:
    """Train the assistant if what it learns from has changed."""
    from server.commands.train import train as learn

    run(learn(settings_or_exit(), force=force, vectors=vectors))
