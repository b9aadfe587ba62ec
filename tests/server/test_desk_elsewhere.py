"""The desk offers that a conversation goes on elsewhere, and the customer does."""

from __future__ import annotations

from typing import Any

from crm_backend.accounts.model import Account
from server.app import Parts
from tests.support import core


async def test_an_agent_gets_words_with_a_code_that_takes_the_conversation_along(server: Parts, agent: Any) -> None:
    conversation = (await core.write(server.sessions, "bonjour", visitor="marie")).conversation_id
    path = f"/conversations/{conversation}/elsewhere"
    claire = await agent()
    assert await claire.call("GET", path) == (200, {"ways": [], "overheard": False})
    async with server.sessions.begin() as session:
        link = "https://t.me/relais_bot?start={code}"
        session.add(Account(channel="telegram", name="main", link=link, check_ok=True, source="environment"))
    _, shown = await claire.call("GET", path)
    assert shown["ways"] == [{"channel": "telegram", "label": "Telegram"}]

    status, refused = await claire.call("POST", path, channel="telegram")
    assert refused["code"] == "not_owner"
    await claire.take(str(conversation))
    status, offered = await claire.call("POST", path, channel="telegram")
    assert status == 200 and "sur Telegram" in offered["text"]
    assert offered["link"] in offered["text"] and offered["link"].endswith(offered["code"])
    assert (await claire.call("POST", path, channel="whatsapp"))[0] == 404

    received = await core.write(
        server.sessions,
        "me voici",
        channel="telegram",
        identity_kind="telegram",
        identity_value="77",
        address="77",
        join_code=offered["code"],
    )
    assert received.conversation_id == conversation
