"""How well sentences were understood: accuracy, F1 of each intent, confusions, recall outside, by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.calibration import printed, reliability
from bot.classifier import OUTSIDE

SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A sentence, what it should have been taken for and what it was. "oos" and "out_of_scope" are the same."""

    text: str
    language: str
    expected: str
    predicted: str
    confidence: float

    @property
    def right(self) -> bool:
        return self.predicted == self.expected or (self.expected in OUTSIDE and self.predicted in OUTSIDE)

    @property
    def outside(self) -> bool:
        return self.expected in OUTSIDE


def report(rows: list[Row]) -> str:
    """The figures for people. A sentence that was not understood (`nlu_fallback`) counts as wrong."""
    parts = ["\n".join(accuracies(rows)), by_intent(rows), confusions(rows)]
    inside = [row for row in rows if not row.outside and row.predicted not in (*OUTSIDE, "nlu_fallback")]
    if inside:
        table = reliability(np.array([row.confidence for row in inside]), np.array([row.right for row in inside]))
        parts.append(f"How far confidences can be trusted, where an intent was named\n{printed(table)}")
    return "\n\n".join(part for part in parts if part)


def accuracies(rows: list[Row]) -> list[str]:
    """Lines: all, in scope, out of scope; then each language where several are."""
    lines = [f"{len(rows)} sentences, {share(rows)} right"]
    lines += split(rows, "")
    languages = sorted({row.language for row in rows if row.language})
    if len(languages) > 1 or languages:
        for language in languages:
            some = [row for row in rows if row.language == language]
            lines.append(f"{language}: {len(some)} sentences, {share(some)} right")
            lines += split(some, f"{language}: ")
    return lines


def split(rows: list[Row], lead: str) -> list[str]:
    inside, outside = [row for row in rows if not row.outside], [row for row in rows if row.outside]
    if not (inside and outside):
        return []
    return [f"{lead}in scope {share(inside)}, out-of-scope recall {share(outside)} of {len(outside)}"]


def share(rows: Iterable[Row]) -> str:
    listed = list(rows)
    return f"{100 * sum(row.right for row in listed) / max(1, len(listed)):.1f} %"


def by_intent(rows: list[Row]) -> str:
    """Precision, recall and F1 of each intent, the worst first."""
    expected, predicted = Counter(row.expected for row in rows), Counter(row.predicted for row in rows)
    right = Counter(row.expected for row in rows if row.right)
    found = []
    for intent, count in expected.items():
        taken = sum(predicted[name] for name in OUTSIDE) if intent in OUTSIDE else predicted[intent]
        precision, recall = right[intent] / max(1, taken), right[intent] / count
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        found.append((f1, intent, precision, recall, count))
    width = max(len(intent) for intent in expected)
    lines = [f"{'intent':{width}}     F1  precision  recall  sentences"]
    lines += [f"{name:{width}}  {f1:.3f}      {p:.3f}   {r:.3f} {count:10}" for f1, name, p, r, count in sorted(found)]
    mean = sum(entry[0] for entry in found) / len(found)
    return "\n".join([*lines, f"{'mean':{width}}  {mean:.3f}"])


def confusions(rows: list[Row]) -> str:
    """What was most often taken for what."""
    pairs = Counter((row.expected, row.predicted) for row in rows if not row.right)
    if not pairs:
        return ""
    lines = [f"{count:4} × {expected} taken for {taken}" for (expected, taken), count in pairs.most_common(SHOWN)]
    return "\n".join(["Most frequent mistakes", *lines])
