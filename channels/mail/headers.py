"""The header block of a mail or of one of its parts: fields, parameters, encoded words, identifiers, dates."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from channels.mail.charsets import one_line, to_text
from crm_backend.errors import TooLong

MAX_HEADER_BYTES = 1_000_000
MAX_FIELDS = 3_000
MAX_REFERENCES = 100
MAX_PARAMETERS = 200
_MOST_PADDED = 1_000

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# RFC 2047, section 2; tolerant of a language tag (RFC 2231) and of spaces in the encoded text.
_WORD = re.compile(r"=\?([A-Za-z0-9_:.+()\-]{1,60})(?:\*[A-Za-z0-9\-]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>]{1,998})>")
_NOT_BASE64 = bytes(c for c in range(256) if not (chr(c).isascii() and chr(c).isalnum()) and chr(c) not in "+/=")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in the order of the mail, names in lower case, values unfolded but not decoded."""

    fields: tuple[tuple[str, str], ...] = ()
    _index: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def all(self, name: str) -> list[str]:
        """Every value of the field, top to bottom."""
        if not self._index:
            for key, value in self.fields:
                self._index.setdefault(key, []).append(value)
        return list(self._index.get(name.lower(), ()))

    def first(self, name: str) -> str:
        """The topmost value of the field, or an empty text."""
        values = self.all(name)
        return values[0] if values else ""

    def has(self, name: str) -> bool:
        return bool(self.all(name))


def read_headers(block: bytes) -> Headers:
    """The fields of a header block. Lines that are no field are dropped, broken folding is taken as folding.

    Raises TooLong past a megabyte or 3,000 fields.
    """
    if len(block) > MAX_HEADER_BYTES:
        raise TooLong("the header of the mail is over a megabyte")
    fields: list[tuple[str, list[bytes]]] = []
    for line in block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
            continue
        found = _FIELD.match(line)
        if found:
            fields.append((found[1].decode("ascii").lower(), [line[found.end() :]]))
            if len(fields) > MAX_FIELDS:
                raise TooLong("the mail has too many header fields")
        elif fields and line.strip() and not line.startswith((b"From ", b">From ")):
            # A long field broken without the leading space that would make it one.
            fields[-1][1].append(b" " + line)
    return Headers(tuple((name, to_text(b"".join(parts)).replace("\n", " ").strip()) for name, parts in fields))


def decode_words(value: str) -> str:
    """The value with its encoded words decoded (RFC 2047); what cannot be decoded stays as it was."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        charset, content = word[1].lower(), _word_bytes(word[2].lower(), word[3])
        end = word.end()
        if pending and not between.strip() and pending[0] == charset:
            # Some senders cut a character in two between words: join the bytes before decoding them.
            pending = (charset, pending[1] + content)
            continue
        if pending:
            out.append(to_text(pending[1], pending[0]))
        if between.strip() or not pending:
            out.append(between)
        pending = (charset, content)
    if pending:
        out.append(to_text(pending[1], pending[0]))
    out.append(value[end:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding == "b":
        return decode_base64(text.encode("ascii", "ignore"))
    return binascii.a2b_qp(text.replace("_", " ").encode("utf-8", "replace"), header=False)


def decode_base64(content: bytes) -> bytes:
    """The decoded bytes; characters outside the alphabet are skipped, padding may be missing or in the middle."""
    clean = content.translate(None, _NOT_BASE64)
    if b"=" not in clean.rstrip(b"="):
        return _base64(clean.rstrip(b"="))
    if clean.count(b"=") > _MOST_PADDED:
        return _base64(clean.replace(b"=", b""))
    return b"".join(_base64(piece) for piece in clean.split(b"=") if piece)


def _base64(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return base64.b64decode(clean + b"=" * (-len(clean) % 4))


def text_field(value: str, longest: int) -> str:
    """A field meant for reading: decoded, on one line, without invisible characters, capped."""
    return one_line(decode_words(value[: longest * 40]), longest)


def identifiers(value: str) -> list[str]:
    """Message identifiers in a field, without angle brackets, in order and once each; at most 100, newest kept."""
    found = ["".join(one.split()) for one in _ID.findall(value)]
    if not found:
        found = [word.strip("<>,;\"'") for word in value.split() if "@" in word]
    unique = [one for one in dict.fromkeys(one_line(each, 998) for each in found) if one]
    return unique if len(unique) <= MAX_REFERENCES else [unique[0], *unique[-MAX_REFERENCES + 1 :]]


def date_field(value: str) -> datetime | None:
    """The moment in UTC, or None when the field is missing or makes no sense."""
    try:
        found = parsedate_to_datetime(value[:200])
        # "-0000" says that the zone is unknown (RFC 5322, section 3.3): the clock time is then taken as UTC.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError, AttributeError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The lower-case value and the decoded parameters of Content-Type or Content-Disposition.

    RFC 2231 continuations and charsets are put together; encoded words inside quotes, forbidden but common, decoded.
    """
    head, *rest = _pieces(value[:20_000])
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in rest[:MAX_PARAMETERS]:
        name, _, content = piece.partition("=")
        name, content = name.strip().lower(), _unquoted(content.strip())
        if not name:
            continue
        base, star, section = name.partition("*")
        if not star:
            plain.setdefault(base, text_field(content, 1_000))
            continue
        percent = section.endswith("*") or section == ""
        number = section.rstrip("*")
        order = int(number) if number.isdecimal() and len(number) < 4 else 0
        extended.setdefault(base, {}).setdefault(order, (percent, content))
    for base, sections in extended.items():
        plain[base] = _continued([sections[order] for order in sorted(sections)])
    return one_line(head, 200).lower(), plain


def _continued(sections: list[tuple[bool, str]]) -> str:
    charset, content = "utf-8", b""
    for index, (percent, text) in enumerate(sections):
        piece = text
        if index == 0 and percent and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        content += unquote_to_bytes(piece) if percent else piece.encode("utf-8", "replace")
    return one_line(to_text(content, charset), 1_000)


def _pieces(value: str) -> Iterator[str]:
    """The value cut at the semicolons that are outside quotes."""
    start, quoted, index = 0, False, 0
    while index < len(value):
        character = value[index]
        if character == "\\" and quoted:
            index += 1
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            yield value[start:index]
            start = index + 1
        index += 1
    yield value[start:]


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        value = value[1:]
        out, index = [], 0
        while index < len(value) and value[index] != '"':
            if value[index] == "\\" and value[index + 1 : index + 2] in ('"', "\\"):
                index += 1
            out.append(value[index])
            index += 1
        return "".join(out)
    return value
