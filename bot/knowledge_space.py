"""Writes the space in which the help centre compares questions and passages: `python -m bot.knowledge_space`.

It is fitted to the assistant's own examples and holds numbers alone (crm_backend/knowledge/space.py reads it).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from bot import taught
from bot.space import Space
from bot.topics import TopicImporter
from bot.vectors import Vectors, folder

FILE = Path("crm_backend/knowledge/space.npz")


def fit(data: Path = Path("data")) -> Space:
    """The space of the examples of every topic."""
    examples = TopicImporter(training_data_paths=[str(data)]).get_nlu_data().intent_examples
    pairs = [(each.get("text"), each.get("intent")) for each in examples if each.get("text")]
    names = sorted({intent for _, intent in pairs})
    vectors = Vectors().many([text for text, _ in pairs], folder(), given=taught.read())
    return Space.fit(vectors, np.array([names.index(intent) for _, intent in pairs]))


def main() -> int:
    """Writes the file anew."""
    found = fit()
    with FILE.open("wb") as file:
        np.savez_compressed(file, centre=found.centre.astype(np.float16), map=found.map.astype(np.float16))
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e3:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
