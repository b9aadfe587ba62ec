"""The vectors that come with the repository are those of the sentences the assistant is taught."""

from pathlib import Path

import numpy as np
import pytest

from bot import taught
from bot.vectors import SIZE, Vectors, beginning, computed, key


def test_nearly_every_sentence_comes_with_its_vector(root: Path) -> None:
    keys = [key(beginning(text)) for text in taught.sentences(root / "data")]
    known = taught.read()
    share = sum(each in known for each in keys) / len(keys)
    assert share >= 0.98, f"{share:.1%} of {len(keys)}: run ./relais train --vectors"


def test_the_vectors_are_those_of_the_encoder(root: Path) -> None:
    known = taught.read()
    texts = [beginning(text) for text in taught.sentences(root / "data")[::900]]
    texts = [text for text in texts if key(text) in known]
    fresh = computed(texts)
    kept = np.array([known[key(text)] for text in texts])
    cosines = (fresh * kept).sum(axis=1) / np.linalg.norm(kept, axis=1)
    assert len(texts) > 5 and cosines.min() > 0.995


@pytest.fixture
def some() -> tuple[list[str], np.ndarray]:
    rows = np.random.default_rng(4).normal(size=(3, SIZE)).astype(np.float32)
    return ["un", "deux", "trois"], rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_what_is_written_is_read_again_and_is_not_computed(tmp_path: Path, some, monkeypatch) -> None:
    texts, rows = some
    assert taught.write([*texts, "un"], np.vstack([rows, rows[:1]]), tmp_path / "file") == 3
    monkeypatch.setattr("bot.vectors.encoder", lambda: pytest.fail("nothing is left to compute"))
    again = Vectors().many(texts, given=taught.read(tmp_path / "file"))
    assert (again * rows).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("damage", [lambda content: b"other-model\n" + content, lambda content: content[:-1]])
def test_a_file_of_another_encoder_or_cut_short_is_not_used(tmp_path: Path, some, damage) -> None:
    file = tmp_path / "file"
    taught.write(*some, file)
    file.write_bytes(damage(file.read_bytes()))
    assert taught.read(file) == {} and taught.read(tmp_path / "none") == {}
