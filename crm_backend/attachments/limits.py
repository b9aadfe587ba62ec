"""How much may be sent and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from crm_backend.errors import TooLarge

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 10 * MEGABYTE
"""The largest file that a visitor or an agent uploads, unless the settings say otherwise."""
MAX_BROUGHT = 25 * MEGABYTE
"""The largest file that a platform or a mail brings."""
MAX_LOOSE = 20
"""Files that one person may have uploaded without having sent them."""
LOOSE_FOR = timedelta(hours=24)
"""How long a file that no message took is kept."""


async def at_most(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """The chunks as they come. Raises TooLarge as soon as they are more than `most` bytes together."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(f"more than {most} bytes")
        yield chunk
