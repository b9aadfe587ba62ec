"""Signing in at a company's identity provider: OpenID Connect, authorization code with PKCE (RFC 7636).

Followed are OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4) and the best practice of RFC 9700.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
import jwt

from channels.bodies import json_of

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signed with the provider's key: never `none`, and never HMAC, whose key every client would know."""
DISCOVERED_FOR, KEYS_FOR, KEYS_AGAIN = 3600.0, 3600.0, 30.0
LEEWAY = 60
"""Seconds that two clocks may disagree."""
LONGEST = 512 * 1024
PATIENCE = aiohttp.ClientTimeout(total=15)


class Refused(Exception):
    """The provider, or what it told, lets nobody in. `why` is one of `unreachable`, `denied`, `untrusted`,
    `unverified`."""

    def __init__(self, why: str, cause: str) -> None:
        super().__init__(cause)
        self.why = why


@dataclass(frozen=True)
class Provider:
    """What the settings say. `secret` is empty for a public client."""

    issuer: str
    client_id: str
    secret: str
    callback: str


@dataclass(frozen=True)
class Begun:
    """One way to the provider: what must come back, and what stays here."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Begun:
        """All three at random."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """RFC 7636, 4.2: S256."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Person:
    """Who signed in there. The address is one that the provider has verified."""

    email: str
    name: str


class Client:
    """Talks to one provider; keeps what it published for an hour."""

    def __init__(self, http: aiohttp.ClientSession, provider: Provider) -> None:
        self._http, self._provider = http, provider
        self._found: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    async def address(self, begun: Begun, *, language: str) -> str:
        """Where the browser is sent. Raises Refused."""
        endpoint = _secure((await self._discovered())["authorization_endpoint"])
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.callback,
            "scope": "openid email profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    async def person(self, code: str, begun: Begun) -> Person:
        """Who came back with this code. Raises Refused."""
        found = await self._discovered()
        told = await self._tokens(found, code, begun)
        claims = await self._claims(str(told.get("id_token", "")), begun)
        if "email" not in claims and "userinfo_endpoint" in found:
            claims = await self._asked(found, str(told.get("access_token", "")), claims)
        email, verified = claims.get("email"), claims.get("email_verified")
        # Some providers write the word instead of the value.
        if not isinstance(email, str) or (verified is not True and verified != "true"):
            raise Refused("unverified", "the provider has not verified the address")
        return Person(email=email, name=str(claims.get("name") or ""))

    async def _discovered(self) -> dict[str, Any]:
        now = time.monotonic()
        if self._found is None or self._found[0] < now:
            issuer = self._provider.issuer.rstrip("/")
            found = await self._json("GET", f"{issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != issuer:
                raise Refused("untrusted", "discovery names another issuer")
            missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - found.keys()
            if missing:
                raise Refused("untrusted", f"discovery lacks {', '.join(sorted(missing))}")
            self._found = now + DISCOVERED_FOR, found
        return self._found[1]

    async def _tokens(self, found: Mapping[str, Any], code: str, begun: Begun) -> dict[str, Any]:
        """The code for tokens (Core, 3.1.3), in the way the provider takes the client's secret."""
        given = self._provider
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": given.callback,
            "code_verifier": begun.verifier,
            "client_id": given.client_id,
        }
        headers = {}
        if given.secret and "client_secret_post" in found.get("token_endpoint_auth_methods_supported", ()):
            sent["client_secret"] = given.secret
        elif given.secret:
            # Both are written as in a form first (RFC 6749, 2.3.1).
            pair = f"{quote_plus(given.client_id)}:{quote_plus(given.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return await self._json("POST", _secure(found["token_endpoint"]), data=sent, headers=headers)

    async def _claims(self, token: str, begun: Begun) -> dict[str, Any]:
        """What an ID token says, once all of it holds (Core, 3.1.3.7)."""
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") not in ALGORITHMS:
                raise Refused("untrusted", "an algorithm that proves nothing")
            key = await self._key(str(head.get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[str(head["alg"])],
                audience=self._provider.client_id,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise Refused("untrusted", f"the token does not hold: {type(error).__name__}") from None
        if str(claims["iss"]).rstrip("/") != self._provider.issuer.rstrip("/"):
            raise Refused("untrusted", "another issuer's token")
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", self._provider.client_id if len(audiences) == 1 else "") != self._provider.client_id:
            raise Refused("untrusted", "issued to another client")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
            raise Refused("untrusted", "not the nonce of this browser")
        return claims

    async def _key(self, name: str) -> jwt.PyJWK:
        """The provider's key of this name; looked for anew when it is unknown, since providers change them."""
        for again in (False, True):
            for key in jwt.PyJWKSet.from_dict(await self._published(again=again)).keys:
                if not name or key.key_id == name:
                    return key
        raise Refused("untrusted", "a key that the provider does not publish")

    async def _published(self, *, again: bool) -> dict[str, Any]:
        now = time.monotonic()
        kept = self._keys
        if kept is None or kept[0] < now or (again and kept[0] < now + KEYS_FOR - KEYS_AGAIN):
            found = await self._discovered()
            kept = self._keys = now + KEYS_FOR, await self._json("GET", _secure(found["jwks_uri"]))
        return kept[1]

    async def _asked(self, found: Mapping[str, Any], token: str, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims with those of the userinfo endpoint, which must be about the same person (Core, 5.3.2)."""
        headers = {"Authorization": f"Bearer {token}"}
        more = await self._json("GET", _secure(found["userinfo_endpoint"]), headers=headers)
        if more.get("sub") != claims["sub"]:
            raise Refused("untrusted", "userinfo about somebody else")
        return {**more, **claims}

    async def _json(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        try:
            # Not where it points on: what is sent holds secrets.
            async with self._http.request(
                method, _secure(url), timeout=PATIENCE, allow_redirects=False, **how
            ) as response:
                told = await json_of(response, most=LONGEST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Refused("unreachable", type(error).__name__) from None
        except ValueError:
            raise Refused("unreachable", f"status {response.status}, no JSON") from None
        if response.status != 200 or not isinstance(told, dict):
            why = "denied" if 400 <= response.status < 500 and method == "POST" else "unreachable"
            raise Refused(why, f"status {response.status}")
        return told


def _secure(url: object) -> str:
    """Only over TLS, but for this machine itself. Raises Refused."""
    parts = urlsplit(str(url))
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise Refused("untrusted", "an address without TLS")
    return str(url)
