"""Conversations through the API: read by who may, written to in somebody's name."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Rating
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support.api import Program
from tests.support.core import write


@pytest.fixture
async def talk(house: Parts) -> str:
    """A conversation of its own, with three messages."""
    visitor = str(uuid4())
    for text in ("Bonjour", "Où est ma commande\u00a0?", "Merci"):
        received = await write(house.sessions, text, visitor=visitor)
    return str(received.conversation_id)


async def agents(house: Parts) -> list[str]:
    async with house.sessions() as session:
        return [str(each) for each in await session.scalars(select(Agent.id).order_by(Agent.name))]


async def test_conversations_and_messages_are_listed_filtered_and_paged(program: Program, talk: str) -> None:
    listed = await program.every("/conversations?channel=webchat&open=true&limit=1")
    assert talk in [one["id"] for one in listed] and await program.every("/conversations?owner=agent:nobody") == []
    read = await program("GET", f"/conversations/{talk}")
    assert (read.body["owner"], read.body["last_seq"]) == ("bot", 3)
    assert "dialogue_state" not in read.body
    messages = await program.every(f"/conversations/{talk}/messages?limit=2")
    assert [(one["seq"], one["author"]) for one in messages] == [(1, "customer"), (2, "customer"), (3, "customer")]
    assert [one["text"] for one in await program.every(f"/conversations/{talk}/messages?after=2")] == ["Merci"]
    assert (await program("GET", f"/conversations/{uuid4()}/messages")).status == 404


async def test_an_agents_message_is_sent_once_and_takes_the_conversation(
    program: Program, house: Parts, talk: str
) -> None:
    claire, other = (await agents(house))[1:3]
    said = {"text": "Je regarde.", "agent_id": claire, "client_id": str(uuid4())}
    first, again = [await program("POST", f"/conversations/{talk}/messages", said) for _ in range(2)]
    assert first.status == 200 and first.body["author"] == "agent" and again.body["id"] == first.body["id"], first.body
    assert (await program("GET", f"/conversations/{talk}")).body["owner"] == f"agent:{claire}"
    theirs = await program("POST", f"/conversations/{talk}/messages", {"text": "Moi aussi.", "agent_id": other})
    assert theirs.status == 409
    nobody = await program("POST", f"/conversations/{talk}/messages", {"text": "x", "agent_id": str(uuid4())})
    assert (nobody.status, nobody.body["errors"][0]["reason"]) == (422, "conversation_no_agent")


async def test_the_company_speaks_only_where_a_conversation_goes_on(program: Program, house: Parts, talk: str) -> None:
    said = await program("POST", f"/conversations/{talk}/messages", {"text": "Votre colis est prêt."})
    assert (said.status, said.body["author"]) == (200, "system"), said.body
    assert (await program("GET", f"/conversations/{talk}")).body["owner"] == "bot"
    async with house.sessions.begin() as session:
        row = await session.get_one(Conversation, talk)
        row.owner, row.closed_at = "nobody", datetime.now(UTC)
        session.add(
            Rating(conversation_id=row.id, score=4, comment="Bien", author="bot", channel="webchat", language="fr")
        )
    late = await program("POST", f"/conversations/{talk}/messages", {"text": "Votre colis est prêt."})
    assert (late.status, late.body["reason"]) == (409, "conversation_over")
    assert talk in [one["conversation_id"] for one in await program.every("/ratings?score=4&author=bot")]


async def test_who_may_not_read_or_write_does_neither(make_program: MakeProgram, talk: str) -> None:
    nobody, reader = await make_program(["cases.read"]), await make_program(["conversations.read"])
    writer = await make_program(["conversations.write"])
    for path in ("/conversations", f"/conversations/{talk}/messages", "/ratings"):
        assert (await nobody("GET", path)).status == 403
    for program in (reader, writer):
        assert (await program("POST", f"/conversations/{talk}/messages", {"text": "x"})).status == 403
