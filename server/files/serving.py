"""`/files/<id>?until=…&sig=…`: handing out what is kept, in a form that no browser runs."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from crm_backend.attachments.kinds import KINDS
from crm_backend.attachments.schema import FileRef
from crm_backend.errors import NotFound
from server.files.store import FileStore

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'"
"""What a browser that opens the file by itself may do: show it. It wraps pictures and films in a page of its own, whose
look and content are under this policy too."""


class Serving:
    """The address of files."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The file, or the range of it that was asked for. Raises NotFound for an address that we did not make."""
        file = await self._store.ref(self._named(request))
        start, end = _range(request, file.size)
        if start >= end and file.size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        pieces = self._store.place.stream(file.id, start=start, end=end)
        # What cannot be read is a 404 or 503 only as long as nothing has been said.
        first = await anext(pieces, b"")
        response = web.StreamResponse(status=206 if end - start < file.size else 200, headers=_headers(file))
        if response.status == 206:
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
        response.content_length = end - start
        await response.prepare(request)
        if request.method != "HEAD":
            await response.write(first)
            async for piece in pieces:
                await response.write(piece)
        await response.write_eof()
        return response

    def _named(self, request: web.Request) -> UUID:
        try:
            file_id = UUID(request.match_info["id"])
        except ValueError as error:
            raise NotFound("no such file") from error
        until, signature = request.query.get("until", ""), request.query.get("sig", "")
        if not self._store.links.holds(file_id, until=until, signature=signature):
            raise NotFound("forged or expired")
        return file_id


def _range(request: web.Request, size: int) -> tuple[int, int]:
    """From where up to where (without). A range that makes no sense is no range (RFC 9110, 14.2)."""
    try:
        asked = request.http_range
    except ValueError:
        return 0, size
    start, end = asked.start, asked.stop
    if start is None:
        return 0, size
    if start < 0:
        return max(0, size + start), size
    return start, min(size, end) if end is not None else size


def _headers(file: FileRef) -> dict[str, str]:
    kind = KINDS.get(file.media_type)
    inline = kind is not None and kind.inline
    shown = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in file.name)
    shown = shown.replace("\\", "_").replace('"', "_")
    disposition = "inline" if inline else "attachment"
    return {
        "Content-Type": file.media_type if inline else "application/octet-stream",
        # Both forms of RFC 6266, for the letters that the first cannot have.
        "Content-Disposition": f"{disposition}; filename=\"{shown}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        # A page that isolates itself (COEP: require-corp) shows only what says so. Who has the address may read it.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600, immutable",
    }
