"""Agents send files, places and contacts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from crm_backend.conversations.model import Conversation, Message
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import samples
from tests.support.site import AgentAtDesk


async def upload(who: AgentAtDesk, content: bytes, name: str = "etiquette.pdf", **headers: str) -> tuple[int, Any]:
    given = {"X-CSRF-Token": who.csrf, "X-File-Name": name} | headers
    async with who.client.post(f"{who.address}/desk/api/files", data=content, headers=given) as answer:
        return answer.status, await answer.json(content_type=None)


async def send(who: AgentAtDesk, conversation: str, **body: Any) -> tuple[int, Any]:
    return await who.call("POST", f"/conversations/{conversation}/messages", **{"client_id": str(uuid4()), **body})


async def test_an_agent_sends_a_file_and_the_customer_opens_it(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    status, answer = await upload(claire, samples.PDF)
    assert status == 201 and answer["file"]["name"] == "etiquette.pdf"
    client_id, files = str(uuid4()), [answer["file"]["id"]]
    status, sent = await send(claire, conversation, client_id=client_id, text="", files=files)
    assert status == 201 and sent["message"]["files"][0]["id"] == files[0]
    status, again = await send(claire, conversation, client_id=client_id, text="", files=files)
    assert status == 200 and again["message"]["id"] == sent["message"]["id"]
    shown = await marie.until("agent")
    async with marie.client.get(marie.address + shown["files"][0]["url"]) as opened:
        assert await opened.read() == samples.PDF


async def test_a_colleagues_file_and_one_sent_before_cannot_be_sent(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire, thomas = await customer(), await agent(), await agent("thomas@example.com")
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    _, theirs = await upload(thomas, samples.PDF)
    _, own = await upload(claire, samples.PDF)
    assert (await send(claire, conversation, text="voici", files=[theirs["file"]["id"]]))[0] == 400
    assert (await send(claire, conversation, text="voici", files=[own["file"]["id"]]))[0] == 201
    assert (await send(claire, conversation, text="voici", files=[own["file"]["id"]]))[0] == 400
    assert (await send(claire, conversation, text="", files=[]))[0] == 400


async def test_only_agents_upload_at_the_desk(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    claire = await agent()
    assert (await upload(claire, samples.PDF, **{"X-CSRF-Token": "forged"}))[0] == 403
    assert (await upload(claire, samples.PDF, Origin="https://evil.example"))[0] == 403
    assert (await upload(claire, samples.SVG))[1]["code"] == "file_type"
    assert (await upload(claire, bytes(server.settings.max_upload_bytes + 1)))[0] == 413
    claire.client.cookie_jar.clear()
    assert (await upload(claire, samples.PDF))[0] == 401


async def test_an_agent_sends_a_place_and_a_contact(server: Parts, customer: MakeCustomer, agent: MakeAgent) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    place = {"latitude": 45.764, "longitude": 4.8357, "name": "La\nboutique", "address": ""}
    person = {"name": "Camille", "phones": ["+33 4 72 00 00 00"], "emails": []}
    status, sent = await send(claire, conversation, text="", location=place, contacts=[person])
    assert status == 201 and sent["message"]["location"]["name"] == "La boutique"
    shown = await marie.until("agent")
    assert shown["location"]["latitude"] == 45.764 and shown["contacts"] == [person]


async def test_copies_are_kept_with_the_answer_and_refused_where_none_are_sent(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await claire.take(conversation)
    copies = {"cc": ["paul@client.example", "PAUL@client.example"], "bcc": ["chef@maison.example"]}
    status, refused = await send(claire, conversation, text="voici", **copies)
    assert (status, refused["reason"]) == (409, "no_copies_here")
    async with server.sessions() as session, session.begin():
        await session.execute(update(Conversation).values(channel="mail", address="marie@client.example"))
    status, sent = await send(claire, conversation, text="voici", **copies)
    assert status == 201
    assert sent["message"]["copies"] == {"cc": ["PAUL@client.example"], "bcc": ["chef@maison.example"]}
    async with server.sessions() as session:
        told = await session.scalar(select(Message).where(Message.author == "agent"))
        assert told is not None and (told.content["cc"], told.content["bcc"]) == tuple(
            sent["message"]["copies"][name] for name in ("cc", "bcc")
        )
    _, ways = await claire.call("GET", "/ways")
    assert "mail" in ways["copies"] and "webchat" not in ways["copies"]


@pytest.mark.parametrize(
    "carried",
    [
        {"location": {"latitude": 91, "longitude": 0}},
        {"contacts": [{"name": "Camille"}]},
        {"contacts": [{"name": " ", "phones": ["0472000000"]}]},
        {"contacts": [{"name": "Camille", "phones": ["javascript:alert(1)"]}]},
        {"contacts": [{"name": "Camille", "emails": ["a@b\r\nBcc: c@d"]}]},
        {"cc": ["a@b.example\r\nBcc: c@d.example"]},
        {"bcc": ["nobody"]},
        {"cc": [f"{number}@b.example" for number in range(11)]},
    ],
    ids=[
        "off the globe",
        "nothing to reach them by",
        "no name",
        "no number",
        "a line break",
        "a field in a copy",
        "no address",
        "too many copies",
    ],
)
async def test_a_place_or_a_contact_that_is_none_is_refused(
    server: Parts, agent: MakeAgent, carried: dict[str, Any]
) -> None:
    claire = await agent()
    assert (await send(claire, str(uuid4()), text="voici", **carried))[0] == 400
