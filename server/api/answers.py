"""Answers that are files: documents, and tables as CSV; and files that are sent here."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell (OWASP, CSV injection)."""
LARGEST_UPLOAD = 10 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """A file to answer; `content` is all of it, or comes in pieces while the database is open."""

    name: str
    content_type: str
    content: bytes | AsyncIterator[bytes]
    inline: bool = False


@dataclass(frozen=True)
class Csv:
    """A table to answer as CSV (RFC 4180, UTF-8 with its mark, so that spreadsheets read accents)."""

    name: str
    header: Sequence[str]
    rows: AsyncIterator[Sequence[object]]


@dataclass(frozen=True)
class Upload:
    """A file that was sent: `multipart/form-data` with one part `file`, or its bytes as they are."""

    name: str
    content_type: str
    content: bytes


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet runs: one that begins like a formula, and is no number, gets an apostrophe."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA) and (isinstance(value, str) or not _is_number(text)):
        return "'" + text
    return text


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV."""
    kept = io.StringIO()
    csv.writer(kept).writerows([safe_cell(value) for value in row] for row in rows)
    return kept.getvalue().encode("utf-8", "replace")


async def pieces(answer: File | Csv) -> AsyncGenerator[bytes, None]:
    """What is sent, piece by piece."""
    if isinstance(answer, File):
        if isinstance(answer.content, bytes):
            yield answer.content
        else:
            async for piece in answer.content:
                yield piece
        return
    yield "\ufeff".encode() + csv_lines([answer.header])
    waiting: list[Sequence[object]] = []
    async for row in answer.rows:
        waiting.append(row)
        if len(waiting) == 500:
            yield csv_lines(waiting)
            waiting.clear()
    if waiting:
        yield csv_lines(waiting)


async def send(request: web.Request, answer: File | Csv, headers: dict[str, str]) -> web.StreamResponse:
    """Sends it while the caller's session is open. Its first piece is made before anything is sent, so that what goes
    wrong until then is still told as a problem."""
    kind = "text/csv; charset=utf-8" if isinstance(answer, Csv) else answer.content_type
    place = "inline" if isinstance(answer, File) and answer.inline else "attachment"
    flow = pieces(answer)
    first = await anext(flow, b"")
    response = web.StreamResponse(
        headers={
            **headers,
            "Content-Type": kind,
            "Content-Disposition": f"{place}; filename*=UTF-8''{quote(answer.name)}",
        }
    )
    if isinstance(answer, File) and isinstance(answer.content, bytes):
        response.content_length = len(answer.content)
    # Who hangs up has what came until then: that they took it must be committed all the same, for the audit log.
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        if request.method != "HEAD":
            await response.write(first)
            async for piece in flow:
                await response.write(piece)
        await response.write_eof()
    await flow.aclose()
    return response


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
