"""The verbs about who may enter: `./relais user`, `./relais key`."""

from __future__ import annotations

from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

users = typer.Typer(help="Agents of the desk and their passwords.", no_args_is_help=True)
keys = typer.Typer(help="Keys by which programs use the API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.add_typer(users, name="user")
    app.add_typer(keys, name="key")


@users.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="Address to sign in with.")],
    *,
    name: Annotated[str, typer.Option(help="First and last name; customers see the first.", prompt=True)],
    role: Annotated[
        str, typer.Option(help="agent, senior_agent, knowledge_editor, supervisor, admin, auditor or your own.")
    ] = "agent",
    language: Annotated[str, typer.Option("--lang", help="Language of the desk: fr or en.")] = "fr",
) -> None:
    """Add an agent; a password is asked for, or made when nobody can type it."""
    from server.commands.users import NewUser, add

    run(add(settings_or_exit(), NewUser(email, name, role, language)))


@users.command("password")
def user_password(email: Annotated[str, typer.Argument(help="Whose password to change.")]) -> None:
    """Give an agent a new password; sessions end."""
    from server.commands.users import change_password

    run(change_password(settings_or_exit(), email))


@users.command("second-factor-off")
def user_second_factor_off(email: Annotated[str, typer.Argument(help="Whose second factor to remove.")]) -> None:
    """Remove an agent's second factor, when the phone is lost; sessions end."""
    from server.commands.users import remove_second_factor

    run(remove_second_factor(settings_or_exit(), email))


@users.command("list")
def user_list() -> None:
    """List the agents."""
    from server.commands.users import show

    run(show(settings_or_exit()))


@keys.command("add")
def key_add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    *,
    scope: Annotated[list[str], typer.Option(help="A permission it gives, such as orders.read; may be repeated.")],
    days: Annotated[int | None, typer.Option(help="Days until it expires; default: never.", min=1, max=36_500)] = None,
    per_minute: Annotated[int, typer.Option(help="Requests a minute.", min=1, max=100_000)] = 600,
) -> None:
    """Make a key; it is printed this once."""
    from server.commands.keys import add

    run(add(settings_or_exit(), name=name, scopes=scope, days=days, per_minute=per_minute))


@keys.command("list")
def key_list() -> None:
    """List the keys."""
    from server.commands.keys import show

    run(show(settings_or_exit()))


@keys.command("revoke")
def key_revoke(key: Annotated[str, typer.Argument(help="Its id, or its beginning as the list shows it.")]) -> None:
    """End a key at once."""
    from server.commands.keys import revoke

    run(revoke(settings_or_exit(), key))
