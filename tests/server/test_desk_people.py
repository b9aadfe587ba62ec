"""What the desk tells of who writes and of what became of an answer: names, forms, greetings, reasons."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import update

from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.schema import InboundMessage
from crm_backend.database import utc_now
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_reading import feed, hear, known, listed


async def test_a_failed_delivery_is_told_live_with_its_reason_in_each_agents_language(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire, emma = await customer(), await agent(), await agent("emma@example.com")
    await marie.say("bonjour")
    where = OutboxItem.conversation_id == UUID(str(marie.conversation))
    async with server.sessions() as session, session.begin():
        gone = {"state": "failed", "failed_at": utc_now(), "last_error": "blocked", "reason": "content"}
        await session.execute(update(OutboxItem).where(where).values(**gone))
        await session.execute(update(Message).where(Message.seq == 2).values(delivery="failed"))
    desks = [await feed(claire), await feed(emma)]
    await server.wakes.delivery(UUID(str(marie.conversation)), seq=2, state="failed")
    told = [(await hear(desk, "delivery", seq=2, delivery="failed"))["error"] for desk in desks]
    assert told == [
        "Ce message n’a pas été accepté. Détail\u00a0: blocked",
        "This message was not accepted. Detail: blocked",
    ]


async def test_a_person_nobody_knows_is_shown_under_the_name_they_go_by(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    words = {"address": "k", "text": "Parler à une personne", "action": "person", "language": "fr"}
    written = InboundMessage(
        channel="console",
        external_id="k1",
        identity_kind="console",
        identity_value="k",
        sender_name="Karim B.",
        **words,
    )
    conversation = str((await server.core.accept(written)).conversation_id)
    async with asyncio.timeout(8):
        while (found := await claire.conversation(conversation))["passport"] is None:
            await asyncio.sleep(0.02)
    assert (found["conversation"]["customer"], found["conversation"]["shown_name"]) == (None, "Karim B.")
    assert found["passport"]["facts"] == [{"name": "name", "label": "Nom indiqué", "value": "Karim B.", "seq": None}]
    assert (await listed(claire, view="waiting", q="karim"))[0] == [conversation]
    await known(server, conversation, "Karim", "Benali")
    found = await claire.conversation(conversation)
    assert found["conversation"]["customer"]["name"] == "Karim Benali" and found["passport"]["facts"] == []


async def test_what_was_filled_in_before_and_the_greeting_are_shown(server: Parts, agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    form = {"name": "Paul", "order_number": "10234", "unheard_of": "x"}
    written = InboundMessage(
        channel="console",
        external_id="f1",
        identity_kind="console",
        identity_value="f",
        address="f",
        text="bonjour",
        details={"form": form, "greeting": "Une question sur votre panier\u00a0?"},
    )
    conversation = str((await server.core.accept(written)).conversation_id)
    assert (await claire.conversation(conversation))["beforehand"] == {
        "facts": [
            {"name": "name", "label": "Nom indiqué", "value": "Paul", "seq": 1},
            {"name": "order_number", "label": "Commande", "value": "10234", "seq": 1},
        ],
        "greeting": {"text": "Une question sur votre panier\u00a0?", "seq": 1},
    }
    assert (await emma.conversation(conversation))["beforehand"]["facts"][0]["label"] == "Name given"
    plain = written.model_copy(update={"external_id": "f2", "identity_value": "g", "address": "g", "details": {}})
    plain_one = str((await server.core.accept(plain)).conversation_id)
    assert (await claire.conversation(plain_one))["beforehand"] is None
