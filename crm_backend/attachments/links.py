"""Signed addresses of files: whoever has one may read that file until it expires, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import time
from uuid import UUID

STEP = 900
"""Seconds. Expiries are rounded up to these, so that a file shown twice has one address and is fetched once."""


class Links:
    """Makes and checks the addresses."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.new(secret, b"files", hashlib.sha256).digest()

    def path(self, file_id: UUID, *, minutes: int) -> str:
        """The address on this server, good for `minutes` and up to a quarter of an hour more."""
        until = -(-(int(time.time()) + minutes * 60) // STEP) * STEP
        return f"/files/{file_id}?until={until}&sig={self._signature(file_id, str(until))}"

    def holds(self, file_id: UUID, *, until: str, signature: str) -> bool:
        """Whether the address was made here and has not expired."""
        expected = self._signature(file_id, until)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return False
        return int(until) > time.time()

    def _signature(self, file_id: UUID, until: str) -> str:
        told = f"{file_id}:{until}".encode("utf-8", "replace")
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()
