"""Making a code, and knowing it again from what is kept of it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

LENGTH = 6
GOOD_FOR = timedelta(minutes=10)
"""Six figures, ten minutes, once, and few tries: NIST SP 800-63B, section 5.1.3.2."""
_COST = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}
"""scrypt (RFC 7914). A million codes are few: each costs so much that they outlast what they are good for."""


def make() -> str:
    """A code by chance."""
    return f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"


async def fingerprint(code: str, *, salt: UUID) -> str:
    """What is kept of a code. Beside the event loop: it takes tens of milliseconds."""
    made = await asyncio.to_thread(hashlib.scrypt, code.encode(errors="replace"), salt=salt.bytes, **_COST)
    return made.hex()


async def is_it(code: str, *, salt: UUID, kept: str | None) -> bool:
    """Whether this is the code of which `kept` was kept. Takes as long where nothing was."""
    return hmac.compare_digest(await fingerprint(code, salt=salt), kept or "")


def address_key(kind: str, value: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(f"{kind} {value.strip().casefold()}".encode(errors="replace")).hexdigest()
