"""`./relais user`, where nobody at the desk can help."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from crm_backend.agents.model import Agent
from crm_backend.database import Sessions, utc_now
from server.commands import users
from tests.support import site


async def test_the_second_factor_of_the_only_administrator_is_removed(
    database_url: str, sessions: Sessions, password_hash: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = site.settings_for(database_url, "redis://127.0.0.1:1")
    async with sessions.begin() as session:
        session.add(Agent(email="ada@example.com", name="Ada Roche", role="admin", password_hash=password_hash))
    async with sessions.begin() as session:
        await session.execute(update(Agent).values(totp=b"sealed", totp_since=utc_now()))
    assert await users.remove_second_factor(settings, " Ada@example.com") == 0
    assert "Ada Roche" in capsys.readouterr().out
    async with sessions() as session:
        assert list(await session.scalars(select(Agent.totp_since))) == [None]
    assert await users.remove_second_factor(settings, "nobody@example.com") == 1
