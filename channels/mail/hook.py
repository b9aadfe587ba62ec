"""Mails handed over by a provider: who calls is proved by a signature over the body, and then the mail is taken out."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from aiohttp import web

from crm_backend.errors import BadInput, NotAuthenticated, TooLarge

HEADER = "X-Relais-Signature"
TOLERANCE = 300
"""Seconds that a signature's time may be from ours, either way."""
LARGEST = 40 * 1024 * 1024
"""Bytes of a body. What is in it is measured again."""
FIELDS = frozenset({"message", "email", "mime", "raw", "body-mime"})
"""What a multipart field with the mail may be called."""

_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70}?)"?\s*(?:;|$)')
_NAME = re.compile(rb'[; ]name="?([^";\r\n]{1,100})"?', re.IGNORECASE)


async def body_of(request: web.Request) -> bytes:
    """The whole body. Raises TooLarge."""
    read = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        read += chunk
        if len(read) > LARGEST:
            raise TooLarge("a mail beyond all measure")
    return bytes(read)


def claimed(header: str | None, *, now: float | None = None) -> tuple[str, list[str]]:
    """The time and the proofs that `t=<seconds>,v1=<hex>` names, before the body is read. Several `v1` may be given,
    while a secret is changed. Raises NotAuthenticated for what cannot become a signature that holds."""
    fields = [field.strip().partition("=")[::2] for field in (header or "")[:2_000].split(",")]
    times = [value for name, value in fields if name == "t" and value.isascii() and value.isdigit() and len(value) < 12]
    given = [value.lower() for name, value in fields if name == "v1" and _SIGNATURE.fullmatch(value.lower())]
    if len(times) != 1 or not given:
        raise NotAuthenticated("no signature")
    if abs((time.time() if now is None else now) - int(times[0])) > TOLERANCE:
        raise NotAuthenticated("an old signature")
    return times[0], given[:5]


def verify(header: str | None, body: bytes, secret: bytes, *, now: float | None = None) -> None:
    """Holds what the header claims against the body: HMAC-SHA256 over the time, a dot and the body.

    Raises NotAuthenticated.
    """
    at, given = claimed(header, now=now)
    expected = hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise NotAuthenticated("another signature")


def sign(body: bytes, secret: bytes, *, at: int) -> str:
    """The header that `verify` takes; for documentation, tests and providers written in Python."""
    proof = hmac.new(secret, str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={proof}"


def mail_in(body: bytes, content_type: str) -> bytes:
    """The raw mail of a body that is one, or that carries one in a field of multipart/form-data. Raises BadInput."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise BadInput("multipart without a boundary")
    mark = b"--" + boundary[1].strip().encode()
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        head, blank, content = part.partition(b"\r\n\r\n")
        if not blank:
            continue
        named = _NAME.search(b";" + head.split(b"Content-Disposition:", 1)[-1])
        if named and named[1].decode("utf-8", "replace").lower() in FIELDS:
            return content
    raise BadInput("no mail in it")
