"""Vectors of questions: one that was asked lately is not computed again, and only so many are remembered."""

from __future__ import annotations

import pytest

from server import embedding
from server.embedding import Embedder


async def test_questions_are_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[str] = []

    def compute(_: Embedder, text: str) -> list[float]:
        computed.append(text)
        return [float(len(text)), 0.5]

    monkeypatch.setattr(Embedder, "_compute", compute)
    monkeypatch.setattr(embedding, "REMEMBERED", 2)
    embedder = Embedder()
    for text in ("où ?", "quand ?", "où ?", "comment ?", "où ?", "quand ?", "\ud83d"):
        assert await embedder.one(text) == [float(len(text)), 0.5]
    assert computed == ["où ?", "quand ?", "comment ?", "quand ?", "\ud83d"]
    long = "a" * 600
    assert await embedder.one(long) == await embedder.one(long + "b") == [500.0, 0.5]
