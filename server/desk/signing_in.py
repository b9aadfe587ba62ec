"""The desk's doors: signing in, forgotten passwords, links that were mailed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from aiohttp import web
from pydantic import Field

from crm_backend.agents import links, lockout, passwords
from crm_backend.agents import services as agents
from crm_backend.agents.lockout import Try
from crm_backend.agents.second_factor import Safe
from crm_backend.agents.sessions import Browser, SignedIn
from crm_backend.database import utc_now
from crm_backend.errors import RateLimited, SecondFactorNeeded
from server.desk import views
from server.desk.account_mail import PAUSES, AccountMail
from server.desk.api import COOKIE, PLACES, Body, Desk, body, same_origin
from server.vault import Vault

SIGN_INS_PER_MINUTE = 10
LINKS_PER_MINUTE = 5


class Credentials(Body):
    email: str = Field(max_length=320, pattern=r"^[^\x00]*$")
    password: str = Field(max_length=1024)
    code: str | None = Field(None, max_length=64)


class Address(Body):
    email: str = Field(max_length=320, pattern=r"^[^\x00]*$")


class Token(Body):
    token: str = Field(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]*$")


class NewPassword(Token):
    password: str = Field(max_length=4096)


def safe_of(vault: Vault) -> Safe:
    """Where the secrets of second factors are sealed: each bound to its account."""

    def seal(agent_id: UUID, secret: str) -> bytes:
        return vault.seal({"totp": secret}, place=f"agent/{agent_id}/totp")

    def opened(agent_id: UUID, sealed: bytes) -> str:
        return vault.open(sealed, place=f"agent/{agent_id}/totp")["totp"]

    return Safe(seal, opened)


def admitted(response: web.StreamResponse, signed_in: SignedIn, *, hours: int, secure: bool) -> None:
    """Gives the browser its cookies: no script reads them, no other site's page sends them."""
    for name, path in PLACES.items():
        response.set_cookie(
            name,
            signed_in.token,
            path=path,
            max_age=hours * 3600,
            httponly=True,
            samesite="Strict",
            secure=secure,
        )


def browser_of(request: web.Request) -> Browser:
    """Where somebody signs in."""
    return Browser(device=request.headers.get("User-Agent", ""), address=request.remote or "")


class SigningIn:
    """`POST /desk/api/session`, `/desk/api/password/…`"""

    def __init__(self, desk: Desk, vault: Vault, mail: AccountMail, secret: bytes) -> None:
        self._desk, self._safe, self._mail, self._secret = desk, safe_of(vault), mail, secret

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        return [
            web.post("/desk/api/session", self.sign_in),
            web.post("/desk/api/password/forgotten", self.forgotten),
            web.post("/desk/api/password/link", self.whose),
            web.post("/desk/api/password/new", self.choose),
        ]

    async def sign_in(self, request: web.Request) -> web.Response:
        same_origin(request)
        given = await body(request, Credentials)
        await self._desk.limiter.check("sign-in-address", request.remote or "", SIGN_INS_PER_MINUTE * 3)
        await self._desk.limiter.check("sign-in", given.email.strip().casefold(), SIGN_INS_PER_MINUTE)
        tried = Try(given.email, request.remote or "", self._secret)
        await self._count(tried)
        try:
            signed_in, shown = await self._opened(request, given, tried)
        except SecondFactorNeeded:
            async with self._desk.sessions.begin() as session:
                await lockout.was_half_right(session, tried)
            raise
        response = web.json_response({"agent": shown, "csrf": signed_in.csrf, "enrolling": signed_in.enrolling})
        admitted(response, signed_in, hours=self._desk.session_hours, secure=self._desk.secure)
        return response

    async def _count(self, tried: Try) -> None:
        """Raises RateLimited while the account, or where this comes from, is locked."""
        async with self._desk.sessions.begin() as session:
            wait = await lockout.counted(session, tried, now=utc_now())
        if wait:
            raise RateLimited("sign-in", retry_after=wait)

    async def _opened(self, request: web.Request, given: Credentials, tried: Try) -> tuple[SignedIn, dict[str, object]]:
        async with self._desk.sessions.begin() as session:
            signed_in = await agents.sign_in(
                session,
                email=given.email,
                password=given.password,
                code=given.code,
                hours=self._desk.session_hours,
                safe=self._safe,
                browser=browser_of(request),
            )
            await lockout.was_right(session, tried)
            await lockout.forget(session, now=utc_now())
            if (before := request.cookies.get(COOKIE)) is not None:
                # Whoever knew this browser's token before is out.
                await agents.sign_out(session, before)
            return signed_in, await views.agent_out(session, signed_in.agent)

    async def forgotten(self, request: web.Request) -> web.Response:
        """Answers the same, and as fast, whether or not there is such an account."""
        same_origin(request)
        given = await body(request, Address)
        await self._desk.limiter.check("forgotten-address", request.remote or "", LINKS_PER_MINUTE * 3)
        await self._desk.limiter.check("forgotten", given.email.strip().casefold(), LINKS_PER_MINUTE)
        self._mail.soon(self._remind(given.email))
        return web.json_response({}, status=202)

    async def _remind(self, email: str) -> None:
        async with self._desk.sessions.begin() as session:
            found = await links.forgotten(session, email)
        if found is not None:
            agent, token = found
            await self._mail.send(agent, token, "reset", pauses=PAUSES)

    async def whose(self, request: web.Request) -> web.Response:
        same_origin(request)
        given = await body(request, Token)
        await self._desk.limiter.check("password-link", request.remote or "", LINKS_PER_MINUTE * 6)
        async with self._desk.sessions.begin() as session:
            link = await links.whose(session, given.token)
            return web.json_response(
                {
                    "purpose": link.purpose,
                    "name": link.agent.name,
                    "email": link.agent.email,
                    "language": link.agent.language,
                }
            )

    async def choose(self, request: web.Request) -> web.Response:
        same_origin(request)
        given = await body(request, NewPassword)
        await self._desk.limiter.check("password-link", request.remote or "", LINKS_PER_MINUTE * 6)
        async with self._desk.sessions.begin() as session:
            link = await links.whose(session, given.token)
            about = (link.agent.name, link.agent.email, self._desk.company)
        passwords.checked(given.password, about=about)
        hashed = await asyncio.to_thread(agents.hash_password, given.password)
        async with self._desk.sessions.begin() as session:
            agent = await links.choose_password(
                session, given.token, given.password, hashed=hashed, about=(self._desk.company,)
            )
            await lockout.forgiven(session, Try(agent.email, request.remote or "", self._secret))
        await self._desk.wakes.look_again(agent.id)
        return web.json_response({"email": agent.email})
