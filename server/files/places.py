"""Where the bytes of files are: a folder of this machine, or a bucket that speaks S3."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as Missing
from obstore.store import LocalStore, ObjectStore, S3Store

from crm_backend.errors import NotFound, Unavailable
from server.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

log = structlog.get_logger(__name__)
CHUNK = 256 * 1024
MARK = "relais-check"
"""What a check writes and reads; no file has such a key."""
_MISSING = (FileNotFoundError, Missing)
_FAILED = (BaseError, OSError)


class Place(Protocol):
    """What keeps bytes under the identifiers of files."""

    async def put(self, file_id: UUID, content: bytes) -> None:
        """Keeps them, in place of any earlier ones. Raises Unavailable."""

    async def get(self, file_id: UUID) -> bytes:
        """All of them. Raises NotFound, Unavailable."""

    def stream(self, file_id: UUID, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Those from `start` up to, without, `end`. Raises NotFound, Unavailable."""

    async def delete(self, file_id: UUID) -> None:
        """Forgets them; it is no error when there are none. Raises Unavailable."""

    async def check(self) -> None:
        """Asks the place whether it can be written to and read from, at the cost of one small request. Raises
        Unavailable."""


class ObjectPlace:
    """A place over any store of `obstore`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, file_id: UUID, content: bytes) -> None:
        """Whole or not at all: the store renames, or completes, at the end."""
        try:
            await self._store.put_async(_key(file_id), content)
        except _FAILED as error:
            raise _away(error) from error

    async def get(self, file_id: UUID) -> bytes:
        """All of them. Raises NotFound, Unavailable."""
        try:
            return bytes(await (await self._store.get_async(_key(file_id))).bytes_async())
        except _MISSING as error:
            raise NotFound("no such content") from error
        except _FAILED as error:
            raise _away(error) from error

    async def stream(self, file_id: UUID, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Piece by piece. Raises NotFound, Unavailable."""
        for at in range(start, end, CHUNK):
            length = min(CHUNK, end - at)
            try:
                yield bytes(await self._store.get_range_async(_key(file_id), start=at, length=length))
            except _MISSING as error:
                raise NotFound("no such content") from error
            except _FAILED as error:
                raise _away(error) from error

    async def delete(self, file_id: UUID) -> None:
        """Forgets them. Raises Unavailable."""
        try:
            await self._store.delete_async(_key(file_id))
        except _MISSING:
            return
        except _FAILED as error:
            raise _away(error) from error

    async def check(self) -> None:
        """Reads a mark that the first check has left. Raises Unavailable."""
        try:
            await (await self._store.get_async(MARK)).bytes_async()
        except _FAILED:
            # Not there yet; or away, which writing finds out, too. S3 says 403 of what is missing to whoever may not
            # list the bucket.
            await self._mark()

    async def _mark(self) -> None:
        try:
            await self._store.put_async(MARK, b"ok")
        except _FAILED as error:
            # Asked every few seconds, it would fill the log; who asks tells of it.
            raise Unavailable("the files' place") from error


class Folder(ObjectPlace):
    """A place on a disk, which may be full while it can still be read."""

    async def check(self) -> None:
        """Writes the mark anew. Raises Unavailable."""
        await self._mark()


def place_of(settings: Settings) -> Place:
    """The place that the settings name; a folder is made when it is first written to."""
    url = settings.files_url or ""
    if not url.startswith("s3://"):
        folder = (settings.var / "files" if not url else _folder(url)).resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Folder(LocalStore(str(folder)))
    bucket, prefix = urlsplit(url).netloc, urlsplit(url).path.strip("/")
    key, secret = settings.files_access_key, settings.files_secret_key
    config: S3Config = {}
    if settings.files_region:
        config["region"] = settings.files_region
    if settings.files_endpoint:
        config["endpoint"] = settings.files_endpoint
    if key and secret:
        config["access_key_id"], config["secret_access_key"] = key.get_secret_value(), secret.get_secret_value()
    insecure = (settings.files_endpoint or "").startswith("http://")
    store = S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={"allow_http": insecure, "timeout": "30s", "connect_timeout": "5s"},
        retry_config={"max_retries": 2},
    )
    return ObjectPlace(store)


def _folder(url: str) -> Path:
    return Path(url.removeprefix("file://"))


def _key(file_id: UUID) -> str:
    # By its last digits, which are random: the first are the time.
    name = str(file_id)
    return f"{name[-2:]}/{name}"


def _away(error: BaseException) -> Unavailable:
    log.error("files.place_failed", cause=type(error).__name__)
    return Unavailable("the files' place")
