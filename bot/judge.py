"""What the parts of one message ask for: each is judged once, and those that need a vector are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.classifier import Classifier, Decision
from bot.spelling import put_right
from bot.vectors import Vectors
from bot.written import mask, numbers_alike


class Judge:
    """Judges texts with their `slips` put right, and remembers what it said: made anew for each message."""

    def __init__(self, classifier: Classifier, vectors: Vectors, slips: dict[str, str]) -> None:
        self._classifier, self._vectors, self._slips = classifier, vectors, slips
        self._said: dict[str, Decision] = {}

    def __call__(self, text: str) -> Decision:
        return self.all([text])[0]

    def all(self, texts: Sequence[str]) -> list[Decision]:
        """The decision on each of `texts`."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._said]
        if fresh:
            right = [put_right(text, self._slips) for text in fresh]
            asked = [(prepared(text), partial(self._vectors.one, numbers_alike(text))) for text in right]
            self._said.update(zip(fresh, self._classifier.decide_all(asked), strict=True))
        return [self._said[text] for text in texts]


def prepared(text: str) -> str:
    """What words and letters are counted of: each fact is a word for its kind."""
    return mask(text).casefold().replace("’", "'")
