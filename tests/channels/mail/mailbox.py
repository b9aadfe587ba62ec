"""A mailbox to read from in tests: a real IMAP server, on a line that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict import mailbox as boxes
from pymap.concurrent import Event
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag
from pymap.selected import SelectedMailbox
from pymap.user import Passwords, UserMetadata
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.mechanism.oauth import OAuth2Mechanism
from pysasl.mechanism.plain import PlainMechanism

from tests.channels.mail.servers import PASSWORD, USER

SEEN = bytes(Flag(b"\\Seen"))


class _Oauth(OAuth2Mechanism):
    """XOAUTH2 whose token is the user's password here: what matters is what goes over the wire."""

    def server_attempt(self, responses: Any) -> Any:
        super().server_attempt(responses)
        user, token = self._pattern.match(responses[0].response).groups()
        return PlainCredentials(user.decode(), token.decode()), None


class _Config(Config):
    @property
    def initial_auth(self) -> SASLAuth:
        return SASLAuth([PlainMechanism(), _Oauth()])

    tls_auth = initial_auth


class _WithoutIdle(_Config):
    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=False, object_id=True, multi_append=True)


class _Box(boxes.MailboxData):
    """A mailbox that tells whoever begins to IDLE what came since they last heard of it, as servers do: pymap's waits
    for the next mail."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        unheard = selected.mod_sequence is None or selected.mod_sequence < self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if unheard else wait_on)


@dataclass
class Line:
    """A TCP line to a server, which can be cut: at once, or after so many bytes from the server."""

    target: int
    port: int = 0
    connections: int = 0
    cut_after: int | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Drops every connection, as when a router restarts."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, there}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pass(reader, there, False), self._pass(there_reader, writer, True))
        self._writers -= {writer, there}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: bool) -> None:
        while data := await reader.read(4096):
            if counted and self.cut_after is not None:
                self.cut_after -= len(data)
                if self.cut_after <= 0:
                    self.cut_after = None
                    self.cut()
                    return
            writer.write(data)
            await writer.drain()
        writer.close()


@dataclass
class ImapServer:
    """A mailbox that others can put mails into. `line.port` is where clients connect."""

    config: Config
    login: Login
    line: Line
    delivered: list[tuple[bytes, datetime]] = field(default_factory=list)

    async def deliver(self, raw: bytes, *, at: datetime | None = None, folder: str = "INBOX") -> None:
        """A mail arrives."""
        box = await (await self._boxes()).get_mailbox(folder)
        self.delivered.append((raw, at or datetime.now(UTC)))
        await box.append(AppendMessage(*self.delivered[-1], frozenset()))

    async def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        """The flags of each mail that is there."""
        box = await (await self._boxes()).get_mailbox(folder)
        return [{bytes(flag) for flag in message.permanent_flags} for message in box._messages.values()]

    async def renumber(self) -> None:
        """The mailbox was rebuilt: the same mails under other UIDs, and another UIDVALIDITY. Clients are cut off."""
        box = await (await self._boxes()).get_mailbox("INBOX")
        box._messages.clear()
        box._uid_validity += 1
        box._max_uid = 900
        for raw, at in self.delivered:
            await box.append(AppendMessage(raw, at, frozenset()))
        self.line.cut()

    async def add_folder(self, name: str) -> None:
        await (await self._boxes()).add_mailbox(name)

    async def delete(self, number: int) -> None:
        """The mail at this place (from 0) is gone."""
        box = await (await self._boxes()).get_mailbox("INBOX")
        await box.delete([sorted(box._messages)[number]])

    async def _boxes(self) -> Any:
        async with self.login.demo_user_identity.new_session() as session:
            return session.mailbox_set


@asynccontextmanager
async def imap_server(
    *, idle: bool = True, password: str = PASSWORD, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ImapServer]:
    """A running IMAP server with one user. With `tls` it insists on STARTTLS."""
    args = Namespace(
        debug=False, host="127.0.0.1", port=0, cert=None, key=None, tls=tls is not None, inherited_sockets=None,
        proxy_protocol=None, passlib_cfg=None, demo_data=False, demo_user=USER, demo_password=password,
    )  # fmt: skip
    overrides: dict[str, Any] = {"invalid_user_sleep": 0.0} | ({"ssl_context": tls} if tls else {})
    config = (_Config if idle else _WithoutIdle).from_args(args, **overrides)
    login = Login(config)
    hashed = await Passwords(config).hash_password(password)
    await login.demo_user_identity.set(UserMetadata(config, USER, password=hashed))
    backend = DictBackend(login, config)
    config.apply_context()
    accept = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    line = Line(server.sockets[0].getsockname()[1])
    await line.open()
    try:
        with patch.object(boxes, "MailboxData", _Box):
            yield ImapServer(config, login, line)
    finally:
        await line.close()
        server.close()
