"""One-time codes that count by the clock: RFC 6238 (TOTP) over RFC 4226 (HOTP)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30
"""Seconds that a code holds (RFC 6238, 5.2)."""
DIGITS = 6
AROUND = 1
"""Steps before and after the present one whose codes are taken: clocks differ, and people type slowly."""
_SECRET_BYTES = 20  # as long as the hash, RFC 4226, 4


def new_secret() -> str:
    """A secret as authenticator apps take it: base32 without padding."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_at(at: datetime) -> int:
    """The number of the step that an instant falls in (RFC 6238, 4.2)."""
    return int(at.timestamp()) // PERIOD


def code_of(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step: HMAC-SHA-1, truncated (RFC 4226, 5.3). Apps know no other hash for certain."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, at: datetime, after: int = 0) -> int | None:
    """The step that a code belongs to, among those near the instant and later than `after`; None when it is of none."""
    given = "".join(code.split()).encode(errors="replace")
    now = step_at(at)
    found = None
    for step in range(now - AROUND, now + AROUND + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), given) and step > after:
            found = step
    return found


def address_of(secret: str, *, issuer: str, account: str) -> str:
    """What a QR code tells an app (Key URI Format of Google Authenticator, which all of them read)."""
    label = quote(f"{issuer.replace(':', ' ')}:{account}", safe="")
    told = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": PERIOD}
    return f"otpauth://totp/{label}?{urlencode(told, quote_via=quote)}"
