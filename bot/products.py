"""Products of the catalogue in what customers write, with typing errors.

Which products there are is given with the turn, as a version of the catalogue; names are fetched once a version.
"""

from __future__ import annotations

import logging
import math
import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from bot.fact import Fact
from bot.grams import plain

logger = logging.getLogger(__name__)
PRODUCT = "product"
ALIKE = 80.0
"""How like a word of a name (0 to 100, the share of letters in common) a written word has to be."""
ENOUGH = 60.0
"""How much of a product's name, weighted by how rare its words are, has to be written."""
AS_GOOD = 5.0
MOST_RIVALS = 5
WRITTEN = re.compile(r"[^\W_]{3,30}")
READ = 1_000
KEPT = 4
SMALL = frozenset(
    [
        "les",
        "des",
        "une",
        "pour",
        "avec",
        "sur",
        "dans",
        "lot",
        "mon",
        "est",
        "pas",
        "que",
        "qui",
        "the",
        "and",
        "for",
        "with",
        "set",
        "from",
        "your",
        "you",
        "this",
        "that",
        "are",
        "grand",
        "grande",
        "petit",
        "petite",
        "large",
        "small",
    ]
)


@dataclass(frozen=True)
class Named:
    """A product's name in both languages."""

    id: str
    names: dict[str, str]


class Shelf:
    """The products of one version of the catalogue, ready to be looked for."""

    def __init__(self, products: list[Named]) -> None:
        self._products = products
        self._words: list[set[str]] = [words_of(product) for product in products]
        self._where: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in words:
                self._where[word].append(place)
        self._weights = {word: math.log(1 + len(products) / len(places)) for word, places in self._where.items()}
        self._vocabulary = list(self._where)

    def find(self, text: str, language: str) -> Iterator[Fact]:
        """The product that `text` names best, if any; `rivals` are those it may mean as well."""
        hits: dict[int, dict[str, float]] = defaultdict(dict)
        spans: dict[str, tuple[int, int]] = {}
        for match in WRITTEN.finditer(text[:READ]):
            word = plain(match[0])
            if word in SMALL:
                continue
            for known, likeness in self._meant(word):
                spans.setdefault(known, match.span())
                for place in self._where[known]:
                    hits[place][known] = max(likeness, hits[place].get(known, 0.0))
        scored = sorted(((self._score(place, found), place) for place, found in hits.items()), reverse=True)
        good = [(score, place) for score, place in scored if score >= ENOUGH]
        if not good:
            return
        score, best = good[0]
        rivals = [self._products[place].id for other, place in good[1:] if other >= score - AS_GOOD]
        places = [spans[word] for word in hits[best]]
        start, end = min(first for first, _ in places), max(last for _, last in places)
        product = self._products[best]
        name = product.names.get(language) or next(iter(product.names.values()))
        more = {"id": product.id, "likeness": round(score, 1), "rivals": rivals[:MOST_RIVALS]}
        yield Fact(PRODUCT, name, text[start:end], start, end, more)

    def _meant(self, word: str) -> list[tuple[str, float]]:
        """The words of names that a written word may be; a short one has to be written rightly."""
        if word in self._where:
            return [(word, 100.0)]
        single = word.removesuffix("s").removesuffix("x")
        if single in self._where:
            return [(single, 100.0)]
        if len(word) < 5:
            return []
        found = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
        return [(known, likeness) for known, likeness, _ in found if len(known) >= 4]

    def _score(self, place: int, found: dict[str, float]) -> float:
        """How much of the name was written, 0 to 100. The name it has in every language ("Orée", not "lampe") is enough
        when no other product has it."""
        proper = set.intersection(*halves(self._products[place]))
        own = max(
            (likeness for word, likeness in found.items() if word in proper and len(self._where[word]) == 1),
            default=0.0,
        )
        total = min(sum(self._weights[word] for word in words) for words in halves(self._products[place]) if words)
        written = sum(self._weights[word] * likeness for word, likeness in found.items())
        return min(100.0, max(written / total, 0.8 * own))


def words_of(product: Named) -> set[str]:
    return set().union(*halves(product))


def halves(product: Named) -> list[set[str]]:
    """The words of a product's name in each language; what follows a comma ("lot de quatre") is left out."""
    found = []
    for name in product.names.values():
        words = {plain(word) for word in WRITTEN.findall(name.split(",")[0])} - SMALL
        found.append({word.removesuffix("s") if len(word) > 4 else word for word in words})
    return [words for words in found if words] or [{product.id}]


class Shelves:
    """The shelf of each version of the catalogue that was asked for lately."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Shelf] = OrderedDict()

    def knows(self, version: str) -> bool:
        return version in self._kept

    def put(self, version: str, products: Any) -> None:
        """Keeps what the server said of a version: `[{"id", "names": {"fr", "en"}}]`. Other shapes are left out."""
        named = [
            Named(str(each["id"]), {str(k): str(v)[:200] for k, v in each["names"].items() if v})
            for each in products
            if isinstance(each, dict) and isinstance(each.get("names"), dict) and each.get("id")
        ]
        self._kept[version] = Shelf([product for product in named if product.names])
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def find(self, version: str | None, text: str, language: str) -> list[Fact]:
        """The products that `text` names, of this version; none while it is not known."""
        shelf = self._kept.get(version or "")
        return list(shelf.find(text, language)) if shelf else []


SHELVES = Shelves()
"""One for the process: what is known of a version never changes."""
