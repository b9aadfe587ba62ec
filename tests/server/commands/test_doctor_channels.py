"""`./relais doctor` on channels: what is wrong with an account, and what to do."""

from __future__ import annotations

from crm_backend.accounts.model import Account
from crm_backend.database import Sessions
from server.commands.doctor import _channels
from server.settings import Settings

TOKEN = "short"


async def test_accounts_in_trouble_and_wrong_variables_are_told(sessions: Sessions, database_url: str) -> None:
    async with sessions() as session, session.begin():
        session.add(Account(channel="console", name="shop", check_ok=False, check_detail="the token was revoked"))
        session.add(Account(channel="console", name="well", check_ok=True))
        session.add(Account(channel="console", name="off", enabled=False, check_ok=False))
    variables = {"RELAIS_CONSOLE_TOKEN": TOKEN, "RELAIS_CONSOLE_ACCOUNTS": "[]"}
    found = await _channels(Settings(database_url=database_url, given=variables))
    by_name = {finding.name: finding for finding in found}
    assert set(by_name) == {"channels", "console/main", "console/shop", "console/well"}
    assert by_name["channels"].found.startswith("RELAIS_CONSOLE_ACCOUNTS: ")
    assert by_name["console/main"].found.startswith("token: ") and by_name["console/main"].todo
    assert "the token was revoked" in by_name["console/shop"].found and by_name["console/shop"].todo
    assert not by_name["console/well"].todo
    assert TOKEN not in str(found)
