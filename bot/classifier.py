"""What a sentence asks for: an intent with a calibrated confidence, or that it is about nothing known at all.

Three steps, cheapest first: a sentence known word for word; its words and letters alone, when they leave no doubt; the
sentence's vector with all training sentences. Knows nothing of Rasa, so that it can be measured on any labelled set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot import outside
from bot.calibration import Scale
from bot.grams import Grams, plain
from bot.outside import Gate
from bot.ridge import Ridge, folds
from bot.space import Space
from bot.surface import Surface

OUTSIDE = ("out_of_scope", "oos")
"""What training data call a sentence that is out of scope."""
STIFFNESS = 0.3
VECTORS, GRAMS, NARROW = 4.0, 0.5, 3.0
"""Weights of the two kernels, and how quickly likeness of vectors falls with their distance."""
BY_HEART = 0.99
"""The confidence in a sentence that the training data have word for word."""


@dataclass(frozen=True)
class Decision:
    """`ranking`: the intents in order, without that for out of scope. `outside`: 0.5 and more is out of scope.
    `step`: what was enough to decide, "known", "surface" or "vector"."""

    ranking: list[tuple[str, float]]
    outside: float
    step: str

    @property
    def is_outside(self) -> bool:
        return self.outside >= 0.5


@dataclass
class Held:
    """How the training sentences were judged by a model that had not seen them."""

    texts: list[str] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)


class Classifier:
    """Fitted once, then asked. `arrays` and `words` are all it is: what `bot.stored` writes to disk."""

    def __init__(self) -> None:
        self.intents: list[str] = []
        self.held = Held()
        self.surface: Surface | None = None

    def fit(self, texts: list[str], intents: list[str], vectors: np.ndarray) -> None:
        """`vectors`: those of `bot.vectors`, a row for each text. Needs two intents at least."""
        self.intents = sorted(set(intents))
        self.outside = next((self.intents.index(name) for name in OUTSIDE if name in self.intents), None)
        self.classes = np.array([self.intents.index(name) for name in intents])
        self.known = known_by_heart(texts, intents)
        self.space = Space.fit(vectors, self.classes)
        self.places = self.space.of(vectors)
        self.grams = Grams.fit(texts)
        rows = self.grams.many(texts)
        likeness = self.places @ self.places.T
        kernel = (rows @ rows.T).toarray().astype(np.float32)
        kernel *= GRAMS
        kernel += VECTORS * np.exp(NARROW * (likeness - 1))
        ridge = Ridge(kernel, self.classes, size=len(self.intents), stiffness=STIFFNESS)
        self.dual, self.base = ridge.dual, ridge.base
        self.by_gram = np.asarray(GRAMS * (rows.T @ self.dual), dtype=np.float32)
        self.held.texts = texts
        self._calibrate(ridge, likeness)
        self.surface = Surface.fit(rows, self.classes, size=len(self.intents), outside=self.outside)

    def _calibrate(self, ridge: Ridge, likeness: np.ndarray) -> None:
        """Learns from held-out scores how sharp confidences are, and what is outside."""
        count = len(self.classes)
        scores = np.zeros((count, len(self.intents)), dtype=np.float32)
        signs = np.zeros((count, outside.width(self.outside)), dtype=np.float32)
        for block in folds(self.classes):
            scores[block] = ridge.held_out(block)
            apart = likeness[block]
            apart[:, block] = -1.0
            signs[block] = outside.signs(scores[block], apart, self.classes, self.outside)
        self.scale = Scale.fit(scores, self.classes)
        away = self.classes == self.outside
        if away.sum() >= outside.ENOUGH:
            self.gate = Gate.fit(signs, away, loss=outside.LOSS)
        else:
            more = self._unknown_intents(ridge, likeness)
            labels = np.r_[np.zeros(count, dtype=bool), np.ones(len(more), dtype=bool)]
            self.gate = Gate.fit(np.vstack([signs, more]), labels, loss=outside.LOSS_UNSEEN)
        self._remember(scores, signs)

    def _unknown_intents(self, ridge: Ridge, likeness: np.ndarray) -> np.ndarray:
        """The signs of sentences whose whole intent was held out."""
        rows = []
        for value in range(len(self.intents)):
            block = np.flatnonzero(self.classes == value)
            scores = ridge.held_out(block)
            scores[:, value] = self.base
            apart = likeness[block].copy()
            apart[:, block] = -1.0
            rows.append(outside.signs(scores, apart, self.classes, self.outside))
        return np.vstack(rows)

    def _remember(self, scores: np.ndarray, signs: np.ndarray) -> None:
        shares = self.scale.shares(scores)
        away = self.gate.likelihood(signs)
        for share in shares:
            name, confidence = self._ranking(share)[0]
            self.held.intents.append(name)
            self.held.confidences.append(confidence)
        self.held.expected = [self.intents[value] for value in self.classes]
        self.held.outside = away.tolist()

    def decide(self, text: str, vector: Callable[[], np.ndarray]) -> Decision:
        """What `text` asks for; `vector` is called only when words and letters do not settle it."""
        return self.decide_all([(text, vector)])[0]

    def decide_all(self, asked: Sequence[tuple[str, Callable[[], np.ndarray]]]) -> list[Decision]:
        """`decide` for each. Of several the vectors are held against the training sentences together: what costs is to
        fetch those sentences from memory, not to compare."""
        judged = [self._by_words(text) for text, _ in asked]
        left = {at: grams for at, grams in enumerate(judged) if not isinstance(grams, Decision)}
        if left:
            vectors = np.stack([asked[at][1]() for at in left])
            for at, decision in zip(left, self._by_vectors(list(left.values()), vectors), strict=True):
                judged[at] = decision
        return judged

    def _by_words(self, text: str) -> Decision | tuple[np.ndarray, np.ndarray]:
        """The decision that needs no vector; where there is none, the grams of `text` and their values."""
        name = self.known.get(plain(text).strip(" .!?…"))
        if name is not None:
            return self._by_heart(name)
        places, values = self.grams.one(text)
        sure = self.surface.sure(places, values) if self.surface is not None else None
        return (places, values) if sure is None else Decision(self._ranking(sure), 0.0, "surface")

    def _by_vectors(self, grams: list[tuple[np.ndarray, np.ndarray]], vectors: np.ndarray) -> list[Decision]:
        likeness = self.space.of(vectors) @ self.places.T
        scores = VECTORS * np.exp(NARROW * (likeness - 1)) @ self.dual + self.base
        for row, (places, values) in enumerate(grams):
            scores[row] += values @ self.by_gram[places]
        away = self.gate.likelihood(outside.signs(scores, likeness, self.classes, self.outside))
        return [
            Decision(self._ranking(shares), float(each), "vector")
            for shares, each in zip(self.scale.shares(scores), away, strict=True)
        ]

    def _by_heart(self, name: str) -> Decision:
        if name in OUTSIDE:
            return Decision([], BY_HEART, "known")
        return Decision([(name, BY_HEART)], 0.0, "known")

    def _ranking(self, shares: np.ndarray) -> list[tuple[str, float]]:
        order = np.argsort(-shares).tolist()
        values = shares.tolist()
        return [(self.intents[place], values[place]) for place in order if place != self.outside]


def known_by_heart(texts: list[str], intents: list[str]) -> dict[str, str]:
    """The training sentences that mean one thing only."""
    found: dict[str, set[str]] = {}
    for text, intent in zip(texts, intents, strict=True):
        found.setdefault(plain(text).strip(" .!?…"), set()).add(intent)
    return {text: next(iter(names)) for text, names in found.items() if len(names) == 1}
