"""Reading the portal's forms: small ones whole, photos piece by piece, and none that another site or visit made."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import BodyPartReader, web

from crm_backend.attachments.limits import at_most
from crm_backend.errors import (
    BadFile,
    BadInput,
    FileType,
    Invalid,
    NotAllowed,
    RateLimited,
    RelaisError,
    TooLarge,
)
from crm_backend.portal import visits
from crm_backend.portal.schema import Visit
from server.files import FileStore
from server.parts import NOT_A_FORM, Dropping, pieces

LARGEST, LONGEST, MOST, MOST_PARTS = 200_000, 20_000, 100, 1_000
"""Bytes of a form but its files, characters of a field, fields, and fields of a form with files."""
CSRF, KEPT = "csrf", "kept"
"""The fields of the visit's token, and of each file that the form brought before."""


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
    return {_text(name): _text(value) for name, value in found.items() if isinstance(value, str)}


@dataclass
class Brought:
    """What a form with files brought: its fields, and the files that are kept, also of the form as it came before.
    `refused` is why the file `refused_name` is not among them; the others stay."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[UUID] = field(default_factory=list)
    names: dict[UUID, str] = field(default_factory=dict)
    refused: RelaisError | None = None
    refused_name: str = ""

    @property
    def again(self) -> list[tuple[str, str]]:
        """The files as the form names them when it is shown again, and what they are called."""
        return [(f"{each}:{self.names[each]}", self.names[each]) for each in self.files]

    def keep(self, file_id: UUID, name: str) -> None:
        """Adds a file; the same one twice is one."""
        if file_id not in self.names:
            self.files.append(file_id)
        self.names[file_id] = name


async def with_files(
    request: web.Request,
    visit: Visit,
    store: FileStore,
    *,
    name: str = "photos",
    most: int = 5,
    largest: int,
    pictures: bool = False,
    into: Brought | None = None,
) -> Brought:
    """The fields of a form and the files of its field `name`, kept for the visit's `uploader` to be taken within a day;
    with `pictures`, those alone. A file that is refused is noted, and the others are kept all the same. The hidden
    field `csrf` must come first: nothing is kept before it is checked. `into` has what was read by then also when the
    whole is refused; what comes after files beyond measure is not read. Raises NotAllowed, TooLarge, BadInput."""
    found = Brought() if into is None else into
    if request.content_type != "multipart/form-data":
        await check(request, visit)
        found.fields |= await fields(request)
        return found
    parts, size, dropping = 0, 0, Dropping()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise BadInput("parts within parts")
            parts += 1
            if parts > MOST_PARTS or size > LARGEST:
                raise TooLarge("a form beyond measure")
            if not part.filename and not (part.name == name and part.filename is not None):
                size += await _read(part, found, most)
                continue
            _of_visit(visit, found.fields.get(CSRF))
            if part.name != name:
                raise TooLarge("too many files")
            await _keep(part, visit, store, found, most=most, largest=largest, pictures=pictures)
            if not await dropping.rest_of(part):
                break
    except NOT_A_FORM as error:
        raise BadInput("cut off or no form") from error
    _of_visit(visit, found.fields.get(CSRF))
    return found


async def typed(request: web.Request, *, csrf: str) -> tuple[dict[str, str], bool]:
    """What was typed into a form of a visit that has ended, and whether files were chosen, which are not kept. Nothing
    of a form of another visit. Raises TooLarge, BadInput."""
    files, dropping = False, Dropping()
    if request.content_type != "multipart/form-data":
        found = await fields(request)
    else:
        brought = Brought()
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader):
                    break
                if part.filename:
                    files = True
                    if not await dropping.rest_of(part):
                        break
                    continue
                await _read(part, brought, 0)
                if len(brought.fields) > MOST:
                    raise TooLarge("too many fields")
        except NOT_A_FORM as error:
            raise BadInput("cut off or no form") from error
        found = brought.fields
    if not hmac.compare_digest(csrf.encode(), found.pop(CSRF, "").encode(errors="replace")):
        return {}, False
    return found, files


async def _read(part: BodyPartReader, found: Brought, most: int) -> int:
    """Reads a field; how many bytes it has."""
    words = await _all_of(part)
    _note(found, part.name or "", _text(words.decode("utf-8", "replace")), most)
    return len(words)


def _note(found: Brought, name: str, value: str, most: int) -> None:
    if name != KEPT:
        found.fields[_text(name)] = value
        return
    given, _, called = value.partition(":")
    try:
        if len(found.files) < most:
            found.keep(UUID(given), called[:200])
    except ValueError:
        return


async def _keep(
    part: BodyPartReader, visit: Visit, store: FileStore, found: Brought, *, most: int, largest: int, pictures: bool
) -> None:
    """Keeps a file, or notes why not, and leaves the rest of it unread; nothing for the empty one of a field in which
    none was chosen."""
    chunks = pieces(part)
    first = await anext(chunks, b"")
    if not first:
        return

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    name, declared = part.filename or "", part.headers.get("Content-Type", "")
    try:
        if len(found.files) >= most:
            raise Invalid("files", "too_many_pictures", most=most)
        file = await store.keep(
            at_most(all_of_it(), largest), name=name, declared_type=declared, uploaded_by=visit.uploader
        )
        if pictures and file.kind != "image":
            raise Invalid("files", "not_a_picture")
    except FileType as error:
        found.refused, found.refused_name = Invalid("files", "not_a_picture") if pictures else error, _text(name)
    except (BadFile, TooLarge, RateLimited, Invalid) as error:
        found.refused, found.refused_name = error, _text(name)
    else:
        found.keep(file.id, file.name)


async def _all_of(part: BodyPartReader) -> bytes:
    read = b""
    async for chunk in pieces(part):
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
