"""Signing in at the desk by way of the company's identity provider."""

from __future__ import annotations

import secrets

import structlog
from aiohttp import web

from crm_backend.agents import elsewhere, sessions
from crm_backend.audit import services as audit
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from server.desk.api import COOKIE, Desk
from server.desk.signing_in import admitted, browser_of
from server.oidc import Begun, Client, Provider, Refused
from server.problems import language_of
from server.settings import Settings
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
BEGUN = "relais_sso"
PATH = "/desk/sso"
MINUTES = 10
TRIES_PER_MINUTE = 20


class SingleSignOn:
    """`/desk/sso`, and `/desk/api/sign-in` that tells whether there is one."""

    def __init__(self, desk: Desk, vault: Vault, settings: Settings, client: Client | None) -> None:
        self._desk, self._vault, self._settings, self._client = desk, vault, settings, client

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        return [
            web.get("/desk/api/sign-in", self.ways),
            web.get(PATH, self.begin),
            web.get(PATH + "/back", self.back),
        ]

    async def ways(self, request: web.Request) -> web.Response:
        """What the sign-in page offers beside a password."""
        return web.json_response({"sso": self._settings.oidc_name if self._client else None})

    async def begin(self, request: web.Request) -> web.Response:
        """Sends the browser to the provider, with what must come back sealed in a cookie of its own."""
        if self._client is None:
            raise NotFound("no identity provider")
        await self._desk.limiter.check("sso", request.remote or "", TRIES_PER_MINUTE)
        begun = Begun.fresh()
        try:
            address = await self._client.address(begun, language=language_of(request))
        except Refused as error:
            return self._failed(error.why, str(error))
        response = web.Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})
        # Lax: it comes back with a page that the provider's page leads to.
        response.set_cookie(
            BEGUN,
            self._vault.seal(vars(begun), place=BEGUN).hex(),
            path=PATH,
            max_age=MINUTES * 60,
            httponly=True,
            samesite="Lax",
            secure=self._desk.secure,
        )
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Takes who comes back from there; whatever goes wrong, they are at the sign-in page and read why."""
        if self._client is None:
            raise NotFound("no identity provider")
        await self._desk.limiter.check("sso", request.remote or "", TRIES_PER_MINUTE)
        try:
            begun = self._begun(request)
            if (error := request.query.get("error")) is not None:
                raise Refused("denied", f"the provider says {error[:60]!r}")
            person = await self._client.person(request.query.get("code", "")[:4096], begun)
        except Refused as error:
            return self._failed(error.why, str(error))
        given = self._settings
        try:
            async with self._desk.sessions.begin() as session:
                agent = await elsewhere.account_of(
                    session,
                    email=person.email,
                    name=person.name,
                    language=language_of(request),
                    role=given.oidc_create_role,
                    domains=given.oidc_create_domains,
                )
                browser = browser_of(request)
                hours = self._desk.session_hours
                signed_in = await sessions.opened(session, agent, hours=hours, way="sso", browser=browser)
                if (before := request.cookies.get(COOKIE)) is not None:
                    await sessions.ended(session, before)
        except (NotFound, NotAllowed, Invalid, NotNow) as error:
            async with self._desk.sessions.begin() as session:
                audit.record(session, actor="system", action="sso_refused", subject=("sign_in", "sso"))
            return self._failed("no_account", type(error).__name__)
        response = self._home("")
        admitted(response, signed_in, hours=hours, secure=self._desk.secure)
        return response

    def _begun(self, request: web.Request) -> Begun:
        """What this browser began with. Raises Refused: another's answer is not taken (RFC 6749, 10.12)."""
        try:
            begun = Begun(**self._vault.open(bytes.fromhex(request.cookies.get(BEGUN, "")), place=BEGUN))
        except (Unreadable, ValueError, TypeError):
            raise Refused("expired", "no cookie of a sign-in that was begun") from None
        if not secrets.compare_digest(begun.state.encode(), request.query.get("state", "").encode()):
            raise Refused("expired", "not the state of this browser")
        return begun

    def _failed(self, why: str, cause: str) -> web.Response:
        log.warning("sso.refused", why=why, cause=cause)
        return self._home(f"#/sso/{why}")

    def _home(self, place: str) -> web.Response:
        response = web.Response(status=302, headers={"Location": f"/desk/{place}", "Cache-Control": "no-store"})
        response.del_cookie(BEGUN, path=PATH)
        return response


def provider_of(settings: Settings) -> Provider | None:
    """The identity provider that the settings name."""
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, f"{settings.address}{PATH}/back")
