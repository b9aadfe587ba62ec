"""Words and letters alone: a quick judge (naive Bayes) that only speaks when it is sure, and saves a vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.calibration import Scale
from bot.ridge import folds

SMOOTH = 0.1
WRONG = 0.005
"""The share of its decisions that may be wrong, on sentences that were held out."""
FEW = 30
"""Decisions on which such a share can be seen at all."""
UNSURE = 1e9
"""A lead that no sentence has."""


@dataclass
class Surface:
    """`sure` gives the classes' shares when the best is as far ahead as hardly any held-out sentence was wrongly.
    A sentence out of scope never counts as judged rightly here: that decision needs the vector."""

    weights: np.ndarray
    scale: Scale
    least: float
    outside: int | None

    @classmethod
    def fit(cls, rows: csr_matrix, classes: np.ndarray, *, size: int, outside: int | None) -> Surface:
        scores = np.zeros((len(classes), size), dtype=np.float32)
        for block in folds(classes):
            rest = np.setdiff1d(np.arange(len(classes)), block)
            scores[block] = rows[block] @ learned(rows[rest], classes[rest], size)
        best = scores.argmax(axis=1)
        right = (best == classes) & (classes != outside)
        least = where_sure(leads(scores)[best != outside], right[best != outside])
        return cls(learned(rows, classes, size), Scale.fit(scores, classes), least, outside)

    def sure(self, places: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        """The shares of the classes, or None."""
        if not len(places):
            return None
        scores = values @ self.weights[places]
        if int(scores.argmax()) == self.outside or leads(scores[None])[0] < self.least:
            return None
        return self.scale.shares(scores)[0]


def learned(rows: csr_matrix, classes: np.ndarray, size: int) -> np.ndarray:
    """Complement naive Bayes (Rennie et al. 2003, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers"):
    for each gram and class, how little it belongs to the other classes."""
    member = csr_matrix(
        (np.ones(len(classes), dtype=np.float32), (classes, np.arange(len(classes)))), (size, len(classes))
    )
    times = np.asarray((member @ rows).todense(), dtype=np.float32)
    others = times.sum(axis=0, keepdims=True) - times + SMOOTH
    logs = np.log(others / others.sum(axis=1, keepdims=True))
    weights: np.ndarray = -(logs / np.abs(logs).sum(axis=1, keepdims=True)).T * logs.shape[1]
    return weights.astype(np.float32)


def leads(scores: np.ndarray) -> np.ndarray:
    """How far the best class of each row is ahead of the second."""
    highest = np.partition(scores, -2, axis=1)[:, -2:]
    ahead: np.ndarray = highest[:, 1] - highest[:, 0]
    return ahead


def where_sure(confidences: np.ndarray, right: np.ndarray) -> float:
    """The lead from which on at most `WRONG` of the decisions are wrong."""
    order = np.argsort(-confidences)
    counts = np.arange(1, len(order) + 1)
    fine = np.flatnonzero((np.cumsum(~right[order]) <= WRONG * counts) & (counts >= FEW))
    return float(confidences[order[fine[-1]]]) if len(fine) else UNSURE
