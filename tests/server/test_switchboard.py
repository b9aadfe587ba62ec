"""The switchboard: which accounts are open, and with what."""

from __future__ import annotations

from typing import Any

import pytest

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.settings import Key
from crm_backend.database import Sessions
from server import switchboard
from server.vault import Vault
from tests.support.boards import (
    MAIN,
    SECRET,
    SHOP,
    found,
    given,
    hurry,
    opened,
    row,
    save,
    so,
    until,
)
from tests.support.channels import Notes


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


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
        await until(lambda: so(there.find(*SHOP) is not None))
        first = found(there, SHOP)
        await save(sessions, SHOP, pause=7)
        await here.changed()
        await until(lambda: so(found(there, SHOP).settings.pause == 7))
        await until(lambda: so(first.closed == 1))
        async with sessions() as session, session.begin():
            await accounts.remove(session, SHOP, given=False)
        await here.changed()
        await until(lambda: so(there.find(*SHOP) is None and here.find(*SHOP) is None))


async def test_a_note_that_is_lost_is_made_up_for(sessions: Sessions) -> None:
    async with opened(sessions) as board:
        await save(sessions, SHOP)
        await until(lambda: so(board.find(*SHOP) is not None))


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
        await until(lambda: so(first.closed == 1))


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
    bad = {MAIN: given(pause="many"), Key("toy", "nine"): given(pause=9), Key("toy", "odd"): given(fail="open")}
    async with opened(sessions, given=bad) as board:
        assert board.find(*MAIN) is None and board.find(*SHOP) is not None
        shown = await row(sessions, MAIN)
        assert shown.check_ok is False
        assert shown.check_detail is not None and shown.check_detail.startswith("pause: ")
        assert (await row(sessions, Key("toy", "nine"))).check_detail == "pause: nine is never right"
        assert (await row(sessions, Key("toy", "odd"))).check_detail == "RuntimeError"


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
        await until(lambda: so(board.find(*SHOP) is not None))
        assert (await row(sessions, MAIN)).source == "environment"


async def test_where_the_first_look_was_cut_short_what_is_not_known_may_still_be_there(sessions: Sessions) -> None:
    asked = 0

    def cut_short() -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise ConnectionRefusedError
        return sessions()

    await save(sessions, MAIN, vault=Vault(b"before"))
    await save(sessions, SHOP)
    async with opened(cut_short, vault=Vault(b"present", [b"before"])) as board:  # type: ignore[arg-type]
        assert board.find(*SHOP) is None and not board.informed
        await until(lambda: so(board.find(*SHOP) is not None and board.informed))
