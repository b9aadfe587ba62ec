"""Everything that can be found in a message: facts as written, products of the catalogue, people and places."""

from __future__ import annotations

from typing import Any

from bot.fact import Context, Fact
from bot.names import names
from bot.products import SHELVES
from bot.written import facts

MOST = 60
"""Facts of one message: thirty order numbers at once are read, a list of a thousand is not."""


def entities(text: str, context: Context, *, catalogue: str | None = None, named: bool = True) -> list[Fact]:
    """In the order written. `catalogue`: the version of it in which products are looked for; `named`: people and places
    too."""
    found = facts(text, context)[:MOST]
    found += beside(SHELVES.find(catalogue, text, context.language), found)
    if named:
        found += beside(list(names(text, context.language)), found)
    return sorted(found, key=lambda fact: fact.start)


def beside(some: list[Fact], found: list[Fact]) -> list[Fact]:
    """Those of `some` that do not lie on what was found already."""
    return [fact for fact in some if all(fact.end <= other.start or other.end <= fact.start for other in found)]


def told(fact: Fact) -> dict[str, Any]:
    """A fact as the answer and the transcript carry it."""
    return {
        "entity": fact.name, "value": fact.value, "raw": fact.raw, "start": fact.start, "end": fact.end, **fact.more,
    }  # fmt: skip
