"""The word of the company's own site on who is signed in there; the demo company's site is played here."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import jwt
from pydantic import SecretStr

from channels.port import own_page
from channels.site import Person, SignIn, SiteChat, SiteSettings
from crm_backend.errors import BadToken, ForeignOrigin, TokenExpired
from crm_backend.portal.signing_in import Word
from server.settings import Settings
from server.switchboard import Switchboard

LASTS, LEEWAY = 15 * 60, 60
"""Seconds after its signing in which a token signs in, and by which clocks may differ."""
_DEMO_HOURS = 1
_DEMO_SECONDS = 300


@dataclass(frozen=True)
class Shop:
    """Who checks tokens: the web chat's account, which knows how pages sign who is signed in."""

    board: Switchboard
    settings: Settings
    secret: bytes

    @property
    def demo(self) -> bool:
        """Whether the demo company's people may come in by its own site."""
        return self.settings.demo and not self.settings.production

    def word(self, token: str) -> tuple[Person, Word]:
        """Who is signed in there, and the word that lets them in once, soon after it was signed. Raises BadToken,
        TokenExpired."""
        person = self._person(token)
        if person.until is None or person.made is None:
            raise BadToken("a number and its HMAC")
        until = min(person.until, person.made + LASTS + LEEWAY)
        if until <= time.time():
            raise TokenExpired("good for the chat, and signed too long ago to sign in by")
        return person, Word(person.number, person.email, person.word, datetime.fromtimestamp(until, UTC))

    def _person(self, token: str) -> Person:
        """A customer's number with its HMAC holds for ever, so it opens the chat alone: here it takes a token that
        ends."""
        if self.demo:
            try:
                return self._demo.person(token)
            except BadToken:
                if not self._opened():
                    raise
        refused = BadToken("nobody is signed in here")
        for chat in self._opened():
            try:
                found = chat.signed_in(token)
            except BadToken as error:
                refused = error
                continue
            return found
        raise refused

    def from_here(self, origin: str | None, host: str) -> None:
        """Raises ForeignOrigin when a page sent the token that is not of a site that may embed the chat: anybody could
        sign people in as themselves."""
        if origin is None or own_page(origin, host) or origin.rstrip("/") in self.settings.allowed_origins:
            return
        raise ForeignOrigin("another site")

    def demo_token(self, email: str, language: str) -> str:
        """What the demo shop's server would give its page for somebody who is signed in there."""
        now = int(time.time())
        claims = {"sub": f"demo:{email}", "email": email, "language": language, "iat": now, "exp": now + _DEMO_SECONDS}
        return jwt.encode({**claims, "jti": uuid4().hex}, self._demo_key, algorithm="HS256")

    def _opened(self) -> list[SiteChat]:
        return [chat for chat in self.board.opened().values() if isinstance(chat, SiteChat) and chat.signs_in]

    @property
    def _demo_key(self) -> str:
        return hmac.digest(self.secret, b"demo shop", "sha256").hex()

    @property
    def _demo(self) -> SignIn:
        settings = SiteSettings(sign_in="jwt", sign_in_secret=SecretStr(self._demo_key), sign_in_hours=_DEMO_HOURS)
        return SignIn(settings, address=self.settings.address)
