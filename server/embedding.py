"""Sentence vectors. Those of articles are kept on disk by the hash of what they stand for, those of the questions that
were asked last in memory: the same article is never embedded twice, and a question that many ask seldom."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

MODEL = "e5-small-4bit"
READ = 500
"""Characters of a question that are embedded: the time grows with them, and the others wait."""
REMEMBERED = 2048
"""Questions whose vectors stay in memory, by the hash of their words: 4 MB."""


class Embedder:
    """multilingual-e5-small on the CPU (384 numbers a text). Loads on first use."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache / MODEL if cache else None
        self._lock = threading.Lock()
        self._asked: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def many(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, in order."""
        return [self._kept(text) for text in texts]

    async def one(self, text: str) -> list[float]:
        """The vector of a question, computed off the event loop unless it was asked lately; never written down."""
        text = text[:READ]
        key = hashlib.sha256(text.encode(errors="replace")).digest()
        if (known := self._asked.get(key)) is None:
            known = self._asked[key] = np.asarray(await asyncio.to_thread(self._compute, text), dtype=np.float32)
            while len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
        self._asked.move_to_end(key)
        return listed(known)

    async def several(self, texts: list[str]) -> list[list[float]]:
        """As `many`, off the event loop."""
        return await asyncio.to_thread(self.many, texts)

    def _kept(self, text: str) -> list[float]:
        if self._cache is None:
            return self._compute(text)
        path = self._cache / hashlib.sha256(text.encode()).hexdigest()
        try:
            return listed(np.frombuffer(path.read_bytes(), dtype=np.float32))
        except FileNotFoundError:
            vector = self._compute(text)
            self._cache.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{threading.get_ident()}")
            fresh.write_bytes(np.asarray(vector, dtype=np.float32).tobytes())
            fresh.rename(path)
            return vector

    def _compute(self, text: str) -> list[float]:
        with self._lock:
            # What needs no vectors does not wait for what makes them.
            from crm_backend.encoder import encoder

            return listed(encoder().one(text))


def listed(vector: np.ndarray) -> list[float]:
    """The numbers of a vector as everybody else takes them."""
    numbers: list[float] = vector.tolist()
    return numbers
