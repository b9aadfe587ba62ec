"""The switchboard: which accounts are open, with what, and who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.conversations.schema import InboundMessage
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


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    Toy.made.clear()
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


# Which are open


async def test_accounts_of_the_environment_are_open_and_shown_without_their_secrets(sessions: Sessions) -> None:
    async with opened(sessions, given={MAIN: given(pause=5), SHOP: given(enabled=False)}) as board:
        assert found(board, MAIN).settings.pause == 5
        assert board.find(*SHOP) is None
        shown = await row(sessions, MAIN)
        assert (shown.source, shown.settings, shown.secrets) == ("environment", {"pause": 5, "fail": ""}, None)
        assert not (await row(sessions, SHOP)).enabled


async def test_accounts_of_the_desk_are_open_with_their_secrets(sessions: Sessions) -> None:
    await save(sessions, SHOP, pause=4)
    async with opened(sessions) as board:
        settings = found(board, SHOP).settings
        assert (settings.pause, settings.token.get_secret_value()) == (4, SECRET)


async def test_a_change_reaches_every_server(sessions: Sessions) -> None:
    live = Notes()
    async with opened(sessions, live=live) as here, opened(sessions, live=live) as there:
        await save(sessions, SHOP)
        await here.changed()
        await until(lambda: _is(there.find(*SHOP) is not None))
        first = found(there, SHOP)
        await save(sessions, SHOP, pause=7)
        await here.changed()
        await until(lambda: _is(found(there, SHOP).settings.pause == 7))
        await until(lambda: _is(first.closed == 1))
        async with sessions() as session, session.begin():
            await accounts.remove(session, SHOP, given=False)
        await here.changed()
        await until(lambda: _is(there.find(*SHOP) is None and here.find(*SHOP) is None))


async def test_a_note_that_is_lost_is_made_up_for(sessions: Sessions) -> None:
    async with opened(sessions) as board:
        await save(sessions, SHOP)
        await until(lambda: _is(board.find(*SHOP) is not None))


async def test_saving_the_same_again_keeps_the_channel(sessions: Sessions) -> None:
    await save(sessions, SHOP)
    async with opened(sessions) as board:
        first = found(board, SHOP)
        await save(sessions, SHOP)
        await board.look()
        assert found(board, SHOP) is first and first.closed == 0


async def test_switching_off_closes(sessions: Sessions) -> None:
    await save(sessions, SHOP)
    async with opened(sessions) as board:
        first = found(board, SHOP)
        await save(sessions, SHOP, enabled=False)
        await board.look()
        assert board.find(*SHOP) is None
        await until(lambda: _is(first.closed == 1))


async def test_the_environment_wins_over_the_desk(sessions: Sessions) -> None:
    await save(sessions, MAIN, token="token-of-the-desk", pause=2)
    async with opened(sessions, given={MAIN: given()}) as board:
        assert found(board, MAIN).settings.token.get_secret_value() == SECRET
        shown = await row(sessions, MAIN)
        assert (shown.source, shown.secrets) == ("environment", None)


async def test_what_the_environment_no_longer_gives_is_switched_off(sessions: Sessions) -> None:
    async with opened(sessions, given={MAIN: given()}):
        pass
    async with opened(sessions) as board:
        assert board.find(*MAIN) is None
        assert not (await row(sessions, MAIN)).enabled
    async with opened(sessions, given={MAIN: given()}) as board:
        assert board.find(*MAIN) is not None
        assert (await row(sessions, MAIN)).enabled


async def test_settings_that_cannot_work_are_told_and_hold_up_nobody_else(sessions: Sessions) -> None:
    await save(sessions, SHOP)
    bad = {MAIN: given(pause="many"), Key("toy", "nine"): given(pause=9)}
    async with opened(sessions, given=bad) as board:
        assert board.find(*MAIN) is None and board.find(*SHOP) is not None
        shown = await row(sessions, MAIN)
        assert shown.check_ok is False
        assert shown.check_detail is not None and shown.check_detail.startswith("pause: ")
        assert (await row(sessions, Key("toy", "nine"))).check_detail == "pause: nine is never right"


# Secrets


async def test_secrets_of_an_earlier_key_are_sealed_anew(sessions: Sessions) -> None:
    await save(sessions, SHOP, vault=Vault(b"before"))
    async with opened(sessions, vault=Vault(b"present", [b"before"])) as board:
        assert found(board, SHOP).settings.token.get_secret_value() == SECRET
    async with opened(sessions) as board:
        assert found(board, SHOP).settings.token.get_secret_value() == SECRET


async def test_secrets_of_an_unknown_key_are_told(sessions: Sessions) -> None:
    await save(sessions, SHOP, vault=Vault(b"before"))
    async with opened(sessions) as board:
        assert board.find(*SHOP) is None
        assert (await row(sessions, SHOP)).check_detail == switchboard.UNREADABLE


# Without the database


async def test_the_environments_accounts_are_open_before_the_database_answers(sessions: Sessions) -> None:
    class Away:
        here = False

        def __call__(self) -> Any:
            if not self.here:
                raise ConnectionRefusedError
            return sessions()

    away = Away()
    await save(sessions, SHOP)
    async with opened(away, given={MAIN: given()}) as board:  # type: ignore[arg-type]
        assert board.find(*MAIN) is not None
        assert not board.informed
        with pytest.raises(ConnectionRefusedError):
            await board.missed(SHOP)
        away.here = True
        await until(lambda: _is(board.find(*SHOP) is not None))
        assert (await row(sessions, MAIN)).source == "environment"


# Listening


async def test_one_of_two_servers_listens_and_the_other_takes_over(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with AsyncExitStack() as first_server, opened(sessions, url=database_url) as second:
        first = await first_server.enter_async_context(opened(sessions, url=database_url))
        await until(lambda: _is(sum(toy.running for toy in Toy.made) == 1))
        await asyncio.sleep(0.5)
        assert sum(toy.runs for toy in Toy.made) == 1
        there = found(first, SHOP)
        here = found(second, SHOP)
        if here.running:
            here, there = there, here
        # The connection of whoever listens is cut, as when its process dies.
        await cut(database_url)
        await until(lambda: _is(here.running + there.running == 1))
        await first_server.aclose()
        await until(lambda: _is(found(second, SHOP).running == 1))


async def test_a_server_that_loses_its_locks_stops_listening(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with opened(sessions, url=database_url) as board:
        await until(lambda: _is(found(board, SHOP).running == 1))
        other = await asyncpg.connect(database_url)
        try:
            # Who waits for a lock comes before who asks later.
            waiting = asyncio.create_task(
                other.execute("select pg_advisory_lock($1, $2)", listening.SPACE, listening._number(SHOP))
            )
            await asyncio.sleep(0.2)
            await cut(database_url)
            await waiting
            await until(lambda: _is(found(board, SHOP).running == 0))
        finally:
            await other.close()
        await until(lambda: _is(found(board, SHOP).running == 1))


async def test_a_run_that_ends_badly_begins_again_and_is_noted(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP, fail="run")
    async with opened(sessions, url=database_url) as board:
        await until(lambda: _is(found(board, SHOP).runs >= 2))
        shown = await row(sessions, SHOP)
        assert shown.last_error == "stopped listening: RuntimeError"
        assert shown.last_error_at is not None


async def test_a_reopened_account_is_listened_to_with_its_new_settings(sessions: Sessions, database_url: str) -> None:
    await save(sessions, SHOP)
    async with opened(sessions, url=database_url) as board:
        first = found(board, SHOP)
        await until(lambda: _is(first.running == 1))
        await save(sessions, SHOP, pause=8)
        await board.look()
        await until(lambda: _is(first.running == 0 and found(board, SHOP).running == 1))
        await save(sessions, SHOP, enabled=False)
        second = found(board, SHOP)
        await board.look()
        await until(lambda: _is(second.running == 0))


# Health


async def test_an_account_is_asked_after_soon_and_told_without_secrets(sessions: Sessions, database_url: str) -> None:
    async with opened(sessions, given={MAIN: given()}, url=database_url):
        await until(lambda: _checked(sessions, MAIN))
    shown = await row(sessions, MAIN)
    assert (shown.check_ok, shown.check_detail, shown.shown_as) == (True, "fine with …", "@toy")
    assert shown.link == "https://toy.example/{code}"


@pytest.mark.parametrize(("fail", "told"), [("check", "ValueError"), ("hang", "no answer in time")])
async def test_an_account_that_cannot_be_asked_is_not_well(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, fail: str, told: str
) -> None:
    monkeypatch.setattr(switchboard, "CHECK_PATIENCE", 0.2)
    await save(sessions, SHOP, fail=fail)
    async with opened(sessions) as board:
        await board.check(SHOP)
    shown = await row(sessions, SHOP)
    assert (shown.check_ok, shown.check_detail) == (False, told)


async def test_what_came_in_is_noted_now_and_then(sessions: Sessions) -> None:
    await save(sessions, SHOP)
    async with opened(sessions) as board:
        toy = found(board, SHOP)
        assert (await row(sessions, SHOP)).last_in_at is None
        inbound = {"identity_kind": "toy", "identity_value": "m", "address": "m", "text": "bonjour"}
        await toy.core.accept(InboundMessage(channel="toy", account="shop", external_id="1", **inbound))
        await until(lambda: _heard(sessions, SHOP))


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


async def _is(found: bool) -> bool:
    return found


async def _checked(sessions: Sessions, key: Key) -> bool:
    return (await row(sessions, key)).checked_at is not None


async def _heard(sessions: Sessions, key: Key) -> bool:
    return (await row(sessions, key)).last_in_at is not None
