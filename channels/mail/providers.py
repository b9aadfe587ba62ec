"""How mail providers prove that it is they who call, and where the mail is in what each of them posts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from channels.bodies import object_of
from crm_backend.errors import BadInput, NotAuthenticated

MAILGUN_PATIENCE = 9 * 3600
"""Seconds that a signature of Mailgun's is good for: it tries again for eight hours, perhaps with the same signature.
Meanwhile a token is good for one mail only."""
SENDGRID_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
SENDGRID_TIME = "X-Twilio-Email-Event-Webhook-Timestamp"
MOST_FIELDS = 200

_CONFIRM = re.compile(r"sns\.[a-z0-9-]{2,40}\.amazonaws\.com(?:\.cn)?")
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70}?)"?\s*(?:;|$)')
_NAME = re.compile(rb'[; ]name="?([^";\r\n]{1,100})"?', re.IGNORECASE)


class PasswordWanted(NotAuthenticated):
    """Asks for a user and a password: Amazon SNS sends none before it is asked (RFC 7617)."""

    challenge = 'Basic realm="mail", charset="UTF-8"'


def mailgun(fields: Mapping[str, bytes], key: str, *, now: float | None = None) -> str:
    """The token of a call that Mailgun signed: HMAC-SHA256, with the webhook signing key, over its time and its token
    (Mailgun's manual, "Securing webhooks"). The mail is not under the signature: who calls must see to it that a token
    brings one mail only. Raises NotAuthenticated."""
    at, token = fields.get("timestamp", b""), fields.get("token", b"")
    if not (at.isdigit() and len(at) < 12 and 0 < len(token) <= 200):
        raise NotAuthenticated("no signature")
    if abs((time.time() if now is None else now) - int(at)) > MAILGUN_PATIENCE:
        raise NotAuthenticated("an old signature")
    expected = hmac.new(key.encode(), at + token, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), fields.get("signature", b"").lower()):
        raise NotAuthenticated("another signature")
    return hashlib.sha256(token).hexdigest()


def verification_key(given: str) -> EllipticCurvePublicKey:
    """SendGrid's public key, in PEM or as the base64 that SendGrid shows. Raises ValueError."""
    text = "".join(line for line in given.strip().splitlines() if not line.startswith("-----"))
    key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("no key of an elliptic curve")  # noqa: TRY004  a setting that is wrong, not a type
    return key


def sendgrid(headers: Mapping[str, str], body: bytes, key: str, *, tolerance: float, now: float | None = None) -> None:
    """Holds a body against the ECDSA signature over its time and itself that a security policy makes Inbound Parse add
    (Twilio SendGrid, "Securing your Inbound Parse Webhooks"). Raises NotAuthenticated."""
    at = headers.get(SENDGRID_TIME, "")
    if not (at.isascii() and at.isdigit() and len(at) < 12):
        raise NotAuthenticated("no signature")
    if abs((time.time() if now is None else now) - int(at)) > tolerance:
        raise NotAuthenticated("an old signature")
    try:
        signature = base64.b64decode(headers.get(SENDGRID_SIGNATURE, ""), validate=True)
        verification_key(key).verify(signature, at.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise NotAuthenticated("another signature") from error


def password(header: str | None, expected: str) -> None:
    """Holds an Authorization header against `user:password` in constant time (RFC 7617). Raises PasswordWanted."""
    scheme, _, credentials = (header or "").partition(" ")
    try:
        given = base64.b64decode(credentials.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    if not hmac.compare_digest(given, expected.encode()):
        raise PasswordWanted("no password, or another one")


def fields_of(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields of a form, as they came: of two with one name, the first. Raises BadInput for what is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    found: dict[str, bytes] = {}
    if kind == "application/x-www-form-urlencoded":
        try:
            # One character a byte, both ways: mails have all charsets.
            pairs = parse_qsl(
                body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
            )
        except ValueError as error:
            raise BadInput("no form") from error
        for name, value in pairs:
            found.setdefault(name.lower(), value.encode("latin-1"))
        return found
    boundary = _BOUNDARY.search(content_type) if kind == "multipart/form-data" else None
    if boundary is None:
        raise BadInput("multipart without a boundary" if kind == "multipart/form-data" else "no form")
    mark = b"\r\n--" + boundary[1].strip().encode()
    for part in (b"\r\n" + body).split(mark, MOST_FIELDS)[1:]:
        head, blank, content = part.partition(b"\r\n\r\n")
        named = _NAME.search(b";" + head.split(b"Content-Disposition:", 1)[-1]) if blank else None
        if named:
            found.setdefault(named[1].decode("utf-8", "replace").lower(), content)
    return found


def mail_of_json(body: bytes) -> tuple[bytes | None, str | None]:
    """The mail in what Postmark posts (`RawEmail`) or Amazon SES by SNS (`content`); or else the address that confirms
    a subscription of SNS, which is one of Amazon's. Raises BadInput."""
    posted = object_of(body)
    if isinstance(posted.get("RawEmail"), str):
        return posted["RawEmail"].encode("utf-8", "replace"), None
    kind = posted.get("Type")
    if kind == "SubscriptionConfirmation":
        return None, _confirming(str(posted.get("SubscribeURL", "")))
    if kind != "Notification":
        raise BadInput("no mail in it")
    told = object_of(str(posted.get("Message", "")).encode("utf-8", "replace"))
    content, receipt = told.get("content"), told.get("receipt")
    if told.get("notificationType") != "Received" or not isinstance(content, str):
        raise BadInput("no mail in it")
    action = receipt.get("action") if isinstance(receipt, dict) else None
    if isinstance(action, dict) and str(action.get("encoding", "")).upper() == "BASE64":
        try:
            return base64.b64decode(content, validate=True), None
        except ValueError as error:
            raise BadInput("no base64") from error
    return content.encode("utf-8", "replace"), None


def _confirming(address: str) -> str:
    """Raises BadInput for an address that is not Amazon's: whoever knew the password could have us call anybody."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadInput("no address") from error
    if parts.scheme != "https" or port not in (None, 443) or not _CONFIRM.fullmatch(parts.netloc.partition(":")[0]):
        raise BadInput("not an address of Amazon SNS")
    return address
