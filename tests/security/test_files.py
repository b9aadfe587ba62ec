"""Files sent to do harm, and addresses of files that were guessed, stolen or kept too long."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import re
import time
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from PIL import Image
from sqlalchemy import select

from crm_backend.attachments.links import Links
from crm_backend.attachments.model import Attachment
from crm_backend.database import new_id
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.support import samples, site

MEGABYTE = 1024 * 1024


@pytest.fixture
async def browser(server: Parts) -> AsyncIterator[Browser]:
    async with site.browser_session() as client:
        made = Browser(client, server.settings.address)
        await made.hello()
        yield made


async def upload(browser: Browser, content: Any, name: str = "photo.jpg") -> tuple[int, Any]:
    return await browser.call("POST", "/files", data=content, headers={"X-File-Name": name})


async def got(browser: Browser, path: str) -> tuple[int, dict[str, str], bytes]:
    async with browser.client.get(browser.address + path) as answer:
        return answer.status, dict(answer.headers), await answer.read()


def bomb(size: int = 20 * MEGABYTE) -> bytes:
    """A ZIP that would unfold to a thousand times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in range(20):
            made.writestr(str(name), bytes(size))
    return out.getvalue()


async def test_a_zip_bomb_is_handed_on_as_it_is_and_never_unfolded(browser: Browser) -> None:
    content = bomb()
    assert len(content) < MEGABYTE
    status, answer = await upload(browser, content, "photos.zip")
    assert (status, answer["file"]["size"]) == (201, len(content))
    _, headers, same = await got(browser, answer["file"]["url"])
    assert same == content and headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "content",
    [
        samples.SVG,
        b"\xef\xbb\xbf" + samples.SVG,
        b"<?xml version='1.0' encoding='utf-8'?>\n<!-- x -->" + samples.SVG,
        samples.HTML,
        b"<html><body onload=alert(1)>",
        b"GIF89a=1;alert(1)//" + samples.HTML,
        b"GIF89a/*" + bytes(10) + b"*/=1;alert(document.domain);",
        b"\x89PNG\r\n\x1a\n" + samples.HTML,
        b"#!/bin/sh\nrm -rf /\n" + b"\0",
        b"MZ\x90\0" + bytes(200),
    ],
)
async def test_what_a_browser_or_a_machine_would_run_is_refused(browser: Browser, content: bytes) -> None:
    for name in ("photo.png", "photo.svg", "page.html"):
        status, answer = await upload(browser, content, name)
        assert status in (415, 422), answer


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("tail", [samples.HTML, samples.PDF, samples.SVG, bomb(1000), b"*/alert(1);//"])
async def test_of_a_file_that_is_two_things_only_the_picture_remains(browser: Browser, form: str, tail: bytes) -> None:
    status, answer = await upload(browser, samples.picture(form) + tail)
    assert status == 201
    _, headers, clean = await got(browser, answer["file"]["url"])
    assert tail not in clean and headers["Content-Type"].startswith("image/")
    Image.open(io.BytesIO(clean)).load()


async def test_where_a_photo_was_taken_is_told_to_nobody(browser: Browser) -> None:
    content = samples.photo()
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    _, answer = await upload(browser, content)
    clean = (await got(browser, answer["file"]["url"]))[2]
    assert not Image.open(io.BytesIO(clean)).getexif()
    assert b"Exif" not in clean and b"Telephone" not in clean


async def test_a_picture_of_a_hundred_thousand_by_a_hundred_thousand_costs_nothing(browser: Browser) -> None:
    head = bytearray(samples.picture("PNG"))
    head[16:24] = (100_000).to_bytes(4, "big") * 2
    import zlib

    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    assert (await upload(browser, bytes(head)))[0] == 422
    assert (await upload(browser, samples.picture("PNG", (8_000, 8_000))))[0] == 422


async def test_a_hundred_megabytes_are_cut_off_and_not_held(server: Parts, browser: Browser) -> None:
    handed = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal handed
        for _ in range(100):
            handed += 1
            yield bytes(MEGABYTE)

    process = psutil.Process()
    before = process.memory_info().rss
    try:
        status, answer = await upload(browser, body())
        assert (status, answer["code"]) == (413, "too_large")
    except OSError:
        # The server may answer and hang up while the rest is still on its way.
        pass
    assert handed < 100
    assert process.memory_info().rss - before < 60 * MEGABYTE
    async with server.sessions() as session:
        assert (await session.scalars(select(Attachment))).first() is None


async def test_a_body_that_says_it_is_too_large_is_not_read(server: Parts, browser: Browser) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    writer.write(
        f"POST /chat/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {browser.token}\r\n"
        f"Content-Length: {100 * MEGABYTE}\r\n\r\n".encode()
    )
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_an_upload_that_is_cut_off_leaves_nothing(server: Parts, browser: Browser) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    writer.write(
        f"POST /chat/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {browser.token}\r\n"
        f"Content-Length: 5000\r\n\r\n".encode()
        + samples.PDF
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await upload(browser, samples.PDF))[0] == 201
    async with server.sessions() as session:
        assert len(list(await session.scalars(select(Attachment)))) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("photo\u202egpj.exe", "photogpj.exe.pdf"),
        ("../../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\system32\\calc.exe", "calc.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ('"; filename="evil.html', "; filename=evil.html.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("CON.pdf", "document.pdf"),
        ("x" * 5000 + ".pdf", "x" * 100 + ".pdf"),
        ("<script>.pdf", "script.pdf"),
        ("\u200b\u2066 \u200f", "document.pdf"),
    ],
)
async def test_a_name_that_lies_is_made_honest(browser: Browser, said: str, shown: str) -> None:
    from urllib.parse import quote

    status, answer = await upload(browser, samples.PDF, quote(said))
    assert (status, answer["file"]["name"]) == (201, shown)
    _, headers, _ = await got(browser, answer["file"]["url"])
    assert "Set-Cookie" not in headers
    assert re.fullmatch(r"inline; filename=\"[^\"\\]*\"; filename\*=UTF-8''[!-~]*", headers["Content-Disposition"])


async def test_an_address_of_a_file_cannot_be_made_up(server: Parts, browser: Browser) -> None:
    _, answer = await upload(browser, samples.PDF)
    file_id, path = answer["file"]["id"], answer["file"]["url"]
    until, signature = re.findall(r"until=(\d+)&sig=(\w+)", path)[0]
    _, other = await upload(browser, samples.PDF)
    wrong_key = hmac.new(b"secret-of-tests", f"{file_id}:{until}".encode(), hashlib.sha256).hexdigest()
    for tried in (
        f"/files/{file_id}",
        f"/files/{file_id}?until={until}",
        f"/files/{file_id}?until={until}&sig=",
        f"/files/{file_id}?until={until}&sig={'0' * 64}",
        f"/files/{file_id}?until={until}&sig={wrong_key}",
        f"/files/{file_id}?until={int(until) + 1}&sig={signature}",
        f"/files/{file_id}?until=-1&sig={signature}",
        f"/files/{file_id}?until={until}%20&sig={signature}",
        f"/files/{file_id}?until={until}&sig={signature[:-1]}%ED%A0%80",
        f"/files/{other['file']['id']}?until={until}&sig={signature}",
        f"/files/{uuid4()}?until={until}&sig={signature}",
        f"/files/..%2F..%2Fsecrets.env?until={until}&sig={signature}",
    ):
        status, _, body = await got(browser, tried)
        assert status == 404 and b"%PDF" not in body, tried
    assert (await got(browser, path))[0] == 200


def test_an_address_expires() -> None:
    links, file_id = Links(b"secret"), new_id()
    for minutes, holds in ((60, True), (-30, False)):
        until, signature = re.findall(r"until=(-?\d+)&sig=(\w+)", links.path(file_id, minutes=minutes))[0]
        assert links.holds(file_id, until=until, signature=signature) is holds
        assert int(until) <= time.time() + minutes * 60 + 900
        assert not Links(b"another").holds(file_id, until=until, signature=signature)


async def test_a_file_that_is_not_kept_has_no_address(server: Parts, browser: Browser) -> None:
    _, answer = await upload(browser, samples.PDF)
    async with server.sessions() as session, session.begin():
        file = await session.get_one(Attachment, UUID(answer["file"]["id"]))
        file.state = "lost"
    assert (await got(browser, answer["file"]["url"]))[0] == 404
