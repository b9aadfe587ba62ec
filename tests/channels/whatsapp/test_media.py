"""Files that customers sent: fetched with care, from Meta alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from channels.port import Rejected, Retry
from tests.channels.whatsapp.case import webhook
from tests.channels.whatsapp.conftest import Line, item, payload
from tests.channels.whatsapp.test_inbound import attachments


async def fetched(line: Line, remote: dict[str, Any]) -> bytes:
    return b"".join([chunk async for chunk in line.channel.fetch(remote)])


async def test_a_file_is_fetched_and_compared_with_its_digest(line: Line) -> None:
    content = b"\xff\xd8\xff" + bytes(range(256)) * 1000
    told = line.graph.put(content, "image/jpeg")
    document = webhook({"messages": [{**item(payload("image")), "image": told}]})
    assert await line.hear(document) == 200
    [file] = await attachments(line)
    assert file.remote is not None
    assert hashlib.sha256(await fetched(line, file.remote)).digest() == hashlib.sha256(content).digest()
    line.graph.damaged.add(told["id"])
    with pytest.raises(Retry, match="other bytes"):
        await fetched(line, file.remote)


async def test_a_file_that_meta_no_longer_has_is_gone(line: Line) -> None:
    with pytest.raises(Rejected):
        await fetched(line, {"id": "1479537139650973"})
    with pytest.raises(Rejected):
        await fetched(line, {"id": "../106540352242922"})


async def test_the_token_goes_to_nobody_but_meta(line: Line) -> None:
    told = line.graph.put(b"\xff\xd8\xff", "image/jpeg")
    for elsewhere in (
        "http://127.0.0.1:1/",
        "https://lookaside.fbsbx.com.example.net/x",
        "file:///etc/passwd",
        "https://[",
    ):
        line.graph.redirect = elsewhere
        with pytest.raises(Rejected, match="no address"):
            await fetched(line, told)
