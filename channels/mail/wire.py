"""The wire of the IMAP client (RFC 3501): commands and their tags, lines and literals, and going on in TLS."""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass

LONGEST_LINE = 8 * 1024 * 1024
LONGEST_LITERAL = 64 * 1024 * 1024
PATIENCE = 60.0
"""Seconds to wait for each piece of an answer."""

_LITERAL = re.compile(rb"\{(\d{1,12})\}$")


class Disconnected(ConnectionError):
    """The connection is of no use any more: lost, silent, or speaking something else."""


class Refused(Exception):
    """The server understood and said no. `text` is its sentence, for the log."""

    def __init__(self, text: str) -> None:
        super().__init__(text[:200])


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the server, with the literals (RFC 3501, section 4.3) that its braces announced."""

    text: bytes
    literals: tuple[bytes, ...] = ()


class Wire:
    """A connection, and what is said on it. Its methods raise Disconnected when it is of no use, Refused for a NO."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float = PATIENCE) -> None:
        self._reader, self._writer, self._patience = reader, writer, patience
        self._count = 0
        self.more = False
        self.capabilities: frozenset[str] = frozenset()

    async def ask_capabilities(self) -> None:
        for line in await self.command("CAPABILITY"):
            if line.text.upper().startswith(b"* CAPABILITY "):
                self.capabilities = frozenset(line.text.decode("ascii", "replace").upper().split()[2:])

    async def greeted(self) -> None:
        """Waits for the server's first word."""
        if not (await self.line_in_time()).text.upper().startswith((b"* OK", b"* PREAUTH")):
            raise Disconnected("no IMAP greeting")

    async def start_tls(self, host: str) -> None:
        """Goes on in TLS (RFC 3501, section 6.2.1). What was said before in clear is forgotten, promises included."""
        await self.ask_capabilities()
        if "STARTTLS" not in self.capabilities:
            raise Disconnected("the server has no STARTTLS")
        await self.command("STARTTLS")
        # A new reader: somebody on the way may have put words behind the answer, to be read as if they came in TLS.
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._writer.transport, protocol, trust(), server_hostname=host)
        assert transport is not None
        reader.set_transport(transport)
        self._reader, self._writer = reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def close(self) -> None:
        """Says goodbye if anybody listens."""
        with suppress(Exception):
            async with asyncio.timeout(2):
                await self.write(b"bye LOGOUT\r\n")
        self._writer.close()

    async def command(self, command: str, *, continuation: str = "") -> list[Line]:
        return await self.until(await self.send(command), continuation)

    async def send(self, command: str) -> bytes:
        self._count += 1
        tag = f"r{self._count}"
        await self.write(f"{tag} {command}\r\n".encode())
        return tag.encode()

    async def until(self, tag: bytes, continuation: str = "") -> list[Line]:
        """What the server says until it is done with the command."""
        told: list[Line] = []
        while True:
            line = await self.line_in_time()
            if line.text.startswith(tag + b" "):
                status, _, text = line.text[len(tag) + 1 :].partition(b" ")
                if status.upper() == b"OK":
                    return told
                if status.upper() == b"NO":
                    raise Refused(text.decode("utf-8", "replace"))
                raise Disconnected("the server does not understand")
            if line.text.startswith(b"+"):
                # After a refused XOAUTH2 the server explains itself, and waits for an empty answer before its NO.
                await self.write(continuation.encode() + b"\r\n")
                continuation = ""
            else:
                self.remark(line)
                told.append(line)

    def remark(self, line: Line) -> None:
        """What the server may say at any time: a mail has come (RFC 3501, section 7.3.1), or goodbye."""
        said = line.text.upper()
        if said.startswith(b"* BYE"):
            raise Disconnected("the server hangs up")
        if said.endswith(b" EXISTS"):
            self.more = True

    def announced(self) -> bool:
        """Whether a mail was announced since this was last forgotten."""
        return self.more

    async def line_in_time(self) -> Line:
        """The next line, from a server that ought to say something."""
        try:
            return await self.line(self._patience)
        except TimeoutError as error:
            raise Disconnected("the server is silent") from error

    async def line(self, patience: float | None = None) -> Line:
        """The next line. Raises TimeoutError when nothing at all comes for `patience` seconds."""
        text = b""
        literals: list[bytes] = []
        try:
            while True:
                async with asyncio.timeout(patience):
                    part = (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")
                text += part
                announced = _LITERAL.search(part)
                if announced is None:
                    return Line(text, tuple(literals))
                literals.append(await self._literal(int(announced[1]), patience))
        except TimeoutError:
            raise
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError) as error:
            raise Disconnected("the connection is lost") from error

    async def _literal(self, size: int, patience: float | None) -> bytes:
        if size > LONGEST_LITERAL:
            raise Disconnected("a literal beyond all measure")
        read = bytearray()
        while len(read) < size:
            # Piece by piece: a slow line is no silent one.
            async with asyncio.timeout(patience):
                read += await self._reader.readexactly(min(65_536, size - len(read)))
        return bytes(read)

    async def write(self, line: bytes) -> None:
        try:
            self._writer.write(line)
            async with asyncio.timeout(self._patience):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise Disconnected("the connection is lost") from error


def trust() -> ssl.SSLContext:
    """Whom we trust in TLS: the machine's authorities, or those of `SSL_CERT_FILE`."""
    return ssl.create_default_context()
