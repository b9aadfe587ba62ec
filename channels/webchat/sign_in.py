"""Who is signed in on the company's site: the token that its pages pass on, and whether it holds."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import unquote
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from channels.webchat.settings import NOT_A_KEY, WebChatSettings, examine
from crm_backend.customers.emails import email_address
from crm_backend.errors import BadInput, BadToken, TokenExpired
from crm_backend.texts import clean_name

LEEWAY = 60
"""Seconds by which clocks may differ."""
LONGEST = 4096
LONGEST_NUMBER = 200


@dataclass(frozen=True)
class Portal:
    """A visit to the portal, of this customer; it ends after so long without a sign of them, and at the latest then (in
    seconds since 1970)."""

    visit_id: UUID
    customer_id: UUID
    idle: timedelta
    until: float


@dataclass(frozen=True)
class Person:
    """Who is signed in: their number at the company, what the site vouches for, and until when its word holds (in
    seconds since 1970; None for ever)."""

    number: str
    email: str | None = None
    name: str = ""
    language: Literal["fr", "en"] | None = None
    until: float | None = None
    portal: Portal | None = None
    """The visit to the portal that vouches for them, in place of a site."""
    made: float | None = None
    """When the site signed it (in seconds since 1970), where it says so."""
    word: str = ""
    """What tells this very token from another of theirs: its `jti`, else all that was signed. Not the signature, which
    can be written in several ways."""


class SignIn:
    """Checks what pages say of who is signed in. One way is set and no other is taken; the key says the algorithm."""

    def __init__(self, settings: WebChatSettings, *, address: str, now: Callable[[], float] = time.time) -> None:
        examine(settings)
        self._way, self._now, self._hours = settings.sign_in, now, settings.sign_in_hours
        self._secret = settings.sign_in_secret.get_secret_value().encode() if settings.sign_in_secret else b""
        self._audience, self._address = settings.sign_in_audience, address
        self._key: Any = self._secret
        self._algorithm = "HS256"
        if self._way == "jwt" and settings.sign_in_public_key:
            self._key, self._algorithm = _public_key(settings.sign_in_public_key)

    @property
    def on(self) -> bool:
        """Whether pages may say who is signed in."""
        return self._way != "off"

    def person(self, user: object) -> Person:
        """Who is signed in. Raises BadToken, TokenExpired; their text says why, for the log, without personal data."""
        if self._way == "off":
            raise BadToken("nobody is signed in here")
        if not isinstance(user, str) or not 0 < len(user) <= LONGEST:
            raise BadToken("no text, too long or empty")
        return self._of_number(user) if self._way == "hmac" else self._of_token(user)

    def _of_number(self, user: str) -> Person:
        """`HASH:NUMBER`, the number percent-encoded: HMAC-SHA256 of the number in UTF-8, in hexadecimal."""
        given, _, rest = user.partition(":")
        number = unquote(rest, errors="replace")
        expected = hmac.new(self._secret, number.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace")):
            raise BadToken("wrong HMAC")
        return Person(number=_number(number))

    def _of_token(self, token: str) -> Person:
        now = self._now()
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[self._algorithm],
                # Times and audience are compared here: against one clock, and with the longest age.
                options={
                    "require": ["exp", "iat", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise BadToken(type(error).__name__) from error
        made, ends = _instant(claims, "iat"), _instant(claims, "exp")
        begins = _instant(claims, "nbf") if claims.get("nbf") is not None else made
        if max(made, begins) > now + LEEWAY:
            raise BadToken("not yet valid")
        until = min(ends, made + self._hours * 3600)
        if until + LEEWAY <= now:
            raise TokenExpired("expired")
        self._check_audience(claims.get("aud"))
        return Person(
            number=_number(claims["sub"]),
            email=_email(claims),
            name=clean_name(claims["name"]) if isinstance(claims.get("name"), str) else "",
            language=_language(claims.get("language") or claims.get("locale")),
            until=until + LEEWAY,
            made=made,
            word=claims["jti"] if isinstance(claims.get("jti"), str) else token.rpartition(".")[0],
        )

    def _check_audience(self, given: Any) -> None:
        if given is None and not self._audience:
            return
        named = given if isinstance(given, list) else [given]
        if (self._audience or self._address) not in named:
            raise BadToken("made for somebody else")


def _public_key(pem: str) -> tuple[Any, str]:
    """The key, and the one algorithm that it is for (RFC 7518, section 3.1). Raises BadInput."""
    try:
        # In a variable of the environment the lines of a key are often written with \n.
        key = load_pem_public_key(pem.replace("\\n", "\n").strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(NOT_A_KEY) from error
    if isinstance(key, RSAPublicKey) and key.key_size >= 2048:
        return key, "RS256"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key, "ES256"
    raise BadInput(NOT_A_KEY)


def _instant(claims: dict[str, Any], name: str) -> float:
    value = claims[name]
    # True is an int in Python; infinity and nan are no instants, and in JSON 1e400 is infinity.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise BadToken(f"{name} is no time")
    return float(value)


def _number(value: Any) -> str:
    """The customer's number, exactly as it was signed."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NUMBER or clean_name(value, length=300) != value:
        raise BadToken("not a number of a customer")
    return value


def _email(claims: dict[str, Any]) -> str | None:
    """The address, where the site does not say itself that nobody has checked it. What is no address is left out."""
    value = claims.get("email")
    if claims.get("email_verified") not in (None, True, "true") or not isinstance(value, str):
        return None
    return email_address(value)


def _language(value: Any) -> Literal["fr", "en"] | None:
    short = value[:2].lower() if isinstance(value, str) else ""
    return "fr" if short == "fr" else "en" if short == "en" else None
