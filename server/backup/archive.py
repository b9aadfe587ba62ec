"""The file of a backup: a compressed tar whose last member tells the length and SHA-256 of every other.

A tar is written and read from front to end, so that neither a database nor its files need room beside it. Tables come
in pieces, for a tar must know how long a member is before it begins.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

FORMAT = 1
HEADER, MANIFEST = "relais-backup.json", "manifest.json"
PIECE = 8 * 1024 * 1024
_LARGEST_WORDS = 256 * 1024 * 1024


class Damaged(Exception):
    """The file is not what was written; the message says where."""


class Writer:
    """Writes members in order, and the manifest when it is closed."""

    def __init__(self, stream: BinaryIO, header: dict[str, Any]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|gz", format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed below
        self._members: dict[str, list[Any]] = {}
        self.add(HEADER, json.dumps({"format": FORMAT, **header}).encode())

    def add(self, name: str, content: bytes) -> None:
        """Adds a member."""
        self._members[name] = [len(content), hashlib.sha256(content).hexdigest()]
        self._put(name, content)

    def close(self, told: dict[str, Any]) -> None:
        """Ends the archive with its manifest; `told` stands in it, too."""
        words = json.dumps({**told, "members": self._members}).encode()
        self._put(MANIFEST, hashlib.sha256(words).hexdigest().encode() + b"\n" + words)
        self._tar.close()

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


def members(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Every member in order, the header first and the manifest last. Raises Damaged as soon as something is wrong;
    what was given before may have to be forgotten."""
    seen: dict[str, list[Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(fileobj=stream, mode="r|gz") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.size <= _LARGEST_WORDS else None
                if manifest is not None or source is None:
                    raise Damaged(f"unexpected {member.name[:80]}")
                content = source.read()
                if member.name == MANIFEST:
                    digest, _, content = content.partition(b"\n")
                    if hashlib.sha256(content).hexdigest().encode() != digest:
                        raise Damaged("its list of contents is not what was written")
                    manifest = cast("dict[str, Any]", json.loads(content))
                    if manifest["members"] != seen:
                        raise Damaged(_first_difference(manifest["members"], seen))
                elif not seen and member.name != HEADER:
                    raise Damaged("no backup of Relais")
                else:
                    seen[member.name] = [len(content), hashlib.sha256(content).hexdigest()]
                yield member.name, content
            # What the compression's own checksum covers is only compared at its end.
            while stream.read(PIECE):
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"cannot be read ({type(error).__name__})") from error
    if manifest is None:
        raise Damaged("it ends too early")


def _first_difference(told: dict[str, Any], seen: dict[str, Any]) -> str:
    for name in [*told, *seen]:
        if told.get(name) != seen.get(name):
            return f"{name} is not what was written"
    return "the order of its members"
