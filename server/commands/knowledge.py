"""`./relais knowledge`: test questions, and search's index."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Column, Table

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.knowledge import coverage, indexing, publishing
from crm_backend.knowledge.coverage import Outcome
from server.embedding import Embedder
from server.settings import Settings
from server.supervise.records import open_sessions

TOO_FEW = 1


async def test(settings: Settings, *, language: str | None, least: float) -> int:
    """Runs all test questions and prints the shares and those that did not come first; TOO_FEW below `least`."""
    embedder = Embedder(settings.var / "vectors")
    async with open_sessions(settings) as sessions, sessions.begin() as session:
        outcomes = await coverage.run(session, actor=COMMAND_LINE, embed=embedder.several, language=language)
        untested = await coverage.untested(session, actor=COMMAND_LINE)
    if not outcomes:
        print("relais: no published article has a test question", file=sys.stderr)
        return 0
    console = Console()
    _misses(console, [outcome for outcome in outcomes if outcome.rank != 1])
    shares = [share for share in coverage.shares(outcomes) if share.questions]
    for share in shares:
        console.print(
            f"{share.language}: {share.questions} questions, {share.first / share.questions:.0%} find their article"
            f" first, {share.among_first / share.questions:.0%} among the first {coverage.LOOKED_AT}.",
            highlight=False,
        )
    console.print(f"{untested} published texts have no test question.", highlight=False)
    found = sum(share.first for share in shares) / len(outcomes)
    return TOO_FEW if found < least else 0


def _misses(console: Console, outcomes: list[Outcome]) -> None:
    """Prints the questions whose article was not first, by article."""
    if not outcomes:
        return
    table = Table(Column("Article"), Column("", width=2), Column("Question"), Column("Rank"), Column("First instead"))
    for outcome in sorted(outcomes, key=lambda one: (one.key, one.language)):
        rank = "–" if outcome.rank is None else str(outcome.rank)
        table.add_row(outcome.key, outcome.language, outcome.question, rank, outcome.instead or "–")
    console.print(table)


async def reindex(settings: Settings) -> int:
    """Makes the index of search anew, the passages with their vectors too."""
    embedder = Embedder(settings.var / "vectors")
    async with open_sessions(settings) as sessions:
        async with sessions.begin() as session:
            await indexing.rebuild(session)
            await publishing.forget_places(session)
        while True:
            async with sessions() as session:
                behind = await publishing.behind(session, limit=50)
            done = 0
            for translation_id, texts in behind:
                vectors = await embedder.several(texts)
                async with sessions.begin() as session:
                    done += await publishing.catch_up(session, translation_id, texts=texts, vectors=vectors)
            if not done:
                return 0
