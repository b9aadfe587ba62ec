"""Kernel ridge regression on classes: fitted in one solution, with every sentence's held-out scores for nothing more.

For a block B of examples, what a model trained without B would say of them is, in closed form,
Y_B - (G⁻¹_BB)⁻¹ α_B with G = K + Λ and α = G⁻¹ Y (Rifkin and Lippert 2007, "Notes on Regularized Least Squares";
block form: Pahikkala et al. 2006, "Fast n-Fold Cross-Validation for Regularized Least-Squares"). So a whole
cross-validation costs one inversion more, and calibration never has to look at scores the model learned by heart.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve
from scipy.linalg.lapack import spotri

FOLDS = 10


class Ridge:
    """Scores of classes: about 1 for an example of the class, about 0 for others."""

    def __init__(self, kernel: np.ndarray, classes: np.ndarray, *, size: int, stiffness: float) -> None:
        """`kernel` is changed in place. `classes` holds each example's class, below `size`."""
        count = len(classes)
        self.base = 1.0 / size
        self._target = np.full((count, size), -self.base, dtype=np.float32)
        self._target[np.arange(count), classes] += 1.0
        # A class with four times the examples weighs twice as much as another, not four times.
        times = np.bincount(classes, minlength=size)[classes]
        weights = np.clip(np.sqrt(count / size / times), 0.5, 2.0)
        kernel[np.diag_indices(count)] += (stiffness / weights).astype(np.float32)
        self._factor, _ = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        self.dual: np.ndarray = cho_solve((self._factor, True), self._target, check_finite=False)
        self._inverse: np.ndarray | None = None

    def held_out(self, block: np.ndarray) -> np.ndarray:
        """The scores of the examples numbered in `block`, had none of them been there."""
        if self._inverse is None:
            self._inverse, info = spotri(self._factor, lower=1, overwrite_c=1)
            if info:
                raise np.linalg.LinAlgError(f"spotri: {info}")
        part = self._inverse[np.ix_(block, block)]
        # Only the lower half was made.
        rows, columns = np.meshgrid(block, block, indexing="ij")
        part = np.where(rows >= columns, part, self._inverse[np.ix_(block, block)].T)
        scores: np.ndarray = self._target[block] - solve(part, self.dual[block], assume_a="pos", check_finite=False)
        return scores + self.base


def folds(classes: np.ndarray) -> list[np.ndarray]:
    """Blocks of examples to hold out together: of each class, neighbours in the file, since people write sentences that
    are alike one after another."""
    part = np.zeros(len(classes), dtype=np.int64)
    for value in np.unique(classes):
        places = np.flatnonzero(classes == value)
        part[places] = (np.arange(len(places)) * FOLDS) // max(len(places), FOLDS)
    return [np.flatnonzero(part == number) for number in range(FOLDS) if (part == number).any()]
