"""A file store on a folder, and a scanner to look at what comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crm_backend.database import Sessions
from server.files.places import ObjectPlace, place_of
from server.files.store import FileStore
from server.settings import Settings
from tests.support.samples import EICAR

ADDRESS = "https://help.example.com"


@dataclass
class Clamd:
    """A clamd as clamd(8) describes its INSTREAM and PING: it finds the EICAR file, and looks at `limit` bytes."""

    port: int = 0
    limit: int = 25 * 1024 * 1024
    broken: bool = False
    seen: list[bytes] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            command = await reader.readuntil(b"\0")
            assert command in (b"zINSTREAM\0", b"zPING\0")
            writer.write((b"PONG" if command == b"zPING\0" else await self._answer(reader)) + b"\0")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(content)
        if self.broken:
            return b"stream: Can't allocate memory ERROR"
        return b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"


@pytest.fixture
async def clamd() -> AsyncIterator[Clamd]:
    made = Clamd()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def place(tmp_path: Path) -> ObjectPlace:
    made = place_of(Settings(var=tmp_path, files_url=str(tmp_path / "kept")))
    assert isinstance(made, ObjectPlace)
    return made


@pytest.fixture
def store(sessions: Sessions, place: ObjectPlace) -> FileStore:
    return FileStore(sessions=sessions, place=place, secret=b"secret", address=ADDRESS)


def on_disk(folder: Path) -> list[Path]:
    """What lies in the folder of the fixture `place`."""
    return [path for path in (folder / "kept").rglob("*") if path.is_file()]
