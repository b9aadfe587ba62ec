"""How well the assistant understands sentences it was never taught: accuracy by language, and what is out of scope.

Run: uv run --project bot python benchmarks/understanding.py [model]
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402

MODEL = ROOT / "var/models/relais.tar.gz"
FALLBACK, OUTSIDE = "nlu_fallback", "out_of_scope"


@dataclass(frozen=True)
class Sentence:
    text: str
    intent: str
    language: str


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1. A fallback counts as wrong inside the scope, and as right outside it."""

    accuracy: float
    by_language: dict[str, float]
    outside_recall: float
    mistakes: list[tuple[Sentence, str, float]]
    milliseconds: float


def heldout(language: str) -> list[Sentence]:
    content = yaml.safe_load((ROOT / f"tests/bot/heldout.{language}.yml").read_text(encoding="utf-8"))
    return [
        Sentence(line.strip().removeprefix("- "), group["intent"], language)
        for group in content["nlu"]
        for line in group["examples"].splitlines()
        if line.strip()
    ]


async def measure(model: Path = MODEL, *, every: int = 1) -> Figures:
    """The figures for one in `every` sentences."""
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    agent = Agent.load(model)
    sentences = (heldout("fr") + heldout("en"))[::every]
    right: Counter[str] = Counter()
    mistakes = []
    began = time.perf_counter()
    for sentence in sentences:
        intent = (await agent.parse_message(sentence.text))["intent"]
        understood = intent["name"] == sentence.intent or (sentence.intent == OUTSIDE and intent["name"] == FALLBACK)
        right[sentence.language] += understood
        if sentence.intent == OUTSIDE:
            right[OUTSIDE] += understood
        if not understood:
            mistakes.append((sentence, intent["name"], intent["confidence"]))
    took = time.perf_counter() - began
    total = Counter(s.language for s in sentences)
    outside = sum(s.intent == OUTSIDE for s in sentences)
    return Figures(
        accuracy=(right["fr"] + right["en"]) / len(sentences),
        by_language={language: right[language] / total[language] for language in ("fr", "en")},
        outside_recall=right[OUTSIDE] / outside,
        mistakes=mistakes,
        milliseconds=took / len(sentences) * 1000,
    )


def main() -> None:
    figures = asyncio.run(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else MODEL))
    for sentence, taken_for, confidence in figures.mistakes:
        print(f"{sentence.language}  {sentence.intent:14} {taken_for:14} {confidence:.2f}  {sentence.text}")
    print(f"accuracy {figures.accuracy:.3f}", *(f"{lang} {share:.3f}" for lang, share in figures.by_language.items()))
    print(f"out of scope recognised {figures.outside_recall:.3f}   {figures.milliseconds:.1f} ms a sentence")


if __name__ == "__main__":
    main()
