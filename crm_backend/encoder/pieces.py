"""A text as numbers of word pieces: the unigram model of Kudo, "Subword Regularization" (2018), with which XLM-RoBERTa
and E5 were trained. Of all ways to cut a text into known pieces, the one whose scores add up to the most."""

from __future__ import annotations

import re
from array import array
from itertools import pairwise

from crm_backend.encoder.weights import Weights

SPACE = "\u2581"
"""What stands for a space, and before the first word."""
WORSE = 10.0
"""How much worse than the worst piece an unknown character is: SentencePiece's own measure."""


class Pieces:
    """The known pieces (some 40 MB)."""

    def __init__(self, weights: Weights) -> None:
        offsets, words = weights.offsets.tolist(), weights.words
        self._known = {words[start:end].decode(): i for i, (start, end) in enumerate(pairwise(offsets))}
        for none in ("", words[offsets[weights.unknown] : offsets[weights.unknown + 1]].decode()):
            self._known.pop(none, None)
        self._scores = array("d", weights.scores.tolist())
        self._unknown = weights.unknown
        self._frame = (weights.begin, weights.end)
        self._normal = weights.normal
        self._longest = max(map(len, self._known))
        self._lost = min(self._scores) - WORSE

    def numbers(self, text: str) -> list[int]:
        """The pieces of a text, in order (Viterbi's algorithm)."""
        text = re.sub(" {2,}", " ", text.translate(self._normal))
        text = (text if text.startswith(" ") else " " + text).replace(" ", SPACE)
        length, known, scores = len(text), self._known, self._scores
        best, piece, back = [-1e30] * (length + 1), [0] * (length + 1), [0] * (length + 1)
        best[0] = 0.0
        for start in range(length):
            here = best[start]
            for end in range(start + 1, min(length, start + self._longest) + 1):
                number = known.get(text[start:end])
                if number is not None and here + scores[number] > best[end]:
                    best[end], piece[end], back[end] = here + scores[number], number, start
            if here + self._lost > best[start + 1]:
                best[start + 1], piece[start + 1], back[start + 1] = here + self._lost, self._unknown, start
        found = []
        while length:
            found.append(piece[length])
            length = back[length]
        return found[::-1]

    def framed(self, numbers: list[int]) -> list[int]:
        """With the signs of beginning and end."""
        return [self._frame[0], *numbers, self._frame[1]]
