"""Whether the server lives and can serve, part by part."""

from __future__ import annotations

import json

from server.app import Parts
from tests.conftest import MakeCustomer
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores


async def ask(server: Parts, path: str) -> tuple[int, str, str]:
    """Status, kind and text of a page."""
    async with site.browser_session() as client, client.get(server.settings.address + path) as answer:
        return answer.status, answer.content_type, await answer.text()


async def health(server: Parts, path: str) -> tuple[int, dict[str, str]]:
    status, _, text = await ask(server, path)
    return status, json.loads(text)


async def test_readyz_tells_each_part(server: Parts, scripted: ScriptedBot) -> None:
    assert await health(server, "/healthz") == (200, {"status": "ok"})
    good = {"status": "ok", "database": "ok", "redis": "ok", "assistant": "ok"}
    assert await health(server, "/readyz") == (200, good)
    await scripted.stop()
    assert await health(server, "/readyz") == (200, {**good, "status": "degraded", "assistant": "away"})


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
