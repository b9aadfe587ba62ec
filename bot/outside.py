"""Whether a message is about anything the assistant does: a decision of its own, apart from which intent is likeliest.

A message can be clearly a question, clearly not ours ("how do I file my tax return"), and yet resemble one intent more
than others; its confidence then says nothing. So a small logistic regression looks at how far the message lies from
everything known. It is trained on held-out sentences: those that are out of scope, where the training data has enough
of them, or else those of intents that were held out whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 8
LOSS = 0.01
"""The share of in-scope sentences that may be given up for recognising those outside."""
LOSS_UNSEEN = 0.002
"""The same where no sentence outside was ever seen: then only what is very far away is refused."""
ENOUGH = 20
"""Examples out of scope from which what is outside can be learned."""


def signs(scores: np.ndarray, likeness: np.ndarray, classes: np.ndarray, outside: int | None) -> np.ndarray:
    """What the decision looks at, a row for each sentence.

    `scores`: the classes' scores. `likeness`: cosines with the training sentences (-1 where one may not be looked at).
    `classes`: the training sentences' classes; `outside`: the class of those that are out of scope.
    """
    inside_columns = [column for column in range(scores.shape[1]) if column != outside]
    ranked = np.sort(scores[:, inside_columns], axis=1)[:, ::-1]
    best = scores[:, inside_columns].argmax(axis=1)
    best = np.array(inside_columns)[best]
    is_outside = classes == outside
    near_in = top(likeness[:, ~is_outside])
    agree = (np.where(classes[None, :] == best[:, None], likeness, -1.0)).max(axis=1)
    columns = [
        ranked[:, 0],
        ranked[:, 0] - ranked[:, 1] if ranked.shape[1] > 1 else ranked[:, 0],
        ranked[:, :3].sum(axis=1),
        near_in[:, 0],
        near_in.mean(axis=1),
        agree,
    ]
    if outside is not None:
        near_out = top(likeness[:, is_outside])
        columns += [
            scores[:, outside],
            scores[:, outside] - ranked[:, 0],
            near_out[:, 0] - near_in[:, 0],
            near_out.mean(axis=1),
        ]
    return np.column_stack(columns).astype(np.float32)


def width(outside: int | None) -> int:
    """How many signs there are."""
    return 6 if outside is None else 10


def top(likeness: np.ndarray) -> np.ndarray:
    """The highest cosines of each row, highest first."""
    count = min(NEIGHBOURS, likeness.shape[1])
    part = np.partition(likeness, likeness.shape[1] - count, axis=1)[:, -count:]
    return np.sort(part, axis=1)[:, ::-1]


@dataclass(frozen=True)
class Gate:
    """The decision: `weights` over standardised signs; 0.5 and more is outside."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    shift: float

    @classmethod
    def fit(cls, signs: np.ndarray, outside: np.ndarray, *, loss: float) -> Gate:
        """`outside`: which rows are out of scope. The line is drawn where `loss` of the others fall beyond it."""
        # Only a training needs it.
        from sklearn.linear_model import LogisticRegression

        mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
        standard = (signs - mean) / spread
        linear = LogisticRegression(C=1.0, class_weight="balanced", max_iter=500).fit(standard, outside)
        weights = linear.coef_[0]
        line = np.quantile(standard[~outside] @ weights, 1 - loss)
        return cls(mean, spread, weights.astype(np.float32), float(-line))

    def likelihood(self, signs: np.ndarray) -> np.ndarray:
        """Between 0 and 1, a figure for each row."""
        height = ((signs - self.mean) / self.spread) @ self.weights + self.shift
        shares: np.ndarray = 1 / (1 + np.exp(-np.clip(height, -30, 30)))
        return shares
