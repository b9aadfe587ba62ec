"""What the assistant says: everything in both languages, once, and set as each language is printed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.turn import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "domain.yml", *sorted((ROOT / "data").rglob("domain.yml"))]
NO_BREAK = "\u00a0"


def responses() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for file in FILES:
        yield from (yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {}).items()


def language_of(variation: dict[str, Any]) -> str | None:
    for condition in variation.get("condition") or ():
        if condition["name"] == "language":
            return condition["value"]
    return None


def words(variation: dict[str, Any]) -> list[str]:
    return [variation["text"], *(button["title"] for button in variation.get("buttons") or ())]


ALL = list(responses())
each = pytest.mark.parametrize(("name", "variations"), ALL, ids=[name for name, _ in ALL])


@each
def test_response_exists_in_both_languages_and_in_no_other(name: str, variations: list[dict[str, Any]]) -> None:
    assert sorted(str(language_of(v)) for v in variations) == sorted(LANGUAGES)


@each
def test_placeholders_and_buttons_are_the_same_in_both_languages(name: str, variations: list[dict[str, Any]]) -> None:
    placeholders = {frozenset(re.findall(r"\{(\w+)\}", v["text"])) for v in variations}
    payloads = {tuple(button["payload"] for button in v.get("buttons") or ()) for v in variations}
    assert len(placeholders) == 1
    assert len(payloads) == 1


@each
def test_typography(name: str, variations: list[dict[str, Any]]) -> None:
    for variation in variations:
        for text in words(variation):
            assert "'" not in text, "typographic apostrophes"
            if language_of(variation) == "fr":
                assert not re.search(rf"[^{NO_BREAK}\d][:;?!»]|«[^{NO_BREAK}]", text), "a no-break space before : ; ? !"
            else:
                assert not re.search(r"\s[:;?!]", text)
            assert text.count("!") <= (name == "utter_greet"), "exclamation marks are for greetings"


def test_no_response_is_defined_twice() -> None:
    places = defaultdict(int)
    for name, _ in ALL:
        places[name] += 1
    assert [name for name, count in places.items() if count > 1] == []


def test_every_response_is_said_somewhere() -> None:
    rules = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "data").rglob("rules.yml"))
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "actions").rglob("*.py"))
    unused = [name for name, _ in ALL if f"action: {name}\n" not in rules and not said(name, code)]
    assert unused == []


def said(name: str, code: str) -> bool:
    """Named in an action, or built there from a known start (`utter_order_{status}`, `utter_handed_over_…`)."""
    return f'"{name}"' in code or name in BUILT


BUILT = {f"utter_order_{status}" for status in ("placed", "paid", "cancelled", "lost", "returned")} | {
    "utter_handed_over_soon", "utter_handed_over_queue_wait",
}  # fmt: skip
