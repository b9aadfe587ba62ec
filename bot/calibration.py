"""From scores to shares: how often a decision with this score was right, learned from scores of held-out sentences."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MOST = 0.995
"""No sentence that was not learned by heart is certain."""
BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def softmax(scores: np.ndarray, sharpness: float) -> np.ndarray:
    """Shares of 1 for the classes of each row."""
    raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) * sharpness)
    shares: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def sharpness(scores: np.ndarray, classes: np.ndarray) -> float:
    """The one number (an inverse temperature: Guo et al. 2017, "On Calibration of Modern Neural Networks") with which
    `softmax` gives the true classes of held-out sentences the highest likelihood."""
    # Here and below: only a training needs these libraries, and every process of the assistant would carry them.
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(classes))

    def loss(log: float) -> float:
        return -float(np.log(np.maximum(softmax(scores, float(np.exp(log)))[rows, classes], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 5.0), method="bounded").x))


@dataclass(frozen=True)
class Scale:
    """From scores to shares in two steps: a temperature, then a rising line through how often decisions were right.

    The line (isotonic regression: Zadrozny and Elkan 2002, "Transforming Classifier Scores into Accurate Multiclass
    Probability Estimates") mends what one number cannot: that a few of the surest decisions are wrong all the same.
    """

    sharpness: float
    seen: np.ndarray
    meant: np.ndarray

    @classmethod
    def fit(cls, scores: np.ndarray, classes: np.ndarray) -> Scale:
        """`scores` of held-out sentences, and their true classes."""
        from sklearn.isotonic import IsotonicRegression

        sharp = sharpness(scores, classes)
        shares = softmax(scores, sharp)
        right = shares.argmax(axis=1) == classes
        line = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(shares.max(axis=1), right)
        return cls(sharp, line.X_thresholds_.astype(np.float32), line.y_thresholds_.astype(np.float32))

    def shares(self, scores: np.ndarray) -> np.ndarray:
        """Shares of 1 for the classes of each row; the highest stays the highest."""
        raw = softmax(np.atleast_2d(scores).astype(np.float64), self.sharpness)
        rows, best = np.arange(len(raw)), raw.argmax(axis=1)
        highest = raw[rows, best]
        others = raw.copy()
        others[rows, best] = 0.0
        rest, second = np.maximum(others.sum(axis=1), 1e-300), others.max(axis=1)
        # Not so low that the second would pass it.
        least = second / (second + rest)
        meant = np.clip(np.maximum(np.interp(highest, self.seen, self.meant), least), 0.0, MOST)
        meant = np.minimum(meant + 1e-6, MOST)
        shares: np.ndarray = others * ((1 - meant) / rest)[:, None]
        shares[rows, best] = meant
        return shares


@dataclass(frozen=True)
class Bin:
    """Decisions whose confidence lay between two figures: how many, how sure on average, how many of them right."""

    least: float
    most: float
    count: int
    confidence: float
    right: float


def reliability(confidences: np.ndarray, right: np.ndarray) -> list[Bin]:
    """The reliability table: where `confidence` and `right` agree, confidences mean what they say."""
    table = []
    for least, most in pairwise(BINS):
        inside = (confidences >= least) & ((confidences < most) | (most == BINS[-1]))
        if inside.any():
            table.append(
                Bin(least, most, int(inside.sum()), float(confidences[inside].mean()), float(right[inside].mean()))
            )
    return table


def calibration_error(table: list[Bin]) -> float:
    """The mean distance between confidence and share of right decisions, weighted by how many there are (ECE)."""
    total = sum(each.count for each in table) or 1
    return sum(each.count * abs(each.confidence - each.right) for each in table) / total


def printed(table: list[Bin]) -> str:
    """The table for people."""
    lines = ["confidence      sentences   mean confidence   right"]
    lines += [
        f"{each.least:.2f} to {each.most:.2f} {each.count:12} {each.confidence:17.3f} {each.right:7.3f}"
        for each in table
    ]
    return "\n".join([*lines, f"calibration error (ECE) {calibration_error(table):.3f}"])
