"""Real mail servers on loopback: pymap behind a line that can be cut, aiosmtpd, and a server of OAuth2 tokens."""

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

from aiohttp import web
from aiosmtpd.smtp import SMTP as SmtpProtocol  # noqa: N811
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag
from pymap.user import Passwords, UserMetadata
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.mechanism.oauth import OAuth2Mechanism
from pysasl.mechanism.plain import PlainMechanism

USER, PASSWORD = "support@maison-tilleul.example", "bougie-figuier"


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
        yield ImapServer(config, login, line)
    finally:
        await line.close()
        server.close()


@dataclass
class Taken:
    """A mail that the SMTP server took."""

    sender: str
    recipients: list[str]
    raw: bytes


@dataclass
class SmtpServer:
    """A submission server. `refuse` answers a recipient, the sender or the content otherwise, by address or `"DATA"`;
    `hang_up` ends the connection instead of answering the content, after having taken it."""

    port: int = 0
    password: str = PASSWORD
    token: str | None = None
    taken: list[Taken] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_once: dict[str, str] = field(default_factory=dict)
    refuse_at: dict[int, tuple[str, str]] = field(default_factory=dict)
    """What is refused, and how, once so many mails were taken; once."""
    hang_up: bool = False
    hang_up_at: int | None = None
    """The connection ends before the mail is taken, once so many were."""
    busy: bool = False

    async def handle_MAIL(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.busy:
            return "421 4.3.2 going down for maintenance"
        if refused := self._refused("MAIL"):
            return refused
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if refused := self._refused(address):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:
        if refused := self._refused("DATA"):
            return refused
        if self.hang_up_at == len(self.taken):
            self.hang_up_at = None
            server.transport.abort()
            return "421 4.3.0 gone"
        content = envelope.original_content or b""
        self.taken.append(Taken(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        if self.hang_up:
            self.hang_up = False
            server.transport.abort()
        return "250 OK"

    def _refused(self, what: str) -> str | None:
        planned = self.refuse_at.get(len(self.taken))
        if planned is not None and planned[0] == what:
            del self.refuse_at[len(self.taken)]
            return planned[1]
        return self.refuse_once.pop(what, None) or self.refuse.get(what)

    def authenticate(
        self, _server: Any, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            self.password.encode(),
        )
        return AuthResult(success=good, handled=good)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        import base64

        given = base64.b64decode(args[1]).decode()
        if given == f"user={USER}\x01auth=Bearer {self.token}\x01\x01":
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


@asynccontextmanager
async def smtp_server(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    """A running submission server that wants a sign-in."""
    server = SmtpServer()

    def protocol() -> SmtpProtocol:
        return SmtpProtocol(
            server,
            authenticator=server.authenticate,
            auth_required=True,
            auth_require_tls=tls is not None,
            tls_context=tls,
            require_starttls=tls is not None,
            enable_SMTPUTF8=True,
            decode_data=False,
            data_size_limit=60_000_000,
            hostname="mail.test",
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


@dataclass
class TokenServer:
    """An OAuth2 token endpoint. Each refresh gives the next access token, and with `rotates` another refresh token."""

    address: str = ""
    refresh_token: str = "refresh-1"
    rotates: bool = False
    lasts: int = 3600
    given: list[str] = field(default_factory=list)
    status: int = 200

    async def refresh(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.status != 200:
            return web.json_response({"error": "temporarily_unavailable"}, status=self.status)
        wanted = (form.get("grant_type"), form.get("refresh_token"), form.get("client_id"), form.get("client_secret"))
        if wanted != ("refresh_token", self.refresh_token, "relais", "client-secret"):
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.given.append(f"access-{len(self.given) + 1}")
        answer: dict[str, Any] = {"access_token": self.given[-1], "token_type": "Bearer", "expires_in": self.lasts}
        if self.rotates:
            self.refresh_token = f"refresh-{len(self.given) + 1}"
            answer["refresh_token"] = self.refresh_token
        return web.json_response(answer)


@asynccontextmanager
async def token_server() -> AsyncIterator[TokenServer]:
    """A running token endpoint."""
    server = TokenServer()
    application = web.Application()
    application.router.add_post("/token", server.refresh)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    try:
        yield server
    finally:
        await runner.cleanup()


SEEN = bytes(Flag(b"\\Seen"))
