"""Files are handed out by signed addresses, in a form that no browser runs."""

from __future__ import annotations

import pytest

from crm_backend.attachments.schema import FileRef
from server.app import Parts
from server.files.store import FileStore
from tests.support import samples, site
from tests.support.samples import chunks


def files_of(server: Parts) -> FileStore:
    store = server.core.files
    assert isinstance(store, FileStore)
    return store


async def keep(server: Parts, content: bytes, name: str = "") -> FileRef:
    return await files_of(server).keep(chunks(content), name=name)


async def get(server: Parts, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    url = f"{server.settings.address}{path}"
    async with site.browser_session() as client, client.request(method, url, headers=headers) as answer:
        return answer.status, dict(answer.headers), await answer.read()


@pytest.mark.parametrize(
    ("content", "shown_as", "disposition"),
    [
        (samples.picture(), "image/png", "inline"),
        (samples.PDF, "application/pdf", "inline"),
        (samples.OGG, "audio/ogg", "inline"),
        (samples.MP4, "video/mp4", "inline"),
        (samples.word(), "application/octet-stream", "attachment"),
        (samples.archive(a_xhtml=samples.HTML), "application/octet-stream", "attachment"),
        (b"just words", "application/octet-stream", "attachment"),
    ],
)
async def test_only_what_a_browser_shows_without_running_it_is_shown(
    server: Parts, content: bytes, shown_as: str, disposition: str
) -> None:
    ref = await keep(server, content, "reçu.x")
    status, headers, got = await get(server, files_of(server).path(ref.id))
    assert (status, headers["Content-Type"], len(got)) == (200, shown_as, ref.size)
    assert headers["Content-Disposition"].split(";")[0] == disposition
    assert "filename*=UTF-8''re%C3%A7u" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cache-Control"].startswith("private")
    # So that a page of another site that isolates itself (COEP: require-corp) can show it.
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_a_range_is_all_that_is_sent_of_a_film(server: Parts) -> None:
    content = samples.MP4 + bytes(range(256)) * 4000
    path = files_of(server).path((await keep(server, content)).id)
    size = len(content)
    for asked, start, end in (("bytes=0-1", 0, 2), ("bytes=100-", 100, size), ("bytes=-5", size - 5, size)):
        status, headers, got = await get(server, path, Range=asked)
        assert (status, got) == (206, content[start:end])
        assert headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    assert (await get(server, path, Range=f"bytes={size}-"))[0] == 416
    assert (await get(server, path, Range="bytes=5-1"))[0] in (200, 416)
    assert (await get(server, path, Range="lines=1-2"))[2] == content
    status, headers, got = await get(server, path, "HEAD")
    assert (status, headers["Content-Length"], got) == (200, str(size), b"")


async def test_bytes_that_went_missing_are_not_found(server: Parts) -> None:
    ref = await keep(server, samples.PDF)
    await files_of(server).place.delete(ref.id)
    assert (await get(server, files_of(server).path(ref.id)))[0] == 404


async def test_a_file_shown_twice_has_one_address(server: Parts) -> None:
    ref = await keep(server, samples.PDF)
    assert len({files_of(server).path(ref.id) for _ in range(50)}) <= 2
    assert files_of(server).link(ref.id).startswith(server.settings.address + "/files/")
