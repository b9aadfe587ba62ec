"""The desk shows the cases of whoever a conversation is with."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.cases import services, workflow
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from server.desk import cases


async def test_the_open_ones_come_first_in_the_agents_words_and_nobody_elses(crm: AsyncSession) -> None:
    customer, other = Customer(first_name="Léa"), Customer(first_name="Paul")
    identity = Identity(kind="browser", value="x")
    agent = Agent(email="a@example.com", name="A", password_hash="!", language="fr")
    gone = Agent(email="b@example.com", name="B", password_hash="!", active=False)
    crm.add_all([customer, other, identity, agent, gone])
    await crm.flush()
    conversation = Conversation(channel="webchat", address="x", identity_id=identity.id, customer_id=customer.id)
    crm.add(conversation)
    await crm.flush()
    for whose, subject in ((customer, "first"), (customer, "second"), (other, "other")):
        new = NewCase(type_key="complaint", subject=subject, customer_id=whose.id)
        case = await services.open_case(crm, new, actor=SYSTEM)
        if subject == "second":
            await workflow.move(crm, case.id, actor=SYSTEM, to="closed", reason="x")
    shown = await cases.beside(crm, conversation.id, agent)
    assert [(case["subject"], case["type"], case["status"], case["stage"]) for case in shown] == [
        ("first", "Réclamation", "Nouveau", "active"),
        ("second", "Réclamation", "Clos", "closed"),
    ]
    assert await cases.beside(crm, conversation.id, gone) == []
