"""The space in which questions and passages are compared: sentence vectors with what tells no two questions apart made
small.

It is the one in which the assistant's classifier compares sentences (bot/space.py), fitted to the examples of all its
topics: their mean is taken away, and directions in which sentences of the same intent differ are shrunk. The file is
written by `python -m bot.knowledge_space`; it holds no sentence. After another one, `./relais knowledge reindex`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("space.npz")
Rows = NDArray[np.float32]


@cache
def _fitted() -> tuple[Rows, Rows]:
    with np.load(FILE, allow_pickle=False) as kept:
        return kept["centre"].astype(np.float32), kept["map"].astype(np.float32)


def placed(vectors: Sequence[Sequence[float]]) -> Rows:
    """Where sentence vectors lie in the space: rows of length 1, whose products are cosines."""
    centre, straight = _fitted()
    rows: Rows = np.asarray(vectors, dtype=np.float32).reshape(-1, len(centre))
    return _unit((rows - centre) @ straight)


def middle(places: Rows) -> list[float]:
    """The direction in which some places lie together."""
    return [float(number) for number in _unit(places.mean(axis=0, keepdims=True))[0]]


def _unit(rows: NDArray[Any]) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Rows = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
