"""People and places, and what makes looking for them quick."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bot import names
from bot.french import compounds_shortened, shortened


def test_compounds_are_those_of_spacy(root: Path) -> None:
    pytest.importorskip("spacy")
    with compounds_shortened():
        from spacy.lang.fr import tokenizer_exceptions as theirs
    written = "(?iu)" + "|".join(f"(?:{each})" for each in theirs._regular_exp)
    short = shortened(written)
    assert len(short) < len(written) / 20
    long_way, short_way = re.compile(written), re.compile(short)
    words = [word for word in (root / "bot/words.fr.txt").read_text().split("\n") if word and word[0] != "#"]
    # Every beginning with its classes of letters as their first letter.
    heads = [re.sub(r"\[(.)[^]]*\]|[?^]", r"\1", each.split("[", 1)[0]) for each in theirs._regular_exp]
    chance, found = random.Random(1), 0
    for _ in range(4_000):
        parts = [chance.choice(heads if chance.random() < 0.5 else words), *chance.choices(words, k=2)]
        text = chance.choice("-'’‑ ").join(parts[: chance.choice((2, 2, 3))])
        text = chance.choice((text, text, text.upper(), text.title(), f"{text}\n", f"{text}é", f"{text}."))
        found += bool(long_way.match(text))
        assert bool(short_way.match(text)) == bool(long_way.match(text)), text
    assert found > 100


@pytest.mark.parametrize("pattern", ["", "a|b", "(?iu)(?:^a$", "(?i)(?:^a[bc]d$)|(?:^e$)"])
def test_expressions_of_another_make_stay_as_they_are(pattern: str) -> None:
    assert shortened(pattern) == pattern


def test_people_and_places_are_found() -> None:
    for language in ("fr", "en"):
        names.load(language)
    if names._LOADED["fr"] is None:
        pytest.skip("no models of names")
    found = {fact.raw: fact.name for fact in names.names("Je m'appelle Marie Dupont et j'habite à Nantes", "fr")}
    assert found == {"Marie Dupont": "person", "Nantes": "place"}
