"""Vectors of the assistant's own sentences, as they come with the repository: `python -m bot.taught` writes them anew.

A fresh machine would compute them for two minutes. One file: a line that names the encoder, then a record for each
sentence: the hash of its text, a scale, and 384 whole numbers of one byte. Rounded like this a vector keeps a cosine of
0.9999 with itself (docs/adr/0012-vectors-come-with-the-sentences.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bot.vectors import KEY, MODEL, SIZE, Vectors, beginning, folder, key
from bot.written import numbers_alike

FILE = Path(__file__).with_name("taught.vectors")
HEAD = f"{MODEL}\n".encode()
RECORD = np.dtype([("key", f"V{KEY}"), ("scale", "<f4"), ("values", "i1", (SIZE,))])


def read(file: Path = FILE) -> dict[bytes, np.ndarray]:
    """The vectors by their texts' keys; none where there is no file, or another encoder made it."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {}
    if not content.startswith(HEAD) or (len(content) - len(HEAD)) % RECORD.itemsize:
        return {}
    records = np.frombuffer(content, dtype=RECORD, offset=len(HEAD))
    vectors = records["values"] * records["scale"][:, None]
    return dict(zip((each.tobytes() for each in records["key"]), vectors, strict=True))


def write(texts: Iterable[str], vectors: np.ndarray, file: Path = FILE) -> int:
    """Keeps a vector for each text, in an order that only the texts decide; returns how many."""
    rows = dict(sorted({key(beginning(text)): row for text, row in zip(texts, vectors, strict=True)}.items()))
    values = np.array(list(rows.values()), dtype=np.float32).reshape(len(rows), SIZE)
    records = np.zeros(len(rows), dtype=RECORD)
    records["key"] = [np.void(name) for name in rows]
    records["scale"] = np.abs(values).max(axis=1) / 127
    records["values"] = np.rint(values / records["scale"][:, None])
    file.write_bytes(HEAD + records.tobytes())
    return len(rows)


def sentences(data: Path = Path("data")) -> list[str]:
    """The sentences that the assistant is taught, each once, as Rasa reads them, with their order numbers alike."""
    from bot.topics import TopicImporter

    examples = TopicImporter(training_data_paths=[str(data)]).get_nlu_data().intent_examples
    return list(dict.fromkeys(numbers_alike(each.get("text")) for each in examples if each.get("text")))


def main(words: list[str] | None = None) -> int:
    """Writes the file for the sentences under `data`, from what `var/vectors` keeps and the encoder."""
    parser = argparse.ArgumentParser(prog="python -m bot.taught")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--file", type=Path, default=FILE)
    given = parser.parse_args(words)
    texts = sentences(given.data)
    count = write(texts, Vectors().many(texts, folder()), given.file)
    sys.stdout.write(f"{count} vectors, {given.file.stat().st_size / 1e6:.1f} MB, in {given.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
