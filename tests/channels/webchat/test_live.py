"""What comes and goes beside messages: receipts, typing, language, owners, limits."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import uuid4

from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import site
from tests.support.assistant import ScriptedBot


async def test_what_was_seen_is_read_at_the_desk(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    await marie.socket.send_json({"type": "seen", "seq": 2})
    async with asyncio.timeout(5):
        while (await claire.conversation(str(marie.conversation)))["messages"][1]["delivery"] != "read":
            await asyncio.sleep(0.05)
    await marie.socket.send_json({"type": "seen", "seq": 1})
    await marie.say("merci")
    assert (await claire.conversation(str(marie.conversation)))["messages"][0]["delivery"] is None


async def test_the_assistant_is_seen_typing_where_an_answer_takes_a_moment(
    customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    marie, typing = await customer(), {"type": "typing", "from": "bot"}
    await marie.say("un")
    assert typing not in marie.frames
    scripted.delay = 0.6
    await marie.say("deux")
    assert typing in marie.frames


async def test_a_language_chosen_by_hand_reaches_the_assistant_and_stays(
    customer: MakeCustomer, scripted: ScriptedBot, agent: MakeAgent
) -> None:
    marie, claire = await customer("fr"), await agent()
    await marie.say("un")
    await marie.socket.send_json({"type": "language", "language": "en"})
    await marie.say("bonjour, où est ma commande s'il vous plaît ?")
    asked = scripted.asked[-1]
    assert (asked["language"], asked["state"]["slots"]["language_pinned"]) == ("en", True)
    error = await marie.send("")
    assert error["message"] == "That message is empty."
    assert (await claire.conversation(str(marie.conversation)))["conversation"]["id"] == marie.conversation


async def test_a_language_chosen_before_the_first_message_is_the_conversations(
    customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    marie = await customer("fr")
    await marie.socket.send_json({"type": "language", "language": "en"})
    await marie.say("10234")
    assert scripted.asked[-1]["language"] == "en"


async def test_the_customer_hears_who_answers(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("Parler à une personne", action="person")
    await marie.settle()
    owners = [frame["owner"] for frame in marie.frames if frame["type"] == "owner"]
    assert owners[-1]["kind"] == "queue" and owners[-1]["ahead"] == 0
    await claire.take(str(marie.conversation))
    await marie.until("system", after=0)
    await marie.settle()
    owner = [frame["owner"] for frame in marie.frames if frame["type"] == "owner"][-1]
    assert (owner["kind"], owner["name"]) == ("agent", "Claire") and "id" not in owner


async def test_one_visitors_flood_is_stopped_and_nobody_else_is(server: Parts) -> None:
    ports = {"port": site.free_port()}
    settings = server.settings.model_copy(update={**ports, "messages_per_minute": 20})
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(site.serving(settings))
        clients = [await stack.enter_async_context(site.browser_session()) for _ in range(2)]
        flooder, other = (site.Customer(client, parts.settings.address, "en") for client in clients)
        await flooder.connect()
        await other.connect()
        for number in range(300):
            await flooder.socket.send_json({"type": "message", "client_id": str(uuid4()), "text": f"n° {number}"})
        answers = [await flooder._frame("ack", "error") for _ in range(300)]
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert 20 <= len(answers) - len(refused) <= 41
        assert {answer["code"] for answer in refused} == {"rate_limited"}
        assert all(1 <= answer["retry_after"] <= 120 and answer["client_id"] for answer in refused)
        assert refused[0]["message"].startswith("You’re faster than I am. Try again in ")
        assert (await other.say("bonjour"))["text"] == "echo: bonjour"


async def test_two_servers_are_one(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    ports = {"port": site.free_port()}
    settings = server.settings.model_copy(update=ports)
    async with site.serving(settings) as second:
        marie, claire = await customer(), await agent(address=second.settings.address)
        await marie.say("bonjour")
        assert (await claire.take(str(marie.conversation)))[0] == 200
        assert (await claire.answer(str(marie.conversation), "Me voici"))[0] == 201
        assert (await marie.until("agent"))["text"] == "Me voici"
        await marie.hang_up()
        marie.address = second.settings.address
        await marie.connect()
        await marie.send("merci")
        assert [m["seq"] for m in marie.messages] == [1, 2, 3, 4] or (await marie.until("customer", after=4))


async def test_without_redis_everybody_is_still_served(server: Parts) -> None:
    ports = {"port": site.free_port()}
    settings = server.settings.model_copy(update={**ports, "redis_url": "unix:///nowhere/valkey.sock"})
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(site.serving(settings))
        client = await stack.enter_async_context(site.browser_session())
        marie = site.Customer(client, parts.settings.address)
        await marie.connect()
        assert (await marie.say("bonjour"))["text"] == "echo: bonjour"
        async with client.get(f"{parts.settings.address}/readyz") as response:
            assert response.status == 200
            told = await response.json()
        parts_told = {key: told[key] for key in ("status", "database", "redis", "assistant")}
        assert parts_told == {"status": "degraded", "database": "ok", "redis": "away", "assistant": "ok"}
