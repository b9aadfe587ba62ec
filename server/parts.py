"""Parts of a form with files, read in pieces; what is not kept is read no further than an answer takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import BodyPartReader
from aiohttp.http_exceptions import HttpProcessingError

CHUNK = 64 * 1024
MOST_DROPPED = 32 * 1024 * 1024
"""Bytes of a form that are read without being kept: a browser that is not heard to the end sees no answer."""
NOT_A_FORM = (
    ValueError,
    AssertionError,
    RuntimeError,
    aiohttp.ClientPayloadError,
    HttpProcessingError,
    ConnectionError,
)
"""What reading raises of what no browser sends."""


async def pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    """A part as it comes."""
    while chunk := await part.read_chunk(CHUNK):
        # Browsers encode nothing within a form.
        yield bytes(chunk)


class Dropping:
    """What one form brings that is not kept."""

    def __init__(self) -> None:
        self._left = MOST_DROPPED

    async def rest_of(self, part: BodyPartReader) -> bool:
        """Reads a part to its end; False where the form brought too much of such, and is left where it stands: whoever
        asks for the next part reads this one to its end."""
        async for chunk in pieces(part):
            self._left -= len(chunk)
            if self._left < 0:
                return False
        return True
