"""Every reason for which the CRM refuses has its sentence, in both languages, telling no fact that is not given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from server.problems.reasons import by_noun, reasons
from tests.support.stores import ROOT
from tests.support.typography import faults

FOLDERS = ("crm_backend", "server/api")
PLACES = {"Invalid": 1, "NotNow": 0}
"""Where the reason stands among the error's arguments."""


@dataclass(frozen=True)
class Raised:
    """One place where an error is made."""

    where: str
    reason: str
    facts: frozenset[str] | None
    """None: they are passed on, and cannot be read here."""


@cache
def raised() -> list[Raised]:
    return [one for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")) for one in _in(file)]


def _in(file: Path) -> Iterator[Raised]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES):
            continue
        place = PLACES[node.func.id]
        given = node.args[place] if len(node.args) > place else None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            names = [keyword.arg for keyword in node.keywords]
            facts = None if None in names else frozenset(name for name in names if name)
            yield Raised(f"{file.relative_to(ROOT)}:{node.lineno}", given.value, facts)


def told(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_reason_has_a_sentence() -> None:
    assert [f"{one.where}: {one.reason}" for one in raised() if one.reason not in reasons()] == []


def test_a_sentence_tells_only_facts_that_are_given() -> None:
    missing = [
        f"{one.where}: {one.reason} tells {sorted(told(sentence) - one.facts)}"
        for one in raised()
        if one.facts is not None
        for sentence in reasons().get(one.reason, {}).values()
        if not told(sentence) <= one.facts
    ]
    assert missing == []


@pytest.mark.parametrize("noun", sorted(by_noun()))
def test_every_reason_is_told_in_both_languages_well_set(noun: str) -> None:
    given = by_noun()[noun]
    assert given
    for reason, sentences in given.items():
        assert set(sentences) == {"fr", "en"}, reason
        assert told(sentences["fr"]) == told(sentences["en"]), reason
        assert faults(sentences["fr"], "fr") + faults(sentences["en"], "en") == [], reason
        assert reasons()[reason] == sentences, f"{reason} has another sentence elsewhere"
