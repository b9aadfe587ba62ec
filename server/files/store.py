"""Keeping files: limited while they come in, looked at, cleaned, stored; and only then noted in the database."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Protocol
from uuid import UUID

import structlog

from crm_backend.attachments import services as attachments
from crm_backend.attachments.kinds import KINDS
from crm_backend.attachments.limits import LOOSE_FOR, MAX_BROUGHT, at_most
from crm_backend.attachments.links import Links
from crm_backend.attachments.names import file_name
from crm_backend.attachments.schema import FileRef
from crm_backend.attachments.services import Looked
from crm_backend.database import Sessions, new_id, unreachable, utc_now
from crm_backend.errors import FileBroken, RelaisError, Unavailable
from server.files.pictures import Painter
from server.files.places import Place
from server.files.recognise import picture, recognise

log = structlog.get_logger(__name__)
IN_MEMORY = 512 * 1024
"""Bytes of a file on its way in that are held in memory; beyond, they are on disk until it has come."""
LOOKED_AT_ONCE = 4


class Scanner(Protocol):
    """What knows harmful files."""

    async def check(self, content: bytes) -> None:
        """Raises FileInfected, TooLarge; Unavailable when it did not look."""

    async def ping(self) -> None:
        """Raises Unavailable when it would not look."""


class FileStore:
    """`channels.port.Files`, and what serving and fetching need besides."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        place: Place,
        secret: bytes,
        address: str,
        scanner: Scanner | None = None,
        largest: int = MAX_BROUGHT,
    ) -> None:
        self.sessions, self.place, self.links, self.largest = sessions, place, Links(secret), largest
        self._address, self.scanner, self._painter = address, scanner, Painter()
        self._looking = asyncio.Semaphore(LOOKED_AT_ONCE)

    async def keep(
        self, chunks: AsyncIterator[bytes], *, name: str = "", declared_type: str = "", uploaded_by: str | None = None
    ) -> FileRef:
        """Stores a file that came in, for a message to take within a day.

        Raises BadFile, TooLarge, RateLimited (too many that were never sent), Unavailable.
        """
        if uploaded_by is not None:
            async with self.sessions() as session:
                await attachments.room_for_another(session, uploaded_by)
        file_id = new_id()
        looked = await self.take_in(file_id, chunks, name=name, declared_type=declared_type)
        try:
            async with self.sessions() as session, session.begin():
                return await attachments.add(session, file_id, looked, uploaded_by=uploaded_by)
        except BaseException as error:
            await self._forget(file_id)
            if unreachable(error):
                raise Unavailable("database") from error
            raise

    async def take_in(
        self, file_id: UUID, chunks: AsyncIterator[bytes], *, name: str = "", declared_type: str = ""
    ) -> Looked:
        """Looks at a file and stores its bytes under the identifier. Raises BadFile, TooLarge, Unavailable."""
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            async for chunk in at_most(chunks, self.largest):
                spool.write(chunk)
            async with self._looking:
                spool.seek(0)
                looked, content = await self._look(spool.read(), name, declared_type)
                await self.place.put(file_id, content)
        return looked

    async def _look(self, content: bytes, name: str, declared_type: str) -> tuple[Looked, bytes]:
        """What the file is, and its bytes as they are kept. The scanner sees it as it came."""
        if not content:
            raise FileBroken("empty")
        form = picture(content)
        kind = None if form else recognise(content, name=name, declared_type=declared_type)
        if self.scanner is not None:
            await self.scanner.check(content)
        width = height = None
        if form is not None:
            painted = await self._painter.paint(content, form)
            content, kind, width, height = painted.content, KINDS[painted.media_type], painted.width, painted.height
        assert kind is not None
        looked = Looked(
            kind=kind.kind,
            media_type=kind.media_type,
            name=file_name(name, kind),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            width=width,
            height=height,
        )
        return looked, content

    async def read(self, file_id: UUID) -> bytes:
        """Its bytes. Raises NotFound, Unavailable."""
        await self.ref(file_id)
        return await self.place.get(file_id)

    async def ref(self, file_id: UUID) -> FileRef:
        """What is told of a file that is kept. Raises NotFound, Unavailable."""
        try:
            async with self.sessions() as session:
                return await attachments.kept(session, file_id)
        except Exception as error:
            if unreachable(error):
                raise Unavailable("database") from error
            raise

    def link(self, file_id: UUID, *, minutes: int = 60) -> str:
        """An absolute, signed address that works for so long."""
        return self._address + self.path(file_id, minutes=minutes)

    def path(self, file_id: UUID, *, minutes: int = 60) -> str:
        """The same, from the root of this server."""
        return self.links.path(file_id, minutes=minutes)

    async def sweep(self) -> int:
        """Forgets files that no message took in a day, bytes and rows; how many. Raises Unavailable."""
        async with self.sessions() as session, session.begin():
            gone = await attachments.drop_loose(session, before=utc_now() - LOOSE_FOR)
            for file_id in gone:
                # When the bytes cannot be deleted the rows stay too, and the next sweep has them again.
                await self.place.delete(file_id)
        return len(gone)

    async def _forget(self, file_id: UUID) -> None:
        try:
            await self.place.delete(file_id)
        except RelaisError as error:
            log.error("files.left_behind", file=str(file_id), cause=type(error).__name__)
