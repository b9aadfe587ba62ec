"""OAuth2 for mail servers: access tokens from a refresh token, and how they are shown to a server."""

from __future__ import annotations

import asyncio
import base64
import time

import aiohttp

from channels.bodies import json_of
from channels.mail.settings import MailSettings
from channels.port import Renewals

SETTING = "oauth_refresh_token"
EARLY = 60.0
"""Seconds before its end at which a token is renewed: a sign-in must not meet its last breath."""


class SignInRefused(Exception):
    """The server knows us and says no. Trying again with the same secrets is no use."""


class Tokens:
    """The access token of one mailbox, renewed as needed (RFC 6749, section 6).

    A server that hands out a new refresh token with each access token (rotation) is followed: the new one is kept by
    `renewals`, from where the account goes on after a restart and on every other server.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        settings: MailSettings,
        *,
        account: str = "main",
        renewals: Renewals | None = None,
    ) -> None:
        self._http, self._settings, self._account, self._renewals = http, settings, account, renewals
        self._token, self._ends = "", 0.0
        self._refresh = _given(settings)
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
        """With the refresh token that was kept last; again when another server had it renewed meanwhile."""
        if self._renewals is None:
            return await self._ask()
        given = _given(self._settings)
        self._refresh = await self._renewals.latest("mail", self._account, SETTING, given=given)
        try:
            await self._ask()
        except SignInRefused:
            tried, self._refresh = (
                self._refresh,
                await self._renewals.latest("mail", self._account, SETTING, given=given),
            )
            if self._refresh == tried:
                raise
            await self._ask()

    async def _ask(self) -> None:
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
                answer = await json_of(response)
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
        fresh = str(answer.get("refresh_token") or self._refresh)
        if fresh != self._refresh:
            self._refresh = fresh
            if self._renewals is not None:
                await self._renewals.renewed("mail", self._account, SETTING, given=_given(given), value=fresh)


def _given(settings: MailSettings) -> str:
    return settings.oauth_refresh_token.get_secret_value() if settings.oauth_refresh_token else ""


def _seconds(value: object) -> float:
    try:
        return max(0.0, float(str(value)))
    except ValueError:
        return 3600.0


def xoauth2(user: str, token: str) -> str:
    """The initial response of the XOAUTH2 mechanism (Google and Microsoft document it alike)."""
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode()).decode()
