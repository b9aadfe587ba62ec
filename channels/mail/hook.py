"""Mails handed over by a provider: who calls is proved the way that the settings name, then the mail is taken out."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from channels.mail import providers
from channels.mail.settings import MailSettings
from channels.port import Core, Limiter
from crm_backend.errors import BadInput, NotAuthenticated, TooLarge, Unavailable

HEADER = "X-Relais-Signature"
TOLERANCE = 300
"""Seconds that a signature's time may be from ours, either way."""
LARGEST = 40 * 1024 * 1024
"""Bytes of a body. What is in it is measured again."""
FIELDS = frozenset({"message", "email", "mime", "raw", "body-mime"})
"""What a field with the mail may be called."""
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})

_SIGNATURE = re.compile(r"[0-9a-f]{64}")


async def handed_over(request: web.Request, settings: MailSettings, *, account: str, core: Core) -> bytes | None:
    """The raw mail that a provider hands over, once it is proved who calls; None when there is nothing to take in.

    Raises NotAuthenticated, BadInput, TooLarge, Unavailable.
    """
    if settings.webhook_secret is None or request.method != "POST":
        raise NotAuthenticated("no webhook here")
    secret, kind = settings.webhook_secret.get_secret_value(), request.headers.get("Content-Type", "")
    match settings.webhook_by:
        case "relais":
            header = request.headers.get(HEADER)
            # What nobody signed is not read: it may be 40 MB.
            claimed(header)
            body = await body_of(request)
            verify(header, body, secret.encode())
        case "sendgrid":
            if providers.SENDGRID_SIGNATURE not in request.headers:
                raise NotAuthenticated("no signature")
            body = await body_of(request)
            providers.sendgrid(request.headers, body, secret, tolerance=TOLERANCE)
        case "mailgun":
            body = await body_of(request)
            raw, token = _of_mailgun(body, kind, secret)
            await _only_for(raw, token, account=account, limiter=core.limiter)
            return raw
        case "basic":
            if not _unread_on_the_way(request, core.company.address):
                raise NotAuthenticated("a password in clear")
            providers.password(request.headers.get("Authorization"), secret)
            body = await body_of(request)
            if body.lstrip()[:1] == b"{":
                return await _of_json(body, core.http)
    return mail_in(body, kind)


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
    """The raw mail of a body that is one, or that carries one in a field of a form. Raises BadInput."""
    if content_type.partition(";")[0].strip().lower() not in FORMS:
        return body
    return _mail_among(providers.fields_of(body, content_type))


def _mail_among(fields: dict[str, bytes]) -> bytes:
    for name, content in fields.items():
        if name in FIELDS:
            return content
    raise BadInput("no mail in it")


def _of_mailgun(body: bytes, kind: str, key: str) -> tuple[bytes, str]:
    """The mail, and the token that Mailgun signed for it."""
    try:
        fields = providers.fields_of(body, kind)
    except BadInput as error:
        raise NotAuthenticated("no signature") from error
    token = providers.mailgun(fields, key)
    return _mail_among(fields), token


async def _only_for(raw: bytes, token: str, *, account: str, limiter: Limiter) -> None:
    """Lets a token bring the mail that it first brought, however often, and no other."""
    mail = hashlib.sha256(raw).hexdigest()
    # A token of the future is good for as long again.
    if not await limiter.bound(f"mailgun/{account}", token, to=mail, seconds=2 * providers.MAILGUN_PATIENCE):
        raise NotAuthenticated("a token that brought another mail")


async def _of_json(body: bytes, http: aiohttp.ClientSession) -> bytes | None:
    raw, confirming = providers.mail_of_json(body)
    if confirming is None:
        return raw
    try:
        async with http.get(confirming, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=20)) as answer:
            if answer.status == 200:
                return None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("Amazon SNS") from error
    raise Unavailable("Amazon SNS")


def _unread_on_the_way(request: web.Request, site: str) -> bool:
    """Whether a password came by https, as far as the site and what stands before us say; a site on this very machine
    is for trying things out."""
    public = urlsplit(site)
    if public.hostname in ("localhost", "127.0.0.1", "::1"):
        return True
    return public.scheme == "https" and request.headers.get("X-Forwarded-Proto", "https").lower() == "https"
