"""A fitted classifier as files of a model, and back: numbers in one archive, words in another. Nothing is unpickled."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bot.calibration import Scale
from bot.classifier import Classifier, Held
from bot.grams import Grams
from bot.outside import Gate
from bot.reading import Reader
from bot.space import Space
from bot.surface import Surface

NUMBERS, WORDS = "intents.npz", "intents.json"


def write(classifier: Classifier, folder: Path, *, threshold: float, ambiguity: float) -> None:
    """Writes what `reader` needs into `folder`, which is there."""
    surface = classifier.surface
    assert surface is not None
    numbers = {
        "centre": classifier.space.centre,
        "map": classifier.space.map,
        "places": classifier.places,
        "classes": classifier.classes,
        "dual": classifier.dual,
        "by_gram": classifier.by_gram,
        "gram_weights": classifier.grams.weights,
        "surface": surface.weights,
        **{f"scale_{key}": value for key, value in vars(classifier.scale).items()},
        **{f"surface_scale_{key}": value for key, value in vars(surface.scale).items()},
        **{f"gate_{key}": value for key, value in vars(classifier.gate).items()},
    }
    words = {
        "intents": classifier.intents,
        "outside": classifier.outside,
        "base": classifier.base,
        "known": classifier.known,
        "grams": list(classifier.grams.places),
        "surface_least": surface.least,
        "held": vars(classifier.held),
        "threshold": threshold,
        "ambiguity": ambiguity,
    }
    np.savez(folder / NUMBERS, **numbers)
    (folder / WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def reader(folder: Path) -> Reader:
    """What `write` wrote, ready to read messages."""
    words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    return Reader(read(folder), threshold=words["threshold"], ambiguity=words["ambiguity"])


def unpacked(model: Path) -> Iterator[tuple[str, bytes]]:
    """The two files out of a model's archive."""
    with tarfile.open(model) as archive:
        for member in archive:
            if Path(member.name).name in (NUMBERS, WORDS) and (file := archive.extractfile(member)):
                yield Path(member.name).name, file.read()


def read(folder: Path) -> Classifier:
    """The classifier that `write` wrote."""
    words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    with np.load(folder / NUMBERS, allow_pickle=False) as archive:
        numbers = dict(archive)
    classifier = Classifier()
    classifier.intents, classifier.outside = words["intents"], words["outside"]
    classifier.base, classifier.known = words["base"], words["known"]
    classifier.held = Held(**words["held"])
    for name in ("places", "classes", "dual", "by_gram"):
        setattr(classifier, name, numbers[name])
    classifier.space = Space(numbers["centre"], numbers["map"])
    classifier.grams = Grams(words["grams"], numbers["gram_weights"])
    classifier.scale = Scale(**beginning_with("scale_", numbers))
    classifier.gate = Gate(**beginning_with("gate_", numbers))
    scale = Scale(**beginning_with("surface_scale_", numbers))
    classifier.surface = Surface(numbers["surface"], scale, words["surface_least"], words["outside"])
    return classifier


def beginning_with(prefix: str, numbers: dict[str, np.ndarray]) -> dict[str, Any]:
    """The arrays of one part; what was a single number is one again."""
    return {
        name.removeprefix(prefix): value if value.ndim else value.item()
        for name, value in numbers.items()
        if name.startswith(prefix)
    }
