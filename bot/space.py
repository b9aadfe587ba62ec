"""The space in which sentences are compared: e5 vectors, centred, with what varies inside intents made small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Space:
    """A straight map of e5 vectors. After it, sentences of one intent lie closer together.

    e5 vectors all point much the same way: their mean is taken away. Then directions in which sentences of the same
    intent differ (style, names, length) are shrunk by the fourth root of their variance: half way to the whitening
    that linear discriminant analysis does, since a full one trusts a small sample too much.
    """

    centre: np.ndarray
    map: np.ndarray

    @classmethod
    def fit(cls, vectors: np.ndarray, classes: np.ndarray) -> Space:
        centre = vectors.mean(axis=0)
        moved = vectors - centre
        counts = np.maximum(np.bincount(classes), 1)
        member = csr_matrix((np.ones(len(classes), dtype=np.float32), (classes, np.arange(len(classes)))))
        means = (member @ moved) / counts[:, None]
        inside = moved - means[classes]
        variance, directions = np.linalg.eigh(inside.T @ inside / len(vectors))
        # The mean variance is added: no direction is blown up because few examples show it.
        smoothed = np.maximum(variance, 0) + variance.mean() + 1e-9
        return cls(centre.astype(np.float32), (directions * smoothed**-0.25).astype(np.float32))

    def of(self, vectors: np.ndarray) -> np.ndarray:
        """Rows of length 1: their products are cosines."""
        moved = (np.atleast_2d(vectors) - self.centre) @ self.map
        lengths: np.ndarray = np.linalg.norm(moved, axis=1, keepdims=True)
        placed: np.ndarray = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
        return placed
