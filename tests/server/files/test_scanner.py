"""ClamAV, when there is one, sees every file before it is kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crm_backend.database import Sessions
from crm_backend.errors import BadInput, FileInfected, TooLarge, Unavailable
from server.files.places import ObjectPlace
from server.files.scanner import ClamAV
from server.files.standing import FilesStanding, States
from server.files.store import FileStore
from tests.server.files.conftest import ADDRESS, Clamd, on_disk
from tests.support import samples
from tests.support.samples import chunks


@pytest.fixture
def scanned(sessions: Sessions, place: ObjectPlace, clamd: Clamd) -> FileStore:
    scanner = ClamAV(f"tcp://127.0.0.1:{clamd.port}")
    return FileStore(sessions=sessions, place=place, secret=b"secret", address=ADDRESS, scanner=scanner)


async def test_a_file_is_scanned_as_it_came(scanned: FileStore, clamd: Clamd) -> None:
    content = samples.photo()
    await scanned.keep(chunks(content))
    assert clamd.seen == [content]


async def test_an_infected_file_is_not_kept(scanned: FileStore, tmp_path: Path) -> None:
    with pytest.raises(FileInfected):
        await scanned.keep(chunks(samples.archive(a_xtxt=b"x") + samples.EICAR), name="invoice.zip")
    assert on_disk(tmp_path) == []


async def test_without_the_scanner_nothing_is_let_in(scanned: FileStore, clamd: Clamd, tmp_path: Path) -> None:
    await clamd.stop()
    with pytest.raises(Unavailable):
        await scanned.keep(chunks(samples.PDF))
    assert on_disk(tmp_path) == []


async def test_what_is_asked_again_at_once_is_not_looked_at_again(place: ObjectPlace, clamd: Clamd) -> None:
    standing = FilesStanding(place, ClamAV(f"tcp://127.0.0.1:{clamd.port}"))
    assert await standing.states() == States("ok", "ok")
    await clamd.stop()
    assert await standing.states() == States("ok", "ok")
    assert await FilesStanding(place, ClamAV(f"tcp://127.0.0.1:{clamd.port}")).states() == States("ok", "away")
    assert await FilesStanding(place, None).states() == States("ok", "off")


async def test_a_scanner_that_fails_has_not_looked(scanned: FileStore, clamd: Clamd) -> None:
    clamd.broken = True
    with pytest.raises(Unavailable):
        await scanned.keep(chunks(samples.PDF))


async def test_more_than_the_scanner_looks_at_is_too_large(scanned: FileStore, clamd: Clamd) -> None:
    clamd.limit = 100_000
    with pytest.raises(TooLarge):
        await scanned.keep(chunks(b"%PDF-1.4" + bytes(300_000)))


async def test_it_may_be_a_socket_in_a_folder(tmp_path: Path, clamd: Clamd) -> None:
    path = tmp_path / "clamd.ctl"
    server = await asyncio.start_unix_server(clamd._serve, str(path))
    await ClamAV(f"unix://{path}").check(b"fine")
    with pytest.raises(FileInfected):
        await ClamAV(f"unix://{path}").check(samples.EICAR)
    server.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1", "tcp://", "unix://", "clamd"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadInput):
        ClamAV(url)
