"""The command line: `./relais VERB`, or `python -m server VERB`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from server import persons, safekeeping, secrets, understanding
from server.settings import Settings

if TYPE_CHECKING:
    from crm_backend.database import Sessions

app = typer.Typer(
    name="relais",
    help="A customer-service contact centre in French and English.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)
users = typer.Typer(help="Agents of the desk and their passwords.", no_args_is_help=True)
app.add_typer(users, name="user")
keys = typer.Typer(help="Keys by which programs use the API.", no_args_is_help=True)
app.add_typer(keys, name="key")
knowledge = typer.Typer(help="Articles of the knowledge base.", no_args_is_help=True)
app.add_typer(knowledge, name="knowledge")


def main() -> None:
    """Runs the verb that was asked for."""
    _add_import()
    app(prog_name="./relais")


def settings_or_exit(*, production: bool = False) -> Settings:
    """The settings with their secrets; ends the program with one line for every setting that is wrong."""
    try:
        settings = Settings()
        if production:
            settings = settings.model_copy(update={"production": True})
        return secrets.load(settings)
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper().removeprefix("RELAIS_")
            variable = name if name.endswith("_URL") and name[:-4] in ("DATABASE", "REDIS") else f"RELAIS_{name}"
            print(f"relais: {variable}: {fault['msg']}", file=sys.stderr)
        raise typer.Exit(1) from None


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop, where it runs."""
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


def run(work: Coroutine[Any, Any, int], *, serving: bool = False) -> None:
    """Runs a verb to its exit code. What serves runs on the faster loop where there is one."""
    try:
        with asyncio.Runner(loop_factory=fast_loop() if serving else None) as runner:
            code = runner.run(work)
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


@app.command()
def up(
    *,
    production: Annotated[
        bool, typer.Option(help="Refuse default secrets, demo logins and no public address.")
    ] = False,
) -> None:
    """Set up what is missing, then start everything; Ctrl-C stops it."""
    from server.supervise.up import up as start

    run(start(settings_or_exit(production=production)))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run every check; arguments go to pytest."""
    from server.commands.test import check

    run(check(settings_or_exit(), context.args))


@app.command()
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


@app.command()
def doctor() -> None:
    """Check each dependency and say what to do."""
    from server.commands.doctor import examine

    run(examine(settings_or_exit()))


@app.command()
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


@app.command()
def serve() -> None:
    """Run the server alone (stores and assistant are elsewhere)."""
    from server.commands.serve import serve as start

    run(start(settings_or_exit()), serving=True)


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    from server.commands.migrate import migrate as bring

    run(bring(settings_or_exit()))


@app.command()
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


safekeeping.register(app)
persons.register(app)
understanding.register(app)


@knowledge.command("test")
def knowledge_test(
    *,
    language: Annotated[str | None, typer.Option("--lang", help="Only questions in this language: fr or en.")] = None,
    least: Annotated[
        float, typer.Option(help="Fail when fewer questions than this share find their article first.", min=0, max=1)
    ] = 0.0,
) -> None:
    """Ask every article's test questions and show which find it."""
    from server.commands.knowledge import test as examine

    if language not in (None, "fr", "en"):
        raise typer.BadParameter("choose fr or en", param_hint="--lang")
    run(examine(settings_or_exit(), language=language, least=least))


@knowledge.command("reindex")
def knowledge_reindex() -> None:
    """Make search's index anew from what is published, after articles were written past Relais."""
    from server.commands.knowledge import reindex

    run(reindex(settings_or_exit()))


@knowledge.command("import")
def knowledge_import(
    path: Annotated[Path, typer.Argument(help="A folder, or a .md, .html, .csv or .json file.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be done, and keep nothing.")] = False,
    language: Annotated[
        str | None, typer.Option("--language", "--lang", help="Language of texts that do not say theirs: fr or en.")
    ] = None,
) -> None:
    """Bring in articles that were written elsewhere. The same files twice change nothing."""
    from server.commands.articles import bring_in

    if language not in (None, "fr", "en"):
        raise typer.BadParameter("choose fr or en", param_hint="--language")
    run(bring_in(settings_or_exit(), path, language=language, dry=dry_run))


@knowledge.command("export")
def knowledge_export(folder: Annotated[Path, typer.Argument(help="The folder to write to.")]) -> None:
    """Write every published text and every draft as Markdown files, with their pictures."""
    from server.commands.articles import write_out

    run(write_out(settings_or_exit(), folder))


@app.command("search-eval")
def search_eval(
    file: Annotated[Path, typer.Argument(help="CSV with the columns question, article (address or key) and language.")],
    *,
    misses: Annotated[bool, typer.Option("--misses", help="Show the questions whose article is not first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how often search finds the right article: hit@1, hit@3 and MRR by language."""
    from server.commands.search_eval import measure

    run(measure(settings_or_exit(), file, misses=misses, as_json=as_json))


def _add_import() -> None:
    from server.commands import importing

    @asynccontextmanager
    async def database() -> AsyncIterator[Sessions]:
        from server.supervise.records import open_sessions

        async with open_sessions(settings_or_exit()) as sessions:
            yield sessions

    importing.register(app, database=database)
