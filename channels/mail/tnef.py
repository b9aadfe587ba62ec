"""What is inside winmail.dat, Outlook's private envelope (MS-OXTNEF)."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from typing import Any

from channels.mail.charsets import declared_in_html, storable, to_text

_SIGNATURE = 0x223E9F78
_MAX_BYTES = 30_000_000
_MAX_OBJECTS = 5_000
_MAX_COPIED = 400_000_000
"""tnefparse copies the rest of the file for every object: the sum is kept bearable."""
_ATTACHMENT_LEVEL = 2
# Attributes that carry text or files: tag, body, MAPI properties, code page; every attachment attribute is kept too.
_WANTED = {0x9006, 0x9007, 0x800C, 0x9003}
_MIME_TAG, _CONTENT_ID = 0x370E, 0x3712

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Enclosed:
    name: str
    type: str
    content: bytes
    content_id: str


@dataclass(frozen=True, slots=True)
class Winmail:
    text: str
    html: str
    files: tuple[Enclosed, ...]


def open_winmail(content: bytes) -> Winmail | None:
    """Text, page and files of a winmail.dat, or None when it cannot be read. Files are never unpacked further."""
    kept = _only_wanted(content)
    if kept is None:
        return None
    from tnefparse import TNEF

    try:
        tnef = TNEF(kept, do_checksum=False)
        files = tuple(_enclosed(number, one) for number, one in enumerate(tnef.attachments, 1))
        return Winmail(_text(tnef.body), _text(tnef.htmlbody, html=True), files)
    except Exception:  # noqa: BLE001  the library raises whatever damaged bytes lead it into
        return None


def _only_wanted(content: bytes) -> bytes | None:
    """The file without the attributes nobody needs (recipients, dates), which hold the library's endless loops."""
    if len(content) > _MAX_BYTES or len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        return None
    pieces, at, copied, rendered = [content[:6]], 6, 0, False
    while at + 11 <= len(content):
        level, name, _, length = struct.unpack_from("<BHHI", content, at)
        end = at + 9 + length + 2
        if end > len(content):
            break
        if level == _ATTACHMENT_LEVEL or name in _WANTED:
            rendered = rendered or name == 0x9002
            if (level != _ATTACHMENT_LEVEL or rendered) and not _bomb(name, content, at + 9, length):
                pieces.append(content[at:end])
                copied += len(content) - at
        at = end
        if len(pieces) > _MAX_OBJECTS or copied > _MAX_COPIED:
            return None
    return b"".join(pieces)


def _bomb(name: int, content: bytes, at: int, length: int) -> bool:
    """A list of MAPI properties that claims more entries than its bytes can hold."""
    if name not in (0x9003, 0x9005):
        return False
    return length < 4 or struct.unpack_from("<I", content, at)[0] > length // 4


def _enclosed(number: int, file: Any) -> Enclosed:
    properties = {prop.name: prop.data for prop in file.mapi_attrs}
    name = _text(file.long_filename()) or f"winmail-{number}.bin"
    content = file.data if isinstance(file.data, bytes) else bytes(file.data or b"")
    kind = _text(properties.get(_MIME_TAG)) or "application/octet-stream"
    return Enclosed(name, kind.lower(), content, _text(properties.get(_CONTENT_ID)))


def _text(value: Any, *, html: bool = False) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = to_text(value, declared_in_html(value) if html else None)
    return storable(str(value or "")).replace("\x00", "").strip()
