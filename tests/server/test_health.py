"""Whether the server lives and can serve, part by part."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.database import utc_now
from server.app import Parts
from tests.conftest import MakeCustomer
from tests.support import site
from tests.support.assistant import ScriptedBot, free_port
from tests.support.stores import Stores


async def ask(server: Parts, path: str) -> tuple[int, str, str]:
    """Status, kind and text of a page."""
    async with site.browser_session() as client, client.get(server.settings.address + path) as answer:
        return answer.status, answer.content_type, await answer.text()


async def health(server: Parts, path: str) -> tuple[int, dict[str, Any]]:
    status, _, text = await ask(server, path)
    body = json.loads(text)
    return status, {name: value for name, value in body.items() if name not in ("channels", "set_aside")}


async def test_readyz_tells_each_part(server: Parts, scripted: ScriptedBot) -> None:
    assert await health(server, "/healthz") == (200, {"status": "ok"})
    good = {"status": "ok", "database": "ok", "redis": "ok", "assistant": "ok", "files": "ok", "scanner": "off"}
    assert await health(server, "/readyz") == (200, good)
    await scripted.stop()
    assert await health(server, "/readyz") == (200, {**good, "status": "degraded", "assistant": "away"})


async def standing(server: Parts, *accounts: Account) -> None:
    """Accounts of which this is known. The server has opened and asked after them before: it does so with every new
    account, and would write what it found over what a test says."""
    known = {Key(one.channel, one.name): (one.check_ok, one.check_detail) for one in accounts}
    async with server.sessions() as session, session.begin():
        session.add_all(accounts)
    await server.board.look()
    for key in known:
        await server.board.check(key)
    async with server.sessions() as session, session.begin():
        for (channel, name), (ok, detail) in known.items():
            one = update(Account).where(Account.channel == channel, Account.name == name)
            await session.execute(one.values(check_ok=ok, check_detail=detail))


async def test_readyz_names_accounts_in_trouble_and_stays_ready(server: Parts) -> None:
    await standing(
        server,
        Account(channel="console", name="main", check_ok=False, check_detail="secret detail"),
        Account(channel="console", name="off", enabled=False, check_ok=False),
        Account(channel="console", name="slow", open_until=utc_now() + timedelta(minutes=5)),
    )
    status, _, text = await ask(server, "/readyz")
    body = json.loads(text)
    assert (status, body["status"], body["database"]) == (200, "degraded", "ok")
    assert (body["channels"]["console/main"], body["channels"]["console/slow"]) == ("failing", "paused")
    assert "console/off" not in body["channels"] and "webchat/main" in body["channels"]
    assert "secret detail" not in text


async def test_readyz_counts_what_was_set_aside_and_is_none_the_worse(server: Parts) -> None:
    cursor = {"uidvalidity": 1, "uid": 7, "aside": {"7": "no sender"}, "aside_count": 1}
    await standing(server, Account(channel="mail", name="main", check_ok=True, cursor=cursor))
    _, _, text = await ask(server, "/readyz")
    body = json.loads(text)
    assert (body["set_aside"], body["channels"]["mail/main"]) == ({"mail/main": 1}, "ok")


async def test_without_a_place_for_files_or_the_scanner_it_stays_ready(
    database_url: str, stores: Stores, scripted: ScriptedBot, tmp_path: Path
) -> None:
    more = {"files_url": str(tmp_path / "files"), "clamav_url": f"tcp://127.0.0.1:{free_port()}"}
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, roles=["web"], **more)
    async with site.serving(settings) as parts:
        (tmp_path / "files").rmdir()
        (tmp_path / "files").write_text("in the way")
        status, body = await health(parts, "/readyz")
        assert (status, body["status"]) == (200, "degraded")
        assert (body["files"], body["scanner"], body["database"]) == ("away", "away", "ok")


async def test_readyz_is_503_without_the_database_and_healthz_is_not(stores: Stores) -> None:
    nowhere = "postgresql://postgres@/x?host=/nowhere"
    async with site.serving(site.settings_for(nowhere, stores.redis_url, roles=["web"])) as parts:
        status, body = await health(parts, "/readyz")
        assert (status, body["database"], body["redis"]) == (503, "away", "ok")
        assert (await health(parts, "/healthz"))[0] == 200


async def test_metrics_count_what_was_received(server: Parts, customer: MakeCustomer) -> None:
    await (await customer()).say("bonjour")
    status, kind, text = await ask(server, "/metrics")
    assert (status, kind) == (200, "text/plain") and 'channel="webchat"' in text
