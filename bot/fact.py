"""A fact in a message, and what is known while facts are looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Fact:
    """`name` is the kind, `value` what it comes to in one way of writing, `raw` what was written from `start` to `end`;
    `more` what is known besides, by kind (docs/understanding.md)."""

    name: str
    value: str
    raw: str
    start: int
    end: int
    more: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Context:
    """What the dialogue is waiting for, the facts it already holds, and the turn's day and language."""

    asked: str | None = None
    known: dict[str, str] = field(default_factory=dict)
    today: date | None = None
    language: str = "fr"


def blank(text: str, fact: Fact) -> str:
    """`text` with nothing where `fact` was."""
    return text[: fact.start] + " " * (fact.end - fact.start) + text[fact.end :]
