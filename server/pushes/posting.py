"""One push as its service takes it: encrypted for the browser (RFC 8291), signed by this installation (RFC 8292)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from crm_backend.pushes.deliveries import Due
from server.pushes.words import said

GOOD_FOR = timedelta(hours=12)
"""A signature; a day at most (RFC 8292, 2)."""
SOON = frozenset({"offer", "message"})


def headers(
    due: Due, *, public: str, private: ec.EllipticCurvePrivateKey, address: str, now: datetime
) -> dict[str, str]:
    """What goes with a push: who sends it (`address` is where they can be asked), and for how long it is kept. A later
    one of the same kind in the same conversation replaces one that has not been fetched (RFC 8030, 5.4)."""
    there = urlsplit(due.endpoint)
    claims: dict[str, Any] = {"aud": f"{there.scheme}://{there.netloc}", "exp": int((now + GOOD_FOR).timestamp())}
    if address.startswith("https://"):
        claims["sub"] = address
    token = jwt.encode(claims, private, algorithm="ES256")
    return {
        "Authorization": f"vapid t={token}, k={public}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(0, int((due.expires_at - now).total_seconds()))),
        "Urgency": "high" if due.kind in SOON else "normal",
        "User-Agent": "Relais-Push/1",
    } | ({"Topic": _topic(due)} if due.conversation_id else {})


def body(due: Due, *, ephemeral: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None) -> bytes:
    """What the browser is told, for its eyes only. Raises ValueError for keys that are none."""
    told = {
        "id": str(due.id),
        "kind": due.kind,
        "conversation": str(due.conversation_id) if due.conversation_id else None,
        "text": said(due.kind, due.language, who=due.who, of_case=due.conversation_id is None),
        "language": due.language,
    }
    return encrypted(json.dumps(told, ensure_ascii=False).encode(), due.p256dh, due.auth, ephemeral, salt)


def encrypted(
    plain: bytes,
    p256dh: str,
    auth: str,
    ephemeral: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Encrypted for the browser with this key and secret, each time under another key unless one is given. Raises
    ValueError."""
    made: bytes = http_ece.encrypt(
        plain,
        salt=salt,
        private_key=ephemeral or ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(p256dh),
        auth_secret=_bytes(auth),
        version="aes128gcm",
    )
    return made


def _topic(due: Due) -> str:
    assert due.conversation_id
    return due.kind[0] + base64.urlsafe_b64encode(due.conversation_id.bytes).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
