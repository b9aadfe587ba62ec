"""`./relais audit`, `export`, `backup` and `restore` at their edge: exit codes, and what is printed."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.audit import services as record
from crm_backend.database import Sessions, connect, sessions_on
from server.commands import audit, users
from server.commands import backup as safekeeping
from server.commands.export import export
from server.settings import Settings
from tests.support.stores import Stores

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, var=tmp_path, files_url=str(tmp_path / "files"))


@pytest.fixture
async def kept(sessions: Sessions) -> Sessions:
    async with sessions.begin() as session:
        session.add(Agent(email="=cmd@example.com", name="Léa", role="agent", password_hash="secret"))
        record.record(session, actor=SYSTEM, action="changed", subject=("thing", 1))
    return sessions


async def test_the_audit_log_is_verified_and_tampering_ends_with_1(
    settings: Settings, kept: Sessions, capsys: Capture
) -> None:
    assert await audit.seal(settings) == 0
    head = capsys.readouterr().out.split()[-1]
    assert await audit.verify(settings, kept=head) == 0
    assert f"1 entries, 0 of them sealed now: the chain is whole.\nIts head, to be kept elsewhere: {head}" in (
        capsys.readouterr().out
    )
    assert await audit.verify(settings, kept="nonsense") == 2
    async with kept.begin() as session:
        await session.execute(text("alter table audit_log disable trigger user"))
        await session.execute(text("update audit_log set actor = 'nobody'"))
        await session.execute(text("alter table audit_log enable trigger user"))
    capsys.readouterr()
    assert await audit.verify(settings) == 1
    assert "Entry 1 is not what was sealed" in capsys.readouterr().out


async def test_a_backup_is_made_and_restored(
    settings: Settings, kept: Sessions, stores: Stores, tmp_path: Path, capsys: Capture
) -> None:
    file, secret = tmp_path / "today.relais", tmp_path / "passphrase"
    secret.write_text("correct horse battery\n")
    trap, target = file.with_name("today.relais.part"), tmp_path / "target"
    trap.symlink_to(target)
    assert await safekeeping.backup(settings, file, passphrase_file=secret) == 1
    assert "No backup was made" in capsys.readouterr().err and not target.exists()
    trap.unlink()
    trap.touch(0o644)
    assert await safekeeping.backup(settings, file, passphrase_file=secret) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and not list(tmp_path.glob("*.part"))
    assert "tables and 0 files" in capsys.readouterr().out
    assert await safekeeping.restore(settings, file, passphrase_file=secret) == 1
    assert "not empty" in capsys.readouterr().err
    async with stores.copy("template_empty") as url:
        elsewhere = settings.model_copy(update={"database_url": url})
        assert await safekeeping.restore(elsewhere, file) == 1
        assert "encrypted" in capsys.readouterr().err
        assert await safekeeping.restore(elsewhere, file, passphrase_file=secret) == 0
        assert "Restored what was there at" in capsys.readouterr().out
        engine = connect(url, pool_size=1)
        async with sessions_on(engine)() as session:
            told = list(await session.scalars(text("select action from audit_log order by created_at")))
        await engine.dispose()
    assert told == ["changed", "restored"]


async def test_a_backup_that_cannot_be_written_leaves_nothing(
    settings: Settings, tmp_path: Path, capsys: Capture
) -> None:
    assert await safekeeping.backup(settings, tmp_path / "nowhere" / "x") == 1
    (tmp_path / "short").write_text("short")
    assert await safekeeping.backup(settings, tmp_path / "x", passphrase_file=tmp_path / "short") == 1
    (tmp_path / "text").write_text("this is no backup")
    assert await safekeeping.restore(settings, tmp_path / "text") == 1
    assert await safekeeping.restore(settings, tmp_path / "missing") == 1
    err = capsys.readouterr().err
    assert "needs 12 characters" in err and "damaged" in err and not (tmp_path / "x").exists()


async def test_a_table_is_written_to_standard_output(
    settings: Settings, kept: Sessions, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert await export(settings, "agents") == 0
    out = capfdbinary.readouterr().out
    assert b"'=cmd@example.com" in out and "Léa".encode() in out and b"secret" not in out
    assert await export(settings, "") == 0
    assert b"\norders\n" in capfdbinary.readouterr().out
    assert await export(settings, "agent_sessions") == 2


async def test_every_role_can_be_given_and_a_wrong_one_is_told_in_words(
    settings: Settings, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_backend.agents.services.hash_password", lambda _: "-")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n" * 3))
    assert await users.add(settings, users.NewUser("ann@example.com", "Ann", "auditor", "en")) == 0
    assert await users.add(settings, users.NewUser("ann@example.com", "Ann", "auditor", "en")) == 1
    assert await users.add(settings, users.NewUser("bob@example.com", "Bob", "boss", "en")) == 1
    err = capsys.readouterr().err
    assert "An account uses that address already." in err and "role: There is no such role." in err
