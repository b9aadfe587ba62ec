"""An identity provider on loopback that does as OpenID Connect says, and as a test asks it to misbehave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "relais", "a secret of the client"


@dataclass
class IdentityProvider:
    """Discovery, authorization, tokens, keys. `claims` are put over those of an honest ID token (None leaves one out);
    `sign_with` signs it otherwise; `userinfo` is what that endpoint tells."""

    port: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    sign_with: tuple[Any, str, str] | None = None
    says_issuer: str | None = None
    denies: str | None = None
    methods: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    asked: list[dict[str, str]] = field(default_factory=list)
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    fetched_keys: int = 0
    in_pieces: bool = False
    """Whether the keys come in two segments."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def roll(self) -> None:
        """Publishes another key instead."""
        self.keys = {f"key-{len(self.asked)}-{time.monotonic_ns()}": rsa.generate_private_key(65537, 2048)}

    async def discovery(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.says_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize?theme=plain",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "token_endpoint_auth_methods_supported": self.methods,
            }
        )

    async def authorize(self, request: web.Request) -> web.Response:
        """As if its user had signed in and agreed (Core, 3.1.2)."""
        asked = dict(request.query)
        self.asked.append(asked)
        told = {"state": asked["state"]}
        if self.denies:
            told["error"] = self.denies
        else:
            assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
            assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
            told["code"] = f"code-{len(self.asked)}"
            self.codes[told["code"]] = asked
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(told)}")

    async def token(self, request: web.Request) -> web.Response:
        given = {name: str(value) for name, value in (await request.post()).items()}
        asked = self.codes.pop(given.get("code", ""), None)  # a code works once (RFC 6749, 4.1.2)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != given["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        posted = "client_secret_post" in self.methods and given.get("client_secret") == SECRET
        if not posted and request.headers.get("Authorization") != basic:
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "at", "token_type": "Bearer", "id_token": self.signed(asked)})

    def signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "u-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "lea@example.com",
            "email_verified": True,
            "name": "Léa Petit",
        }
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        if self.sign_with is not None:
            key, algorithm, name = self.sign_with
            return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": name})
        [(name, private)] = self.keys.items()
        return jwt.encode(claims, private, algorithm="RS256", headers={"kid": name})

    async def published(self, request: web.Request) -> web.StreamResponse:
        self.fetched_keys += 1
        shown = []
        for name, private in self.keys.items():
            shown.append({**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": name})
        if not self.in_pieces:
            return web.json_response({"keys": shown})
        answer, text = web.StreamResponse(headers={"Content-Type": "application/json"}), json.dumps({"keys": shown})
        await answer.prepare(request)
        for piece in (text[:200], text[200:]):
            await answer.write(piece.encode())
            await asyncio.sleep(0.05)  # the first is read before the second leaves
        return answer

    async def me(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer at"
        return web.json_response(self.userinfo or {})


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """A running one."""
    made = IdentityProvider()
    made.roll()
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", made.discovery),
            web.get("/authorize", made.authorize),
            web.post("/token", made.token),
            web.get("/keys", made.published),
            web.get("/me", made.me),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()
