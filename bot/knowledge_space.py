"""Writes the space in which the help centre compares questions and passages: `python -m bot.knowledge_space`.

It is fitted to the assistant's own examples and holds numbers alone (crm_backend/knowledge/space.py reads it). To the
classifier's space (bot/space.py) it adds what tells topics apart: a straight regression from places to topics, whose
directions are stretched (docs/adr/0018). Examples that are a known question of the demo's articles are left out: by
those questions search is measured (benchmarks/knowledge.py).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import yaml

from bot import taught
from bot.space import Space
from bot.topics import TopicImporter
from bot.vectors import Vectors, folder

FILE = Path("crm_backend/knowledge/space.npz")
ARTICLES = Path("server/demo/articles")
STRETCH, RIDGE = 2.0, 30.0
"""How much the directions of topics count beside the others, and what keeps the regression from trusting small
differences; chosen on half of the demo's known questions."""


def fit(data: Path = Path("data"), articles: Path = ARTICLES) -> Space:
    """The space of the examples of every topic."""
    examples = TopicImporter(training_data_paths=[str(data)]).get_nlu_data().intent_examples
    asked = questions(articles)
    pairs = [(each.get("text"), each.get("intent")) for each in examples if each.get("text")]
    pairs = [(text, intent) for text, intent in pairs if plain(text) not in asked]
    names = sorted({intent for _, intent in pairs})
    vectors = Vectors().many([text for text, _ in pairs], folder(), given=taught.read())
    return stretched(vectors, np.array([names.index(intent) for _, intent in pairs]))


def stretched(vectors: np.ndarray, classes: np.ndarray) -> Space:
    """The classifier's space, longer in the directions that tell classes apart; each class weighs the same."""
    space = Space.fit(vectors, classes)
    counts = np.bincount(classes)
    weights = np.sqrt(len(classes) / len(counts) / counts)[classes][:, None]
    places = np.hstack([space.of(vectors), np.ones((len(vectors), 1))]) * weights
    told = np.eye(len(counts))[classes] * weights
    topics = np.linalg.solve(places.T @ places + RIDGE * np.eye(places.shape[1]), places.T @ told)[:-1]
    topics -= topics.mean(axis=1, keepdims=True)
    # To compare places with what the regression says of them at their side is to compare them after this root.
    lengths, directions = np.linalg.eigh(np.eye(len(topics)) + STRETCH**2 * topics @ topics.T)
    root = (directions * np.sqrt(lengths)) @ directions.T
    return Space(space.centre, (space.map @ root).astype(np.float32))


def questions(articles: Path) -> set[str]:
    """The known questions of the articles in a folder, as `plain` has them."""
    heads = [path.read_text(encoding="utf-8").split("\n---\n")[0] for path in sorted(articles.glob("*/*.md"))]
    return {plain(question) for head in heads for question in yaml.safe_load(head).get("questions", [])}


def plain(text: str) -> str:
    """A sentence by its letters and digits alone."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def main() -> int:
    """Writes the file anew."""
    found = fit()
    with FILE.open("wb") as file:
        np.savez_compressed(file, centre=found.centre.astype(np.float16), map=found.map.astype(np.float16))
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e3:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
