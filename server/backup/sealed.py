"""Encrypting a backup with a passphrase: AES-256-GCM in chunks, the key by scrypt.

Every chunk's nonce holds its number and whether it is the last, so that chunks can neither be dropped, moved nor cut
off at the end unseen (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.backup.archive import Damaged

MAGIC = b"RELAIS-SEALED-1\n"
CHUNK = 256 * 1024
_SALT, _PREFIX, _TAG = 16, 7, 16
_COST = 2**15
"""Of scrypt, with r=8 and p=1: 32 MB and a tenth of a second for every guess."""


def is_sealed(start: bytes) -> bool:
    """Whether a file that starts so is encrypted."""
    return start.startswith(MAGIC)


class SealedWriter(io.RawIOBase):
    """A stream that encrypts what is written to it. Close it to write the last chunk; the stream below stays open."""

    def __init__(self, below: BinaryIO, passphrase: str) -> None:
        self._below, self._waiting, self._number = below, bytearray(), 0
        salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        self._header = MAGIC + salt + self._prefix
        self._cipher = _cipher(passphrase, salt)
        below.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        raw = bytes(content)  # type: ignore[call-overload]
        self._waiting += raw
        # The last chunk must be known as such, so one whole chunk is always kept back.
        while len(self._waiting) > CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(raw)

    def close(self) -> None:
        if not self.closed:
            self._chunk(bytes(self._waiting), last=True)
            super().close()

    def _chunk(self, plain: bytes, *, last: bool) -> None:
        self._below.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last), plain, self._header))
        self._number += 1


class SealedReader(io.RawIOBase):
    """A stream that decrypts what it reads from below. Raises Damaged, also for the wrong passphrase."""

    def __init__(self, below: BinaryIO, passphrase: str) -> None:
        self._below, self._open, self._number, self._ended = below, b"", 0, False
        self._header = below.read(len(MAGIC) + _SALT + _PREFIX)
        if len(self._header) != len(MAGIC) + _SALT + _PREFIX or not is_sealed(self._header):
            raise Damaged("it ends too early")
        self._prefix = self._header[-_PREFIX:]
        self._cipher = _cipher(passphrase, self._header[len(MAGIC) : -_PREFIX])
        self._next = below.read(CHUNK + _TAG)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._open) < size) and not self._ended:
            self._open += self._chunk()
        if size < 0:
            size = len(self._open)
        given, self._open = self._open[:size], self._open[size:]
        return given

    def _chunk(self) -> bytes:
        sealed, self._next = self._next, self._below.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._prefix, self._number, self._ended), sealed, self._header)
        except InvalidTag as error:
            why = "the passphrase is not the right one, or its beginning was changed" if not self._number else "changed"
            raise Damaged(why) from error
        self._number += 1
        return plain


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\1" if last else b"\0")
