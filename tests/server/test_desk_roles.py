"""What a role does not permit to see, the desk does not tell it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import update

from crm_backend.access.model import CustomRole
from crm_backend.agents.model import Agent
from crm_backend.database import new_id
from crm_backend.notices import services as notices
from server.app import Parts
from server.loops.service_levels import notice
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_reading import feed, hear, known


async def becomes(server: Parts, agent: str, *permissions: str) -> None:
    """The agent's role permits these, and no more."""
    async with server.sessions.begin() as session:
        name = {"fr": "Écoute", "en": "Listening"}
        await session.merge(CustomRole(key="listening", name=name, permissions=sorted(permissions)))
        await session.execute(update(Agent).where(Agent.id == UUID(agent)).values(role="listening"))


@pytest.mark.parametrize("customers", [False, True])
@pytest.mark.parametrize("orders", [False, True])
async def test_an_open_conversation_shows_only_what_the_role_permits(
    server: Parts, customer: MakeCustomer, agent: MakeAgent, customers: bool, orders: bool
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    await known(server, conversation, "Marie", "Dupont", "W1")
    granted = ["customers.read"] * customers + ["orders.read"] * orders
    await becomes(server, claire.id, "conversations.read", *granted)
    found = await claire.conversation(conversation)
    assert len(found["messages"]) == 2 and found["conversation"]["customer"]["name"] == "Marie Dupont"
    assert (found["customer"] is not None) == customers
    assert [order["number"] for order in found["orders"]] == ["W1"] * orders
    if customers:
        of_orders = found["customer"]["orders_count"], found["customer"]["spent"]
        assert of_orders == ((1, [{"amount": "89,90\u00a0€"}]) if orders else (None, []))
    for beside in ("contact", "offers"):
        status, _ = await claire.call("GET", f"/conversations/{conversation}/{beside}")
        assert status == (200 if customers else 403), beside


async def test_an_editor_of_articles_reads_conversations_and_nothing_of_the_customer(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    await known(server, str(marie.conversation), "Marie", "Dupont", "W1")
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).values(role="knowledge_editor"))
    found = await claire.conversation(str(marie.conversation))
    assert (found["customer"], found["orders"], found["cases"]) == (None, [], [])


async def test_the_session_names_the_role_in_both_languages(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    shown = (await claire.call("GET", "/session"))[1]["agent"]
    assert (shown["role"], shown["role_name"]) == ("agent", {"fr": "Conseiller", "en": "Agent"})
    await becomes(server, claire.id, "orders.read")
    shown = (await claire.call("GET", "/session"))[1]["agent"]
    assert shown["role_name"] == {"fr": "Écoute", "en": "Listening"}
    assert shown["permissions"] == ["orders.read"]


async def test_what_an_agent_is_told_reaches_their_desk_and_no_other(server: Parts, agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    desks = [await feed(claire), await feed(emma)]
    for who in (claire, emma):
        identifier = UUID(who.id)
        async with server.sessions.begin() as session:
            told = await notices.tell(
                session, agents=[identifier], kind="breach", subject=("case", identifier), cause=identifier,
                texts={"fr": f"Pour {who.id}", "en": f"For {who.id}"},
            )  # fmt: skip
        await notice(told, live=server.live)
    for desk, text in zip(desks, (f"Pour {claire.id}", f"For {emma.id}"), strict=True):
        # A frame for the other would have come first, to one of the two.
        told = await hear(desk, "notice")
        assert told == {"type": "notice", "text": text, "kind": "breach", "conversation": None}
        await desk.close()


async def test_only_a_notice_about_a_case_asks_for_the_sight_of_cases(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    await becomes(server, claire.id, "conversations.read")
    desk = await feed(claire)
    for about in ("case", "conversation"):
        async with server.sessions.begin() as session:
            told = await notices.tell(
                session, agents=[UUID(claire.id)], kind="answer.not_said", subject=(about, UUID(claire.id)),
                cause=new_id(), texts={"fr": about, "en": about},
            )  # fmt: skip
        await notice(told, live=server.live)
        if about == "case":
            await asyncio.sleep(0.2)  # looked at before the next is there
    assert (await hear(desk, "notice"))["text"] == "conversation"
    await desk.close()
