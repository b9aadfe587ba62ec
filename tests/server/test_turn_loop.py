"""Thinking: what the assistant fails to say ends with a person, never with silence."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import update

from crm_backend.conversations.model import Turn
from crm_backend.conversations.thinking import claiming
from crm_backend.database import Sessions
from server import lanes
from server.app import Parts
from server.bot import BotAway
from server.loops import handed
from server.loops import turns as loop
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import core
from tests.support.assistant import ScriptedBot, reaching, said

Answer = Callable[[dict[str, Any]], Awaitable[web.Response]]


def always(body: Any = None, *, status: int = 200, text: str | None = None) -> Answer:
    async def answer(_: dict[str, Any]) -> web.Response:
        return web.json_response(body, status=status) if text is None else web.Response(text=text, status=status)

    return answer


async def hang(_: dict[str, Any]) -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


class Script:
    """The first answers in order, then the echo."""

    def __init__(self, bot: ScriptedBot, *answers: Answer) -> None:
        self._bot, self._answers = bot, list(answers)
        bot.script = self

    async def __call__(self, turn: dict[str, Any]) -> web.Response:
        return await (self._answers.pop(0) if self._answers else self._bot.echo)(turn)


@pytest.fixture
def server(server: Parts) -> Parts:
    """Its workers look again soon by themselves: nobody wakes them for what was put back."""
    for workers in server.workers:
        workers._rest = 0.05
    return server


FAILURES = {
    "an error": always({"code": "turn_failed"}, status=500),
    "a wrong token": always({"code": "unauthorized"}, status=401),
    "stock Rasa’s silence": always([]),
    "no reply": always(said()),
    "an empty reply": always(said("")),
    "not JSON": always(text="<html>"),
    "no state": always({"replies": [{"text": "bonjour"}]}),
    "an odd reply": always({**said(), "replies": ["bonjour"]}),
    "an odd command": always({**said(), "replies": [{"command": {"do": "dance"}}]}),
    "what no database stores": always(said("bon\x00jour")),
    "half a character": always(said("bon\ud800jour")),
    "a state no database stores": always({**said("bonjour"), "state": {"slots": {"name": "\x00"}}}),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_an_assistant_that_keeps_failing_apologises_and_hands_over(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, scripted: ScriptedBot, failure: str
) -> None:
    scripted.script = FAILURES[failure]
    marie = await customer("en")
    reply = await marie.say("where is my order 10234?")
    assert reply["text"].startswith("I can’t answer you right now, sorry.")
    assert len(scripted.asked) == loop.MAX_ATTEMPTS
    assert len({turn["turn"] for turn in scripted.asked}) == 1
    claire = await agent()
    found = await claire.conversation(str(marie.conversation))
    assert found["conversation"]["owner"]["kind"] == "queue"
    assert found["passport"]["reason"] == "failure"
    assert found["passport"]["goal"] == "where is my order 10234?"


async def test_one_failure_is_tried_again_from_the_same_state(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    marie = await customer()
    await marie.say("un")
    Script(scripted, FAILURES["an error"], FAILURES["no reply"])
    assert (await marie.say("deux"))["text"] == "echo: deux"
    states = [turn["state"] for turn in scripted.asked[1:]]
    assert states == [{"slots": {}}] * 3


async def test_a_time_out_is_a_failure(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.bot, "_timeout", 0.3)
    scripted.script = hang
    marie = await customer()
    reply = await marie.say("bonjour")
    assert reply["text"].startswith("Je n’arrive pas à vous répondre")
    assert len(scripted.asked) == loop.MAX_ATTEMPTS


async def test_what_comes_after_a_failure_waits_for_the_person(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    scripted.script = FAILURES["an error"]
    marie = await customer()
    await marie.send("un")
    await marie.send("deux")
    await marie.until("bot")
    await marie.settle()
    assert [m["from"] for m in marie.messages] == ["customer", "customer", "bot"]
    assert marie.frames[-1]["type"] in ("owner", "message", "delivery")


async def test_an_assistant_that_is_away_is_waited_for(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "AWAY_PAUSE", 0.1)
    marie = await customer()
    await scripted.stop()
    looks, ask = 0, server.bot.ask

    async def counted(*given: Any, **more: Any) -> Any:
        nonlocal looks
        looks += 1
        return await ask(*given, **more)

    monkeypatch.setattr(server.bot, "ask", counted)
    await marie.send("bonjour")
    async with asyncio.timeout(20):
        while looks <= loop.MAX_ATTEMPTS + 1:
            await asyncio.sleep(0.02)
    await marie.settle(0.1)
    assert [m["from"] for m in marie.messages] == ["customer"]
    # Waiting took more looks than a failure is allowed; one failure is still forgiven.
    Script(scripted, FAILURES["an error"])
    await scripted.start()
    assert (await marie.until("bot"))["text"] == "echo: bonjour"


async def test_an_assistant_that_is_starting_is_waited_for(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "AWAY_PAUSE", 0.1)
    Script(scripted, *[always({"code": "not_ready"}, status=503)] * 4)
    marie = await customer()
    assert (await marie.say("bonjour"))["text"] == "echo: bonjour"


async def test_an_assistant_that_takes_no_connection_is_away(
    sessions: Sessions, stack: contextlib.AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "CONNECTING", 0.2)
    await core.write(sessions, "bonjour")
    claimed = await core.claim(sessions)
    assert claimed is not None
    full = stack.enter_context(socket.socket())
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    for _ in range(4):
        # They fill the queue that nobody empties.
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(full.getsockname())
    client = await stack.enter_async_context(aiohttp.ClientSession())
    bot = reaching(client, full.getsockname()[1], timeout=5)
    with pytest.raises(BotAway):
        await bot.ask(claimed, language="fr", company="")


async def test_an_assistant_away_for_too_long_ends_with_a_person(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "AWAY_PAUSE", 0.1)
    monkeypatch.setattr(loop, "PATIENCE", timedelta(seconds=0.5))
    await scripted.stop()
    marie = await customer()
    assert (await marie.say("bonjour"))["text"].startswith("Je n’arrive pas à vous répondre")


async def test_each_conversation_is_answered_in_order_and_others_do_not_wait(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    release = asyncio.Event()

    async def slow_for_marie(turn: dict[str, Any]) -> web.Response:
        if turn["text"] == "un":
            await release.wait()
        return await scripted.echo(turn)

    scripted.script = slow_for_marie
    marie, paul = await customer(), await customer()
    for text in ("un", "deux", "trois"):
        await marie.send(text)
    assert (await paul.say("moi"))["text"] == "echo: moi"
    assert len([turn for turn in scripted.asked if turn["conversation"] == marie.conversation]) == 1
    release.set()
    while marie.last < 6:
        await marie.until("bot", after=marie.last)
    answers = [m["text"] for m in marie.messages if m["from"] == "bot"]
    assert answers == ["echo: un", "echo: deux", "echo: trois"]


async def test_what_waited_to_be_begun_until_a_person_took_over_is_not_thought_about(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, scripted: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    monkeypatch.setattr(handed, "ANEW_AFTER", timedelta(0))
    took_over, still = [], claiming.still

    async def meanwhile(*given: Any) -> bool:
        if not took_over:
            took_over.append(await claire.take(str(marie.conversation)))
        return await still(*given)

    monkeypatch.setattr(claiming, "still", meanwhile)
    await marie.send("annulez ma commande")
    async with asyncio.timeout(10):
        while (await core.turn_states(server.sessions, UUID(str(marie.conversation))))[-1] != "skipped":
            await asyncio.sleep(0.02)
    assert took_over and len(scripted.asked) == 1


async def test_the_turn_of_a_dead_worker_is_taken_up_and_its_own_late_answer_dropped(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    first = asyncio.Event()

    async def slow_once(turn: dict[str, Any]) -> web.Response:
        if len(scripted.asked) == 1:
            await first.wait()
            return web.json_response(said("trop tard"))
        return await scripted.echo(turn)

    scripted.script = slow_once
    marie = await customer()
    await marie.send("bonjour")
    async with asyncio.timeout(5):
        while not scripted.asked:
            await asyncio.sleep(0.02)
    async with server.sessions() as session, session.begin():
        await session.execute(update(Turn).values(lease_until=Turn.created_at))
    await server.wakes.turn()
    assert (await marie.until("bot"))["text"] == "echo: bonjour"
    first.set()
    await marie.settle()
    assert [m["text"] for m in marie.messages] == ["bonjour", "echo: bonjour"]
