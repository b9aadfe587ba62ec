"""What comes over HTTP: what platforms answer, read whole and no longer than any answer of theirs is, JSON that is sent
to us, and files."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web

from crm_backend.errors import BadInput

CHUNK = 64 * 1024
LONGEST_ANSWER = 2 * 1024 * 1024
"""Bytes of an answer that is read whole. A platform's answers have a few thousand; files are read piece by piece."""


class AnswerTooLong(aiohttp.ClientPayloadError):
    """An answer longer than any that the platform documents. What handles a lost connection handles this."""


async def whole(response: aiohttp.ClientResponse, *, most: int = LONGEST_ANSWER) -> bytes:
    """An answer's body, in the time that the request has. Raises AnswerTooLong past `most` bytes, counted after
    decompression, and what reading raises."""
    read = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        read += chunk
        if len(read) > most:
            raise AnswerTooLong("an answer that is too long")
    return bytes(read)


async def json_of(response: aiohttp.ClientResponse, *, most: int = LONGEST_ANSWER) -> Any:
    """An answer's JSON, whatever type it claims to have. Raises as `whole` does, and ValueError when it is none."""
    body = await whole(response, most=most)
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("JSON that is nested too deeply") from error


def document(given: str | bytes) -> Any:
    """What is sent to us in JSON, by whomever. Raises BadInput when it is none."""
    try:
        return json.loads(given)
    except (ValueError, RecursionError) as error:
        raise BadInput("not JSON") from error


def object_of(given: str | bytes) -> dict[str, Any]:
    """The same where names and values are expected. Raises BadInput when it is anything else."""
    read = document(given)
    if not isinstance(read, dict):
        raise BadInput("not an object")
    return read


async def sent(request: web.Request) -> AsyncIterator[bytes]:
    """A request's body as it comes. Raises BadInput when it ends early."""
    try:
        async for chunk in request.content.iter_chunked(CHUNK):
            yield chunk
    except (aiohttp.ClientPayloadError, ConnectionError) as error:
        raise BadInput("cut off") from error
