"""The vector of a question: the assistant's, as long as it is of the same words."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from actions import meaning, toolbox


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    async def embed(question: str) -> list[float]:
        asked.append(question)
        return [0.0]

    monkeypatch.setattr(meaning, "tools", lambda: toolbox.Toolbox(sessions=None, embed=embed, now=None))  # type: ignore[arg-type]
    return asked


def turn(text: str, vector: str | None) -> Any:
    return SimpleNamespace(tracker=SimpleNamespace(latest_message={"text": text, "vector": vector}))


async def test_what_the_assistant_encoded_is_not_encoded_again(embedded: list[str]) -> None:
    told = base64.b64encode(np.array([0.25, -0.5], dtype="<f2").tobytes()).decode()
    assert await meaning.vector_of(turn("où ?", told), "où ?") == [0.25, -0.5]
    assert embedded == []


@pytest.mark.parametrize("vector", [None, "", "AAAA"])
async def test_a_part_of_the_message_and_one_known_by_heart_are_encoded(embedded: list[str], vector: str) -> None:
    words = "et ensuite ?" if vector == "AAAA" else "où ?"
    assert await meaning.vector_of(turn("où ?", vector), words) == [0.0] and embedded == [words]
