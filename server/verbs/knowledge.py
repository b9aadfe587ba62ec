"""The verbs about articles and how they are found: `./relais knowledge`, `search-eval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

knowledge = typer.Typer(help="Articles of the knowledge base.", no_args_is_help=True)
verbs = typer.Typer()


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.add_typer(knowledge, name="knowledge")
    app.registered_commands += verbs.registered_commands


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


@verbs.command("search-eval")
def search_eval(
    file: Annotated[Path, typer.Argument(help="CSV with the columns question, article (address or key) and language.")],
    *,
    misses: Annotated[bool, typer.Option("--misses", help="Show the questions whose article is not first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how often search finds the right article: hit@1, hit@3 and MRR by language."""
    from server.commands.search_eval import measure

    run(measure(settings_or_exit(), file, misses=misses, as_json=as_json))
