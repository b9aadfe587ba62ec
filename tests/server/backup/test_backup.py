"""A backup is restored as it was, or not at all."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from obstore.store import LocalStore
from sqlalchemy import text

from crm_backend.access.actor import SYSTEM
from crm_backend.attachments.model import Attachment
from crm_backend.audit import sealing
from crm_backend.audit import services as audit
from crm_backend.database import connect, new_id, sessions_on
from server.backup import restoring, taking
from server.backup.archive import Damaged
from server.backup.restoring import Refused
from server.backup.sealed import SealedReader, SealedWriter
from server.files.places import Folder, Place
from tests.support.stores import Stores

FILE = new_id()
LOST = new_id()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of a passphrase takes a tenth of a second on purpose."""
    monkeypatch.setattr("server.backup.sealed._COST", 16)


def folder(path: Path) -> Place:
    path.mkdir(exist_ok=True)
    return Folder(LocalStore(str(path)))


@pytest.fixture(scope="module")
async def taken(stores: Stores, demo_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A backup of the demo company with one file, and one that is gone. The database beside it: `url.txt`."""
    where = tmp_path_factory.mktemp("backup")
    async with stores.copy(demo_template) as url:
        engine = connect(url, pool_size=1)
        async with sessions_on(engine).begin() as session:
            session.add_all(Attachment(id=each, name="x.pdf", size=3) for each in (FILE, LOST))
            audit.record(session, actor=SYSTEM, action="changed", subject=("thing", 1), new={"state": "a\\b\tc\n\\N"})
        async with sessions_on(engine).begin() as session:
            await sealing.seal(session)
        await engine.dispose()
        place = folder(where / "files")
        await place.put(FILE, b"\0\1\2")
        with (where / "demo.relais").open("wb") as stream:
            told = await taking.take(url, stream, place=place)
        assert (told.files, told.lost, told.tables["attachments"]) == (1, [str(LOST)], 2)
        (where / "url.txt").write_text(url)
        yield where / "demo.relais"


async def _contents(url: str) -> dict[str, str]:
    """A fingerprint of the rows of every table, and the definition of everything around them."""
    connection = await asyncpg.connect(url)
    try:
        tables = [
            row[0] for row in await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        ]
        found = {
            table: await connection.fetchval(
                f"""select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '')
                    from "{table}" t"""
            )
            for table in tables
        }
        for name, query in (
            ("constraints", "select conname::text || pg_get_constraintdef(oid) from pg_constraint"),
            ("indexes", "select indexdef from pg_indexes where schemaname = 'public'"),
            ("triggers", "select tgname::text || tgenabled::text from pg_trigger where not tgisinternal"),
            ("sequences", "select sequencename::text || coalesce(last_value, 0)::text from pg_sequences"),
            ("functions", "select proname::text || prosrc from pg_proc where pronamespace = 'public'::regnamespace"),
        ):
            found[name] = "\n".join(sorted(row[0] for row in await connection.fetch(query)))
        return found
    finally:
        await connection.close()


async def test_every_table_comes_back_as_it_was(taken: Path, stores: Stores, tmp_path: Path) -> None:
    place = folder(tmp_path / "files")
    async with stores.copy("template_empty") as url:
        found = await restoring.restore(url, taken, place=place)
        was, now = await _contents((taken.parent / "url.txt").read_text()), await _contents(url)
        assert found.files == 1 and found.rows > 100
        assert now == was
        engine = connect(url, pool_size=1)
        async with sessions_on(engine)() as session:
            assert (await sealing.verify(session)).whole
        await engine.dispose()
    assert await place.get(FILE) == b"\0\1\2"


async def test_a_database_that_holds_something_is_only_replaced_on_demand(taken: Path, stores: Stores) -> None:
    async with stores.copy("template_empty") as url:
        engine = connect(url, pool_size=1)
        async with engine.begin() as connection:
            await connection.execute(text("create table mine (id int)"))
            await connection.execute(
                text("insert into agents (id, email, name, role, language, password_hash, presence, active) "
                     "values (gen_random_uuid(), 'a@example.com', 'A', 'agent', 'fr', '-', 'away', true)")
            )  # fmt: skip
        await engine.dispose()
        before = await _contents(url)
        with pytest.raises(Refused, match="not empty"):
            await restoring.restore(url, taken, place=None)
        assert await _contents(url) == before
        await restoring.restore(url, taken, place=None, replace=True)
        assert await _contents(url) == await _contents((taken.parent / "url.txt").read_text())


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.95, 0.999])
def test_a_changed_byte_is_found_before_anything_is_touched(taken: Path, tmp_path: Path, share: float) -> None:
    raw = bytearray(taken.read_bytes())
    raw[int(share * len(raw))] ^= 0x41
    (tmp_path / "bad").write_bytes(raw)
    with pytest.raises(Damaged):
        restoring.check(tmp_path / "bad")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_cut_short_is_found(taken: Path, tmp_path: Path, share: float) -> None:
    raw = taken.read_bytes()
    (tmp_path / "bad").write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(Damaged):
        restoring.check(tmp_path / "bad")


async def test_a_database_in_use_is_left_alone(taken: Path, stores: Stores) -> None:
    async with stores.copy("template_empty") as url:
        engine = connect(url, pool_size=1)
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
            with pytest.raises(Refused, match="stop Relais"):
                await restoring.restore(url, taken, place=None, replace=True)
        await engine.dispose()


async def test_what_fails_halfway_changes_nothing(taken: Path, stores: Stores) -> None:
    class Full(Exception):
        pass

    class FullDisk:
        async def put(self, file_id: UUID, content: bytes) -> None:
            raise Full

    async with stores.copy("template_empty") as url:
        before = await _contents(url)
        with pytest.raises(Full):
            await restoring.restore(url, taken, place=FullDisk(), replace=True)  # type: ignore[arg-type]
        assert await _contents(url) == before


def test_a_backup_of_a_newer_version_is_refused(taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_backend.migrate.knows", lambda _: False)
    with pytest.raises(Refused, match="newer"):
        restoring.check(taken)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 256 * 1024 + 1, 700_000])
def test_an_encrypted_backup_opens_with_its_passphrase_only(size: int) -> None:
    below, content = io.BytesIO(), bytes(at * 7 % 251 for at in range(size))
    with SealedWriter(below, "correct horse") as writer:
        for start in range(0, size, 100_000):
            writer.write(content[start : start + 100_000])
    sealed = below.getvalue()
    assert SealedReader(io.BytesIO(sealed), "correct horse").read() == content
    with pytest.raises(Damaged, match="passphrase"):
        SealedReader(io.BytesIO(sealed), "wrong horse").read()
    for broken in (
        sealed[:-1],
        sealed[:-17],
        sealed + b"x",
        sealed[:60] + b"!" + sealed[61:],
        sealed[: 256 * 1024 + 55],
    ):
        if broken != sealed:
            with pytest.raises(Damaged):
                SealedReader(io.BytesIO(broken), "correct horse").read()


async def test_an_encrypted_backup_is_restored(taken: Path, tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    with sealed.open("wb") as below, SealedWriter(below, "correct horse") as writer:
        writer.write(taken.read_bytes())
    assert b"manifest" not in sealed.read_bytes()
    assert restoring.check(sealed, passphrase="correct horse").rows == restoring.check(taken).rows
    with pytest.raises(Refused, match="encrypted"):
        restoring.check(sealed)
    with pytest.raises(Damaged, match="passphrase"):
        restoring.check(sealed, passphrase="wrong horse")
