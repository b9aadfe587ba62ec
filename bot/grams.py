"""Sentences as counts of their words and letters: TF-IDF of words (1–2) and of letters within words (2–5).

The same figures as scikit-learn's `TfidfVectorizer` gives, without its half a millisecond a sentence.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

WORD = re.compile(r"\w+")
LONGEST_WORD = 40
"""Letters of a word that are looked at: a word of 10,000 is no word."""
MOST_WORDS = 150
WORDS, LETTERS = "w", "c"
NO_ACCENT = str.maketrans({"’": "'", "œ": "oe", "æ": "ae", "ß": "ss"})


def plain(text: str) -> str:
    """`text` in lower case and without accents, as people type on telephones."""
    lowered = text.casefold().translate(NO_ACCENT)
    if lowered.isascii():
        return lowered
    return "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))


def grams(text: str) -> list[str]:
    """What is counted: each word, each pair of neighbours, each run of 2 to 5 letters with the ends of its word."""
    bare = plain(text)
    words = WORD.findall(bare)[:MOST_WORDS]
    found = [WORDS + word for word in words]
    found += [f"{WORDS}{first} {second}" for first, second in pairwise(words)]
    for chunk in bare.split(maxsplit=MOST_WORDS)[:MOST_WORDS]:
        padded = f" {chunk[:LONGEST_WORD]} "
        for size in range(2, 6):
            found += [LETTERS + padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
            if size >= len(padded):
                break
    return found


class Grams:
    """Fitted on sentences, gives each sentence as a sparse row: words and letters each of length 1."""

    def __init__(self, vocabulary: Iterable[str] = (), weights: Iterable[float] = ()) -> None:
        self.places = {gram: place for place, gram in enumerate(vocabulary)}
        self.weights = np.fromiter(weights, dtype=np.float32)
        self._words = np.fromiter((gram[0] == WORDS for gram in self.places), dtype=bool, count=len(self.places))

    @classmethod
    def fit(cls, texts: list[str]) -> Grams:
        """Words that occur at all, runs of letters that occur in two sentences; smooth inverse document frequency."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(set(grams(text)))
        kept = sorted(gram for gram, times in seen.items() if times > 1 or gram[0] == WORDS)
        return cls(kept, (1 + math.log((1 + len(texts)) / (1 + seen[gram])) for gram in kept))

    def one(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The places of `text`'s grams and their values."""
        at = self.places.get
        counted = Counter(place for gram in grams(text) if (place := at(gram)) is not None)
        places = np.fromiter(counted, dtype=np.int64, count=len(counted))
        times = np.fromiter(counted.values(), dtype=np.float32, count=len(counted))
        values = (1 + np.log(times)) * self.weights[places]
        is_word = self._words[places]
        for part in (is_word, ~is_word):
            length = float(np.sqrt((values[part] ** 2).sum()))
            if length:
                values[part] /= length
        return places, values

    def many(self, texts: list[str]) -> csr_matrix:
        """A row for each text."""
        rows = [self.one(text) for text in texts]
        ends = np.cumsum([0] + [len(places) for places, _ in rows])
        places = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, dtype=np.int64)
        values = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0, dtype=np.float32)
        return csr_matrix((values, places, ends), shape=(len(rows), len(self.places)), dtype=np.float32)
