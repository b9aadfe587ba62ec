"""Real servers that mails are sent through, on loopback: aiosmtpd, and a server of OAuth2 tokens."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP as SmtpProtocol  # noqa: N811
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "support@maison-tilleul.example", "bougie-figuier"


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
