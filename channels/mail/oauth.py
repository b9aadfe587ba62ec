"""OAuth2 for mail servers: access tokens from a refresh token, and how they are shown to a server."""

from __future__ import annotations

import asyncio
import base64
import time

import aiohttp

from channels.mail.settings import MailSettings

EARLY = 60.0
"""Seconds before its end at which a token is renewed: a sign-in must not meet its last breath."""


class SignInRefused(Exception):
    """The server knows us and says no. Trying again with the same secrets is no use."""


class Tokens:
    """The access token of one mailbox, renewed as needed (RFC 6749, section 6).

    A server that hands out a new refresh token with each access token (rotation) is followed while this runs; after a
    restart the configured one is used again, which such servers accept as long as the grant itself stands.
    """

    def __init__(self, http: aiohttp.ClientSession, settings: MailSettings) -> None:
        self._http, self._settings = http, settings
        self._token, self._ends = "", 0.0
        self._refresh = settings.oauth_refresh_token.get_secret_value() if settings.oauth_refresh_token else ""
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that is good for another minute. Raises SignInRefused, ConnectionError."""
        async with self._lock:
            if not self._token or time.monotonic() > self._ends - EARLY:
                await self._renew()
            return self._token

    def forget(self) -> None:
        """The server did not take it: the next one is asked for anew."""
        self._token = ""

    async def _renew(self) -> None:
        given = self._settings
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh, "client_id": given.oauth_client_id}
        if given.oauth_client_secret:
            form["client_secret"] = given.oauth_client_secret.get_secret_value()
        if given.oauth_scope:
            form["scope"] = given.oauth_scope
        try:
            async with self._http.post(
                given.oauth_token_url, data=form, timeout=aiohttp.ClientTimeout(total=20), allow_redirects=False
            ) as response:
                answer = await response.json(content_type=None)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ConnectionError("the token server does not answer") from error
        if not isinstance(answer, dict):
            raise ConnectionError("the token server answers with nonsense")
        if status in (400, 401, 403):
            # `error` is one of a few words (section 5.2); its description may name accounts.
            raise SignInRefused(f"the token server says {str(answer.get('error', status))[:60]}")
        token = answer.get("access_token")
        if status != 200 or not isinstance(token, str) or not token:
            raise ConnectionError(f"the token server answers {status}")
        self._token, self._ends = token, time.monotonic() + _seconds(answer.get("expires_in"))
        self._refresh = str(answer.get("refresh_token") or self._refresh)


def _seconds(value: object) -> float:
    try:
        return max(0.0, float(str(value)))
    except ValueError:
        return 3600.0


def xoauth2(user: str, token: str) -> str:
    """The initial response of the XOAUTH2 mechanism (Google and Microsoft document it alike)."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
