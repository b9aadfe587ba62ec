"""The trained model on sentences it never saw: some of them, a loose floor. `benchmarks/understanding.py` takes all."""

import asyncio
import importlib.util
from pathlib import Path

import pytest


def test_heldout_sentences_are_understood_in_both_languages(root: Path) -> None:
    model = root / "var/models/relais.tar.gz"
    if not model.exists():
        pytest.skip("no model: ./relais train")
    spec = importlib.util.spec_from_file_location("understanding", root / "benchmarks/understanding.py")
    understanding = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    __import__("sys").modules["understanding"] = understanding
    spec.loader.exec_module(understanding)
    figures = asyncio.run(understanding.measure(model, every=6))
    assert figures.accuracy >= 0.85
    assert min(figures.by_language.values()) >= 0.85
