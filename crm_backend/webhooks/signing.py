"""Signatures as the Standard Webhooks specification (1.0.0) has them: HMAC-SHA256 over identifier, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
LENGTH = 32
"""Bytes of a secret: the specification asks for 24 to 64."""


def new_secret() -> str:
    """A fresh secret as its owner keeps it."""
    return PREFIX + base64.b64encode(random.token_bytes(LENGTH)).decode()


def headers(secrets: Sequence[str], *, message: UUID, at: datetime, body: bytes) -> dict[str, str]:
    """What goes with a request. One signature a secret, so that the receiver may change from one to the next."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((str(message).encode(), timestamp.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode() for secret in secrets
    ]
    return {
        "webhook-id": str(message),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
