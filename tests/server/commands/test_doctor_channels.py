"""`./relais doctor` on channels: what is wrong with an account, and what to do."""

from __future__ import annotations

from pathlib import Path

from crm_backend.accounts.model import Account
from crm_backend.database import Sessions
from server.commands.doctor import _channels, _files
from server.settings import Settings
from tests.support.assistant import free_port

TOKEN = "short"


async def test_accounts_in_trouble_and_wrong_variables_are_told(sessions: Sessions, database_url: str) -> None:
    async with sessions() as session, session.begin():
        session.add(Account(channel="console", name="shop", check_ok=False, check_detail="the token was revoked"))
        session.add(Account(channel="console", name="well", check_ok=True))
        cursor = {"uidvalidity": 1, "uid": 7, "aside": {"7": "no sender"}, "aside_count": 3}
        session.add(Account(channel="mail", name="box", check_ok=True, cursor=cursor))
        session.add(Account(channel="console", name="off", enabled=False, check_ok=False))
    variables = {"RELAIS_CONSOLE_TOKEN": TOKEN, "RELAIS_CONSOLE_ACCOUNTS": "[]"}
    found = await _channels(Settings(database_url=database_url, given=variables))
    by_name = {finding.name: finding for finding in found}
    assert set(by_name) == {"channels", "console/main", "console/shop", "console/well", "mail/box"}
    assert by_name["channels"].found.startswith("RELAIS_CONSOLE_ACCOUNTS: ")
    assert by_name["console/main"].found.startswith("token: ") and by_name["console/main"].todo
    assert "the token was revoked" in by_name["console/shop"].found and by_name["console/shop"].todo
    assert not by_name["console/well"].todo
    assert by_name["mail/box"].found.startswith("3 set aside") and by_name["mail/box"].todo
    assert TOKEN not in str(found)


async def test_the_place_of_files_and_the_scanner_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    away = Settings(var=tmp_path, clamav_url=f"tcp://127.0.0.1:{free_port()}")
    assert [(one.name, bool(one.todo)) for one in await _files(away)] == [("files", False), ("ClamAV", True)]
    taken = Settings(var=tmp_path, files_url=str(tmp_path / "taken"))
    assert [(one.name, bool(one.todo)) for one in await _files(taken)] == [("files", True)]
