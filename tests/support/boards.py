"""Switchboards over a toy channel, as server processes have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.database import Sessions
from server import listening, switchboard
from server.accounts import Given
from server.activity import Activity
from server.listening import Listening
from server.switchboard import Switchboard
from server.vault import Vault
from tests.support.channels import Notes, core_on
from tests.support.toy import TOY, Toy

MAIN, SHOP = Key("toy", "main"), Key("toy", "shop")
SECRET = "toy-token-1234"
VAULT = Vault(b"present")


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that happens every few seconds happens at once; the start waits for a busy database as long as it
    takes."""
    Toy.made.clear()
    monkeypatch.setattr(switchboard, "START_PATIENCE", 60.0)
    monkeypatch.setattr(listening, "EVERY", 0.1)
    monkeypatch.setattr(switchboard, "LEAVE", 0.05)
    monkeypatch.setattr(switchboard, "MISS_EVERY", 0.0)
    monkeypatch.setattr(switchboard, "FLUSH_EVERY", 0.2)


@asynccontextmanager
async def opened(
    sessions: Sessions,
    *,
    given: dict[Key, Given] | None = None,
    live: Notes | None = None,
    url: str | None = None,
    vault: Vault = VAULT,
) -> AsyncIterator[Switchboard]:
    """A switchboard as a server process has it; with `url` it listens too."""
    activity = Activity()
    async with core_on(sessions, live=live or Notes(), heard=activity.heard) as core:
        board = Switchboard(
            core=core,
            blueprints={"toy": TOY},
            given=given or {},
            vault=vault,
            activity=activity,
            listening=Listening(url) if url else None,
        )
        board.open_given()
        await board.start()
        try:
            yield board
        finally:
            await board.stop()


async def save(sessions: Sessions, key: Key, *, enabled: bool = True, vault: Vault = VAULT, **settings: Any) -> None:
    """What the desk stores."""
    sealed = vault.seal({"token": settings.pop("token", SECRET)}, place=str(key))
    async with sessions() as session, session.begin():
        await accounts.save(session, key, enabled=enabled, settings=settings, secrets=sealed)


async def row(sessions: Sessions, key: Key) -> Account:
    async with sessions() as session:
        return await accounts.find(session, key)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await true():
            await asyncio.sleep(0.02)


def given(**values: Any) -> Given:
    return Given(enabled=values.pop("enabled", True), values={"token": SECRET} | values)


def found(board: Switchboard, key: Key) -> Toy:
    channel = board.find(*key)
    assert isinstance(channel, Toy)
    return channel


async def cut(database_url: str) -> None:
    """Ends the connections that hold locks of ours."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'relais-listening' and datname = current_database()"
        )
    finally:
        await connection.close()


async def so(true: bool) -> bool:
    """What `until` waits for, of something that is known at once."""
    return true


async def checked(sessions: Sessions, key: Key) -> bool:
    return (await row(sessions, key)).checked_at is not None


async def heard(sessions: Sessions, key: Key) -> bool:
    return (await row(sessions, key)).last_in_at is not None
