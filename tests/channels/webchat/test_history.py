"""The visitor's own conversations, listed and opened again; and those that went on elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update

from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import InboundMessage
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent, MakeCustomer


def from_elsewhere(text: str, **more: Any) -> InboundMessage:
    values = {"channel": "console", "external_id": text, "identity_kind": "console", "identity_value": "main:marie"}
    return InboundMessage(text=text, address="marie", sender_name="Marie D.", **(values | more))


async def all_are_marie(server: Parts) -> None:
    """Everybody who wrote so far is known to be one customer: only then a browser shows what is said elsewhere."""
    async with server.sessions.begin() as session:
        marie = Customer(id=new_id(), first_name="Marie", last_name="Dupont")
        session.add(marie)
        await session.flush()
        await session.execute(update(Identity).values(customer_id=marie.id))


async def test_several_conversations_are_listed_newest_first(
    server: Parts, customer: MakeCustomer, browser: Browser, agent: MakeAgent
) -> None:
    marie = await customer()
    await marie.say("la première")
    first = marie.conversation
    assert marie.socket is not None
    await marie.socket.send_json({"type": "new"})
    marie.messages.clear()
    await marie.say("la seconde")
    browser.token = str(marie.visitor)
    status, answer = await browser.call("GET", "/conversations")
    assert status == 200
    assert [item["id"] for item in answer["items"]] == [marie.conversation, first]
    assert answer["items"][1]["closed"] is False and answer["items"][1]["unread"] >= 1
    assert answer["items"][1]["last"]["from"] == "bot" and "la première" in answer["items"][1]["last"]["text"]
    claire = await agent()
    await claire.take(str(first))
    version = (await claire.conversation(str(first)))["conversation"]["version"]
    await claire.call("POST", f"/conversations/{first}/close", version=version)
    _, answer = await browser.call("GET", "/conversations")
    assert [(item["id"], item["closed"]) for item in answer["items"]] == [(first, True), (marie.conversation, False)]
    assert "la première" in answer["items"][0]["last"]["text"], "that it was closed tells nobody which one it was"
    welcome = await browser.hello(visitor=marie.visitor, conversation=first)
    assert welcome["conversation"] == first and welcome["messages"][0]["text"] == "la première"


async def test_what_was_seen_is_not_unread(customer: MakeCustomer, browser: Browser) -> None:
    marie = await customer()
    answer = await marie.say("bonjour")
    assert marie.socket is not None
    await marie.socket.send_json({"type": "seen", "seq": answer["seq"]})
    await marie.socket.send_json({"type": "ping"})
    await marie._frame("pong")
    browser.token = str(marie.visitor)
    _, listed = await browser.call("GET", "/conversations")
    assert [item["unread"] for item in listed["items"]] == [0]


async def test_nobody_sees_anothers_list(browser: Browser, customer: MakeCustomer) -> None:
    assert (await browser.call("GET", "/conversations"))[0] == 401
    await (await customer()).say("bonjour")
    await browser.hello()
    assert (await browser.call("GET", "/conversations"))[1] == {"items": []}


async def test_a_conversation_goes_on_elsewhere_and_comes_back(server: Parts, customer: MakeCustomer) -> None:
    marie = await customer()
    await marie.say("Où est ma commande ?")
    conversation = marie.conversation
    async with server.sessions() as session, session.begin():
        code = await joining.make_code(session, conversation_id=UUID(conversation))
    there = await server.core.accept(from_elsewhere(code, join_code=code))
    assert str(there.conversation_id) == conversation
    await all_are_marie(server)
    written = await server.core.accept(from_elsewhere("Et l'autre ?", location={"latitude": 45.76, "longitude": 4.84}))
    await marie.until("bot", after=written.seq)
    shown = next(message for message in marie.messages if message["seq"] == written.seq)
    assert (shown["from"], shown["text"], shown["client_id"]) == ("customer", "Et l'autre ?", None)
    assert shown["location"] == {"latitude": 45.76, "longitude": 4.84, "name": "", "address": ""}
    await marie.hang_up()
    assert (await marie.connect())["conversation"] == conversation
    answer = await marie.say("Je suis de retour")
    assert marie.conversation == conversation and answer["from"] == "bot"


async def test_an_edit_made_elsewhere_is_shown_again(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    marie = await customer()
    await marie.say("bonjour")
    async with server.sessions() as session, session.begin():
        code = await joining.make_code(session, conversation_id=UUID(marie.conversation))
    await server.core.accept(from_elsewhere(code, join_code=code))
    await all_are_marie(server)
    written = await server.core.accept(from_elsewhere("la commande 10243"))
    await marie.until("bot", after=written.seq)
    await server.core.accept(
        from_elsewhere("la commande 10234", external_id="edit", event="edited", target="la commande 10243")
    )
    frame = await marie._frame("message")
    while frame["message"]["seq"] != written.seq:
        frame = await marie._frame("message")
    assert (frame["message"]["text"], frame["message"]["edited"]) == ("la commande 10234", True)
    quoting = await server.core.accept(from_elsewhere("celle-ci", reply_to="la commande 10243"))
    claire = await agent()
    messages = (await claire.conversation(str(marie.conversation)))["messages"]
    found = next(message for message in messages if message["seq"] == quoting.seq)
    assert found["quote"] == written.seq
    assert (found["channel"], found["account"], found["sender_name"]) == ("console", "main", "Marie D.")
    assert found["details"] == {} and found["automatic"] is None and found["error"] is None
