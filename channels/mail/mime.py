"""The tree of parts of a mail, walked with limits. Time grows with the size of the mail, not with what it claims."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.mail.headers import MAX_HEADER_BYTES, Headers, decode_base64, parameters, read_headers
from crm_backend.errors import TooLong

MAX_PARTS = 1_000
MAX_DEPTH = 50
_READ_OVER = 12
"""How many times its own size a mail may be searched for boundaries: nested parts search the same bytes again."""

_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_FIRST_LINE = re.compile(rb"[ \t]*[!-9;-~]{1,200}[ \t]*:")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the tree. `within` are the content types around it, outermost first."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    content: bytes
    within: tuple[str, ...]
    group: tuple[int, ...]
    """A number for each multipart/alternative around it: parts that share one say the same thing."""


@dataclass(slots=True)
class _Budget:
    parts: int
    bytes: int

    def take(self, read: int) -> None:
        self.parts -= 1
        self.bytes -= read
        if self.parts < 0:
            raise TooLong(f"the mail has over {MAX_PARTS} parts")
        if self.bytes < 0:
            raise TooLong("the mail nests too many parts in each other")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    default: str
    within: tuple[str, ...]
    group: tuple[int, ...]


def split_header(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """The fields of the mail or part that begins at `start`, and where its body begins."""
    end = len(raw) if end is None else end
    while start < end and raw[start] in b"\r\n":
        start += 1
        if start and raw[start - 1] == 10 and raw[start : start + 1] not in (b"\r", b"\n"):
            break
    if not _FIRST_LINE.match(raw, start, end) and not raw.startswith((b"From ", b">From "), start, end):
        return Headers(), start
    found = _END_OF_HEADER.search(raw, start, min(end, start + MAX_HEADER_BYTES + 4))
    if found is None and end - start > MAX_HEADER_BYTES:
        raise TooLong("the header of the mail is over a megabyte")
    stop, body = (found.start(), found.end()) if found else (end, end)
    return read_headers(raw[start:stop]), body


def header_of(raw: bytes) -> bytes:
    """The header of a mail as it came, with the line that ends it."""
    raw = raw.lstrip(b"\r\n")
    found = _END_OF_HEADER.search(raw, 0, MAX_HEADER_BYTES + 4)
    return raw[: found.end() if found else MAX_HEADER_BYTES]


def walk(raw: bytes) -> tuple[Headers, list[Part]]:
    """The mail's own header and its leaves in order; enclosed mails (message/rfc822) are leaves.

    Raises TooLong past the limits of parts, depth and header size.
    """
    budget = _Budget(MAX_PARTS, len(raw) * _READ_OVER + 1_000_000)
    top: Headers | None = None
    leaves: list[Part] = []
    waiting = [_Span(0, len(raw), "text/plain", (), ())]
    while waiting:
        span = waiting.pop()
        budget.take(span.end - span.start)
        headers, body = _header_of(raw, span, first=top is None)
        top = headers if top is None else top
        kind, params = parameters(headers.first("content-type"))
        if not kind or "/" not in kind:
            kind = span.default
        if kind.startswith("multipart/") and not raw.startswith(b"%PDF", body):
            if len(span.within) >= MAX_DEPTH:
                raise TooLong(f"the mail nests parts over {MAX_DEPTH} deep")
            pieces = list(_pieces(raw, body, span.end, params.get("boundary", ""), budget.parts))
            if pieces:
                default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
                within = (*span.within, kind)
                group = (*span.group, body) if kind == "multipart/alternative" else span.group
                waiting.extend(_Span(start, end, default, within, group) for start, end in reversed(pieces))
                continue
            kind = "text/plain"
        leaves.append(_leaf(headers, kind, params, raw[body : span.end], span))
    assert top is not None
    return top, leaves


def _header_of(raw: bytes, span: _Span, *, first: bool) -> tuple[Headers, int]:
    if not first and raw.startswith((b"\n", b"\r\n"), span.start, span.end):
        return Headers(), span.start + (1 if raw[span.start] == 10 else 2)
    return split_header(raw, span.start, span.end)


def _leaf(headers: Headers, kind: str, params: dict[str, str], content: bytes, span: _Span) -> Part:
    disposition, details = parameters(headers.first("content-disposition"))
    encoding = headers.first("content-transfer-encoding").strip().strip("\"'").lower()
    if not kind.startswith("message/") or encoding in ("base64", "quoted-printable"):
        content = decoded(content, encoding)
    return Part(
        headers=headers,
        type=kind,
        parameters=params,
        disposition=disposition,
        filename=details.get("filename") or params.get("name", ""),
        content=content,
        within=span.within,
        group=span.group,
    )


def decoded(content: bytes, encoding: str) -> bytes:
    """The content without its transfer encoding; damaged encodings give what can be saved."""
    match encoding:
        case "base64":
            return decode_base64(content)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "uuencode" | "x-uuencode" | "x-uue" | "uue":
            return b"".join(_uu_lines(content))
        case _:
            return content


def _uu_lines(content: bytes) -> Iterator[bytes]:
    for line in content.split(b"\n"):
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            yield binascii.a2b_uu(line.rstrip(b"\r"))
        except binascii.Error:
            # Old encoders write more padding than the length byte says.
            length = ((line[0] - 32 & 63) * 4 + 5) // 3
            try:
                yield binascii.a2b_uu(line[:length])
            except binascii.Error:
                continue


def _pieces(raw: bytes, start: int, end: int, boundary: str, most: int) -> Iterator[tuple[int, int]]:
    """Where the parts between the boundaries begin and end. A missing last boundary ends with the mail."""
    mark = b"--" + boundary.encode("utf-8", "replace").rstrip()
    if not boundary or not _has(raw, mark, start, end):
        guessed = _guessed(raw, start, end)
        if guessed is None:
            return
        mark = guessed
    opened: int | None = None
    count = 0
    for line_start, line_end, closing in _marks(raw, mark, start, end):
        if opened is not None:
            yield opened, max(opened, _before_newline(raw, line_start))
            count += 1
            if count > most:
                raise TooLong(f"the mail has over {MAX_PARTS} parts")
        opened = None if closing else line_end
        if closing:
            return
    if opened is not None:
        yield opened, end


def _has(raw: bytes, mark: bytes, start: int, end: int) -> bool:
    return next(_marks(raw, mark, start, end), None) is not None


def _marks(raw: bytes, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The lines that are the boundary: start, end with their newline, and whether they close the list."""
    tail = rb"(--)?[ \t]{0,200}(?:\r?(?=\n)|\r?\Z|\r)"
    first = re.compile(re.escape(mark) + tail).match(raw, start, end)
    if first:
        yield start, min(end, first.end() + 1), first[1] is not None
    for found in re.compile(rb"\n" + re.escape(mark) + tail).finditer(raw, start, end):
        yield found.start() + 1, min(end, found.end() + 1), found[1] is not None


def _before_newline(raw: bytes, at: int) -> int:
    """The newline before a boundary belongs to the boundary (RFC 2046, section 5.1.1)."""
    if at and raw[at - 1] == 10:
        at -= 1
    if at and raw[at - 1] == 13:
        at -= 1
    return at


def _guessed(raw: bytes, start: int, end: int) -> bytes | None:
    """The first line of the body that looks like a boundary, when the declared one is missing or wrong."""
    for line in raw[start : min(end, start + 4_000)].split(b"\n")[:50]:
        mark = line.strip()
        if mark.startswith(b"--") and 6 < len(mark) < 80 and b" " not in mark and mark.strip(b"-"):
            return mark
    return None
