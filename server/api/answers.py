"""Answers that are files, and files that are sent here."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

LARGEST_UPLOAD = 10 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """A file to answer; `content` is all of it, or comes in pieces while the database is open."""

    name: str
    content_type: str
    content: bytes | AsyncIterator[bytes]
    inline: bool = False


@dataclass(frozen=True)
class Upload:
    """A file that was sent: `multipart/form-data` with one part `file`, or its bytes as they are."""

    name: str
    content_type: str
    content: bytes

    async def in_pieces(self) -> AsyncGenerator[bytes, None]:
        """Its content, as files are kept."""
        yield self.content


async def pieces(answer: File) -> AsyncGenerator[bytes, None]:
    """What is sent, piece by piece."""
    if isinstance(answer.content, bytes):
        yield answer.content
    else:
        async for piece in answer.content:
            yield piece


async def send(request: web.Request, answer: File, headers: dict[str, str]) -> web.StreamResponse:
    """Sends it while the caller's session is open. Its first piece is made before anything is sent, so that what goes
    wrong until then is still told as a problem."""
    place = "inline" if answer.inline else "attachment"
    flow = pieces(answer)
    first = await anext(flow, b"")
    response = web.StreamResponse(
        headers={
            **headers,
            "Content-Type": answer.content_type,
            "Content-Disposition": f"{place}; filename*=UTF-8''{quote(answer.name)}",
        }
    )
    if isinstance(answer.content, bytes):
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
