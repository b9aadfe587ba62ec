"""A connection that is cut and comes back: nothing lost, nothing twice, nothing of anybody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from channels.webchat.frames import Hello, new_token
from crm_backend.database import Sessions
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer


async def test_after_a_cut_everything_missed_comes_once(customer: MakeCustomer) -> None:
    marie, tab = await customer(), await customer()
    await marie.say("un")
    tab.visitor, tab.conversation = marie.visitor, marie.conversation
    await tab.connect()
    await marie.send("deux")
    await marie.hang_up()
    await tab.until("bot", after=3)
    await marie.connect()
    await marie.say("trois")
    assert [m["seq"] for m in marie.messages] == [1, 2, 3, 4, 5, 6]
    said = [m["text"] for m in marie.messages if m["from"] == "customer"]
    assert said == ["un", "deux", "trois"]


async def test_a_message_sent_again_after_a_cut_is_stored_once_and_acknowledged_again(customer: MakeCustomer) -> None:
    marie = await customer()
    client_id = str(uuid4())
    first = await marie.send("bonjour", client_id=client_id)
    await marie.hang_up()
    marie.conversation = None
    await marie.connect()
    again = await marie.send("bonjour", client_id=client_id)
    assert again == first
    await marie.until("bot")
    await marie.settle()
    assert [(m["from"], m["client_id"]) for m in marie.messages] == [("customer", client_id), ("bot", None)]


async def test_the_latest_open_conversation_is_resumed_by_the_token_alone(customer: MakeCustomer) -> None:
    marie, other = await customer(), await customer()
    await marie.say("bonjour")
    other.visitor = marie.visitor
    welcome = await other.connect()
    assert (welcome["conversation"], welcome["last"]) == (marie.conversation, 2)
    assert [m["text"] for m in welcome["messages"]] == ["bonjour", "echo: bonjour"]


async def test_an_after_beyond_the_end_is_brought_back_to_it(customer: MakeCustomer) -> None:
    marie, tab = await customer(), await customer()
    await marie.say("un")
    tab.visitor, tab.conversation = marie.visitor, marie.conversation
    await tab.socket.send_json(
        {"type": "hello", "visitor": marie.visitor, "conversation": marie.conversation, "after": 2**31 - 1}
    )
    welcome = await tab._frame("welcome")
    assert (welcome["messages"], welcome["last"]) == ([], 2)
    await marie.say("deux")
    assert (await tab.until("bot", after=2))["seq"] == 4


@pytest.mark.parametrize("forged", ["conversation", "token"])
async def test_a_forged_conversation_or_token_gets_a_fresh_start(customer: MakeCustomer, forged: str) -> None:
    marie, mallory = await customer(), await customer()
    await marie.say("mon adresse est 1 rue des Lilas")
    mallory.conversation = marie.conversation
    mallory.visitor = mallory.visitor if forged == "conversation" else new_token()
    before = mallory.visitor
    welcome = await mallory.connect()
    assert welcome["conversation"] is None and welcome["messages"] == [] and welcome["last"] == 0
    assert welcome["visitor"] not in (before, marie.visitor)
    await mallory.say("bonjour")
    await marie.settle(0.2)
    assert mallory.conversation != marie.conversation and len(marie.messages) == 2


async def test_what_is_no_token_is_answered_with_one(customer: MakeCustomer) -> None:
    marie = await customer()
    for odd in ("", "x", "é" * 43, "../../etc", "a" * 42 + "\n"):
        marie.visitor = odd
        assert len((await marie.connect())["visitor"]) == 43


async def test_a_visitor_who_only_looks_has_no_conversation(customer: MakeCustomer) -> None:
    marie = await customer()
    welcome = await marie.connect()
    assert (welcome["conversation"], welcome["owner"]["kind"], welcome["last"]) == (None, "bot", 0)


async def test_new_opens_another_conversation_with_the_next_message(customer: MakeCustomer) -> None:
    marie = await customer()
    await marie.say("un")
    first = marie.conversation
    await marie.socket.send_json({"type": "new"})
    marie.messages.clear()
    await marie.say("deux")
    assert marie.conversation != first
    assert [m["seq"] for m in marie.messages] == [1, 2]


async def test_a_closed_conversation_is_reopened_by_writing_in_it(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    assert (await claire.take(conversation))[0] == 200
    version = (await claire.conversation(conversation))["conversation"]["version"]
    assert (await claire.call("POST", f"/conversations/{conversation}/close", version=version))[0] == 200
    assert (await marie.say("encore moi"))["text"] == "echo: encore moi"
    assert marie.conversation == conversation


async def test_two_tabs_both_hear_everything_typing_included(customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, tab, claire = await customer(), await customer(), await agent()
    await marie.say("un")
    tab.visitor, tab.conversation = marie.visitor, marie.conversation
    await tab.connect()
    await claire.take(str(marie.conversation))
    await claire.call("POST", f"/conversations/{marie.conversation}/typing")
    for one in (marie, tab):
        assert (await one._frame("typing")).keys() == {"type", "from"}
    await claire.answer(str(marie.conversation), "Bonjour Marie")
    for one in (marie, tab):
        assert (await one.until("agent", after=0))["text"] == "Bonjour Marie"
    await marie.send("merci")
    assert (await tab.until("customer", after=4))["text"] == "merci"


async def test_a_second_hello_on_one_socket_tells_nothing_twice(customer: MakeCustomer) -> None:
    marie = await customer()
    await marie.say("un")
    hello = {"type": "hello", "visitor": marie.visitor, "conversation": marie.conversation, "after": 2}
    await marie.socket.send_json(hello)
    assert (await marie._frame("welcome"))["messages"] == []
    await marie.say("deux")
    await marie.settle(0.3)
    assert [m["seq"] for m in marie.messages] == [1, 2, 3, 4]


async def test_news_whose_reading_fails_at_the_very_end_are_told_the_next_time(
    server: Parts, customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie = await customer()
    await marie.say("un")
    visits = server.board.find("webchat", "main")._visits  # type: ignore[attr-defined]
    visit, _ = await visits.hello(Hello(visitor=marie.visitor, conversation=marie.conversation), remote="")
    visit.last = 0

    @asynccontextmanager
    async def lost_on_closing(sessions: Sessions) -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("channels.webchat.visits.reading", lost_on_closing)
        with pytest.raises(ConnectionError):
            await visits.news(visit)
    assert [frame["message"]["seq"] for frame in await visits.news(visit) if frame["type"] == "message"] == [1, 2]
