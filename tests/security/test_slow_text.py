"""No text of a stranger keeps a process busy: what reads it takes time in proportion to its length."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from crm_backend.conversations import texts
from crm_backend.encoder import Encoder
from crm_backend.texts import clean
from server import logs
from server.embedding import READ, Embedder
from server.language import detect

LONG = 50_000
RUNAWAY = 5.0
SHAPES = {
    "one word": "a" * LONG,
    "digits": "1" * LONG,
    "dotted": "a." * (LONG // 2),
    "dotted digits": "1." * (LONG // 2),
    "dashes": "-" * LONG,
    "spaces": "x" + " " * (LONG - 2) + "x",
    "addresses": "a@a." * (LONG // 4),
    "slashes": "/" * LONG,
    "joiners": "\u200c" * (LONG - 1) + "x",
}
READERS: dict[str, Callable[[str], object]] = {
    "logs": lambda text: logs.mask(None, "", {"path": text}),
    "language": lambda text: detect(text, current="fr"),
    "texts": lambda text: texts.for_assistant(clean(text, max_length=LONG)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reader", READERS)
def test_a_long_text_does_not_keep_its_reader(reader: str, shape: str) -> None:
    detect("bonjour", current="fr")
    # The processor's own time. Not how fast it is, which differs by machine, but that it does not run away: work that
    # grows with the square of the length takes tens of seconds here, sound work a few tenths.
    started = time.process_time()
    READERS[reader](SHAPES[shape])
    assert time.process_time() - started < RUNAWAY


async def test_only_the_beginning_of_a_long_question_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def one(_: Encoder, text: str) -> np.ndarray:
        asked.append(text)
        return np.zeros(1)

    monkeypatch.setattr(Encoder, "one", one)
    await Embedder().one("mot " * 2_500)
    assert [len(text) for text in asked] == [READ]
