"""The verbs about how well the assistant does: `./relais nlu-eval`, `nlu-bench`, `nlu-export`, `scenarios`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.verbs.running import run, settings_or_exit

verbs = typer.Typer()
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON a sentence instead of the figures.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to the application."""
    app.registered_commands += verbs.registered_commands


@verbs.command("nlu-eval")
def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file with the columns text, intent and, if wanted, language (fr, en).")
    ] = None,
    *,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="The assistant's own sentences instead, each judged as if it were new.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the trained assistant: accuracy, F1 of each intent, mistakes, out-of-scope recall, by language."""
    from server.commands.nlu import measure

    if (file is None) != held_out or (held_out and as_json):
        raise typer.BadParameter("give a FILE, or --held-out alone")
    words = ["held-out"] if file is None else ["eval", str(file.resolve())]
    run(measure(settings_or_exit(), [*words, *(["--json"] if as_json else [])], trained=True))


@verbs.command("nlu-bench")
def bench(
    train: Annotated[
        Path, typer.Argument(help="What is taught: CSV with the columns text, intent (oos: out of scope).")
    ],
    test: Annotated[Path, typer.Argument(help="What is asked, in the same columns.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Teach the assistant's pipeline an outside set and measure it on another; the assistant is not changed."""
    from server.commands.nlu import measure

    words = ["bench", str(train.resolve()), str(test.resolve())]
    run(measure(settings_or_exit(), [*words, *(["--json"] if as_json else [])], trained=False))


@verbs.command("nlu-export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write: one folder a topic, one file a language.")],
) -> None:
    """Write what supervisors said messages were about as training examples, to be read before they are used."""
    from server.commands.nlu import export as write

    run(write(settings_or_exit(), folder))


@verbs.command("scenarios")
def scenarios(
    *,
    runs: Annotated[int, typer.Option(help="How often each is played, each time by another customer.", min=1)] = 8,
    only: Annotated[str, typer.Option(help="Those whose name has this (a regular expression).")] = "",
    seed: Annotated[int, typer.Option(help="The first customer's seed; the next ones follow.", min=0)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Let simulated customers finish their business, and hold the database after it against what it should be."""
    from server.commands.scenarios import play

    words = ["--runs", str(runs), "--only", only, "--seed", str(seed), *(["--json"] if as_json else [])]
    run(play(settings_or_exit(), words))
