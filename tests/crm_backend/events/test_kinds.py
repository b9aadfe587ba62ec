"""Kinds of events: each is told by somebody, and nobody tells of another."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_backend.events.kinds import CONSUMERS, KINDS
from crm_backend.rules.services import EVENTS

ROOT = Path(__file__).parents[3]
BY_TRIGGER = ROOT / "crm_backend/migrations/versions/0012_service_levels.py"
"""What a trigger tells, instead of a service (docs/adr/0010)."""


def _kinds(call: ast.Call, module: ast.Module) -> Iterator[str]:
    """What a call of `emit` may tell, as regular expressions."""
    for given in call.keywords:
        if given.arg != "kind":
            continue
        if isinstance(given.value, ast.Constant):
            yield re.escape(str(given.value.value))
        elif isinstance(given.value, ast.JoinedStr):
            yield "".join(
                re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".+" for each in given.value.values
            )
        else:
            words = (each.value for each in ast.walk(module) if isinstance(each, ast.Constant))
            yield from (re.escape(word) for word in words if isinstance(word, str) and word in KINDS)


@pytest.fixture(scope="module")
def told() -> set[str]:
    found: set[str] = set()
    for folder in ("crm_backend", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text("utf-8")
            if "emit(" not in source:
                continue
            module = ast.parse(source)
            for call in ast.walk(module):
                if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "emit":
                    found |= set(_kinds(call, module))
    return found | {re.escape(kind) for kind in re.findall(r"'(message\.\w+)'", BY_TRIGGER.read_text("utf-8"))}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_told_by_somebody(told: set[str], kind: str) -> None:
    assert any(re.fullmatch(pattern, kind) for pattern in told)


def test_nothing_else_is_told(told: set[str]) -> None:
    assert [each for each in told if not any(re.fullmatch(each, kind) for kind in KINDS)] == []


def test_rules_begin_with_what_they_hear_of() -> None:
    of = {"message": "conversation", "clock": "case"}
    nouns = {of.get(noun, noun) for noun in (event.partition(".")[0] for event in EVENTS)}
    assert nouns == CONSUMERS["rules"]
    assert set(EVENTS) <= set(KINDS)
