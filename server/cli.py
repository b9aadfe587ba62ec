"""The command line: `./relais VERB`, or `python -m server VERB`."""

from __future__ import annotations

import typer

from server.verbs import access, everyday, importing, keeping, knowledge, people, understanding

app = typer.Typer(
    name="relais",
    help="A customer-service contact centre in French and English.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)
for family in (everyday, access, keeping, people, understanding, knowledge, importing):
    family.register(app)


def main() -> None:
    """Runs the verb that was asked for."""
    app(prog_name="./relais")
