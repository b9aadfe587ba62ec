"""Reading the portal's forms: small ones whole, photos piece by piece, and none that another site or visit made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from crm_backend.attachments.limits import at_most
from crm_backend.errors import BadInput, NotAllowed, TooLarge
from crm_backend.portal import visits
from crm_backend.portal.schema import Visit
from server.files import FileStore

LARGEST, LONGEST, MOST, MOST_PARTS = 200_000, 20_000, 100, 1_000
"""Bytes of a form but its files, characters of a field, fields, and fields of a form with files."""
CHUNK = 64 * 1024
CSRF = "csrf"
NOT_A_FORM = (
    ValueError,
    AssertionError,
    RuntimeError,
    aiohttp.ClientPayloadError,
    HttpProcessingError,
    ConnectionError,
)
"""What reading raises of what no browser sends."""


async def check(request: web.Request, visit: Visit, *, files: bool = False) -> None:
    """Raises NotAllowed when the form is not of a page of this visit, BadInput for one with files; where `files` are
    taken it is checked as it is read."""
    if files and request.content_type == "multipart/form-data":
        return
    _of_visit(visit, (await fields(request)).get(CSRF))


async def fields(request: web.Request) -> dict[str, str]:
    """The fields of a form without files; of several of one name the last. Raises TooLarge, BadInput."""
    if request.content_type == "multipart/form-data":
        raise BadInput("a form with files")
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        # Python knows many more, some of them no text at all; browsers send what our pages are written in.
        raise BadInput("another charset")
    if (request.content_length or 0) > LARGEST:
        raise TooLarge("a form beyond measure")
    try:
        found = await request.post()
    except (ValueError, LookupError) as error:
        raise BadInput("no form") from error
    if len(found) > MOST:
        raise TooLarge("too many fields")
    return {name: _text(value) for name, value in found.items() if isinstance(value, str)}


async def every(request: web.Request, name: str) -> list[str]:
    """All values of a field that may be ticked several times. Raises TooLarge, BadInput."""
    await fields(request)
    return [_text(value) for value in (await request.post()).getall(name, []) if isinstance(value, str)]


async def with_files(
    request: web.Request,
    visit: Visit,
    store: FileStore,
    *,
    name: str = "photos",
    most: int = 5,
    largest: int,
    into: dict[str, str] | None = None,
) -> tuple[dict[str, str], list[UUID]]:
    """The fields of a form and the files of its field `name`, kept for `customer:<id>` to be taken within a day. The
    hidden field `csrf` must come first: nothing is kept before it is checked. `into` has what was read by then also
    when a file is refused. Raises NotAllowed, TooLarge, BadFile,
    BadInput, RateLimited, Unavailable."""
    said = {} if into is None else into
    if request.content_type != "multipart/form-data":
        await check(request, visit)
        said |= await fields(request)
        return said, []
    kept: list[UUID] = []
    parts, size = 0, 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise BadInput("parts within parts")
            parts += 1
            if parts > MOST_PARTS or size > LARGEST:
                raise TooLarge("a form beyond measure")
            if not part.filename and not (part.name == name and part.filename is not None):
                words = await _all_of(part)
                size += len(words)
                said[part.name or ""] = _text(words.decode("utf-8", "replace"))
                continue
            _of_visit(visit, said.get(CSRF))
            if part.name != name or len(kept) >= most:
                raise TooLarge("too many files")
            file = await _kept(part, visit, store, largest)
            kept += [file] if file else []
    except NOT_A_FORM as error:
        raise BadInput("cut off or no form") from error
    _of_visit(visit, said.get(CSRF))
    return said, kept


async def _kept(part: BodyPartReader, visit: Visit, store: FileStore, largest: int) -> UUID | None:
    """A file; None for the empty one of a field in which none was chosen."""
    chunks = _chunks(part)
    first = await anext(chunks, b"")
    if not first:
        return None

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    declared = part.headers.get("Content-Type", "")
    file = await store.keep(
        at_most(all_of_it(), largest), name=part.filename or "", declared_type=declared, uploaded_by=visit.actor.name
    )
    return file.id


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        # Browsers encode nothing within a form.
        yield bytes(chunk)


async def _all_of(part: BodyPartReader) -> bytes:
    read = b""
    async for chunk in _chunks(part):
        read += chunk
        if len(read) > LARGEST:
            raise TooLarge("a field beyond measure")
    return read


def _of_visit(visit: Visit, given: str | None) -> None:
    if not visits.csrf_matches(visit, given):
        raise NotAllowed("forged form")


def _text(value: str) -> str:
    """What PostgreSQL can keep of it; longer than any field is meant to be, it is cut."""
    return value.encode("utf-8", "ignore").decode().replace("\0", "").replace("\r\n", "\n")[:LONGEST]
