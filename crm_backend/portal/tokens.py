"""What is kept of the cookies' tokens."""

from __future__ import annotations

import hashlib


def token_hash(token: str) -> str:
    """What is kept of a cookie's token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
