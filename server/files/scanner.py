"""Asking ClamAV whether a file is known to do harm."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import structlog

from crm_backend.errors import BadInput, FileInfected, TooLarge, Unavailable

log = structlog.get_logger(__name__)
CHUNK = 64 * 1024
PATIENCE = 60.0
LONGEST_ANSWER = 4096


class ClamAV:
    """A client of clamd's INSTREAM command (clamd(8), "Commands"): each chunk behind its length in four bytes, a length
    of zero at the end, then one answer that ends with NUL."""

    def __init__(self, url: str) -> None:
        """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`. Raises BadInput."""
        parts = urlsplit(url)
        if parts.scheme not in ("tcp", "unix") or not (parts.hostname if parts.scheme == "tcp" else parts.path):
            raise BadInput("the address of ClamAV is tcp://host:port or unix:///path")
        self._parts = parts

    async def check(self, content: bytes) -> None:
        """Returns when nothing was found. Raises FileInfected, TooLarge (beyond what clamd is set to look at), and
        Unavailable when it did not look."""
        try:
            answer = await asyncio.wait_for(self._asked(content), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Unavailable("ClamAV does not answer") from error
        if answer.endswith("FOUND"):
            log.warning("files.infected", found=answer.removeprefix("stream: ").removesuffix(" FOUND")[:100])
            raise FileInfected(answer[:100])
        if "size limit exceeded" in answer:
            raise TooLarge("more than ClamAV looks at")
        if not answer.endswith("OK"):
            raise Unavailable(f"ClamAV: {answer[:100]}")

    async def ping(self) -> None:
        """Returns when clamd answers its PING command. Raises Unavailable."""
        try:
            reader, writer = await self._connected()
            try:
                writer.write(b"zPING\0")
                await writer.drain()
                answer = await reader.readuntil(b"\0")
            finally:
                await _hung_up(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Unavailable("ClamAV does not answer") from error
        if answer != b"PONG\0":
            raise Unavailable("something else than ClamAV answers")

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._parts.scheme == "unix":
            return await asyncio.open_unix_connection(self._parts.path, limit=LONGEST_ANSWER)
        host, port = self._parts.hostname, self._parts.port or 3310
        return await asyncio.open_connection(host, port, limit=LONGEST_ANSWER)

    async def _asked(self, content: bytes) -> str:
        reader, writer = await self._connected()
        try:
            # It may answer and hang up before it has heard all.
            with contextlib.suppress(ConnectionError):
                writer.write(b"zINSTREAM\0")
                for at in range(0, len(content), CHUNK):
                    chunk = content[at : at + CHUNK]
                    writer.write(len(chunk).to_bytes(4, "big") + chunk)
                    await writer.drain()
                writer.write(bytes(4))
                await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace").strip()
        finally:
            await _hung_up(writer)


async def _hung_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
