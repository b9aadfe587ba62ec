"""`./relais search-eval`: how often search finds the right article, measured on labelled questions."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.knowledge import measuring
from crm_backend.knowledge.measuring import Asked, Labelled, Quality
from server.embedding import Embedder
from server.settings import Settings
from server.supervise.records import open_sessions

NEEDED = {"question", "article", "language"}
LONGEST = 500


class BadFile(Exception):
    """The file is not what is wanted; the message says where."""


def read(path: Path) -> list[Labelled]:
    """The rows of a CSV file with the columns question, article (its address or key; several with | between) and
    language. Raises BadFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := NEEDED - set(reader.fieldnames or ()):
                raise BadFile(f"{path}: the first line must name question, article and language; missing: "
                              f"{', '.join(sorted(missing))}")  # fmt: skip
            rows = [_labelled(row, f"{path}, line {reader.line_num}") for row in reader]
    except FileNotFoundError:
        raise BadFile(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path}: cannot be read as CSV in UTF-8 ({error})") from None
    if not rows:
        raise BadFile(f"{path}: no questions")
    return rows


def _labelled(row: dict[str, str | None], where: str) -> Labelled:
    question, article, language = ((row.get(name) or "").strip() for name in ("question", "article", "language"))
    names = tuple(name.strip() for name in article.split("|") if name.strip())
    if not question or not names:
        raise BadFile(f"{where}: question and article must not be empty")
    if len(question) > LONGEST:
        raise BadFile(f"{where}: the question is longer than {LONGEST} characters")
    if language not in ("fr", "en"):
        raise BadFile(f"{where}: language must be fr or en")
    return Labelled(question, language, names)


async def measure(settings: Settings, path: Path, *, misses: bool, as_json: bool) -> int:
    """Prints hit@1, hit@3 and MRR by language; 1 when the file cannot be used."""
    try:
        labelled = read(path)
    except BadFile as error:
        print(f"relais: {error}", file=sys.stderr)
        return 1
    embedder = Embedder(settings.var / "vectors")
    async with open_sessions(settings) as sessions, sessions() as session:
        if unknown := await measuring.unknown(session, labelled):
            print(f"relais: no such published article: {', '.join(unknown[:10])}", file=sys.stderr)
            return 1
        asked = await measuring.ask(session, actor=COMMAND_LINE, labelled=labelled, embed=embedder.several)
    (_print_json if as_json else _print)(measuring.quality(asked), asked if misses else [])
    return 0


def _print_json(shares: list[Quality], asked: list[Asked]) -> None:
    told = {"languages": [asdict(share) for share in shares]}
    if asked:
        told["misses"] = [
            {**asdict(one.labelled), "rank": one.rank, "first": one.first} for one in asked if one.rank != 1
        ]
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _print(shares: list[Quality], asked: list[Asked]) -> None:
    console = Console()
    if wrong := [one for one in asked if one.rank != 1]:
        table = Table(Column("", width=2), Column("Question"), Column("Article"), Column("Rank"), Column("First"))
        for one in wrong:
            label = one.labelled
            table.add_row(
                label.language, label.question, " or ".join(label.articles), str(one.rank or "–"), one.first or "–"
            )
        console.print(table)
    for share in shares:
        console.print(
            f"{share.language}: {share.questions} questions, hit@1 {share.hit_at_1:.1%}, hit@3 {share.hit_at_3:.1%},"
            f" MRR {share.mrr:.3f}",
            highlight=False,
        )
