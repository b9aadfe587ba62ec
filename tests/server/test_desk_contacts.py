"""The desk's word on how a customer is written to unasked, what was promised by mail, and names that mislead."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.notifications.model import ContactPreference, Notification
from server.app import Parts
from server.desk import beware
from server.desk.beware import WORDS
from tests.conftest import MakeAgent, MakeCustomer
from tests.server.test_desk_reading import known


async def test_an_agent_sees_and_sets_where_a_customer_prefers_to_be_told(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.say("bonjour")
    conversation = str(marie.conversation)
    path = f"/conversations/{conversation}/contact"
    assert (await claire.call("GET", path))[0] == 404
    await known(server, conversation, "Marie", "Dupont")
    async with server.sessions() as session, session.begin():
        found = await session.scalar(select(Conversation.customer_id).where(Conversation.id == UUID(conversation)))
        assert found is not None
        told = {"facts": {}, "state": "sent", "expires_at": utc_now(), "sent_at": utc_now()}
        session.add(Notification(customer_id=found, kind="order_shipped", subject="shipment:1", **told))
        # They once wrote by a channel that vouches for who writes.
        session.add(Identity(customer_id=found, kind="console", value="marie", proof="channel"))
    status, answer = await claire.call("GET", path)
    contact = answer["contact"]
    assert status == 200 and (contact["unasked"], contact["channel"], contact["sent"]) == (True, None, 1)
    assert (contact["per_week"], contact["quiet"]["from"], contact["quiet"]["until"]) == (3, "21:00", "08:00")
    assert (await claire.call("PUT", path, channel="telegram"))[0] == 400
    async with server.sessions() as session, session.begin():
        session.add(ContactPreference(customer_id=found, unasked=False, channel="mail"))
    assert (await claire.call("PUT", path, channel=None))[1]["contact"]["channel"] is None
    async with server.sessions() as session:
        [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "contact_preference"))
        assert (entry.actor, entry.subject_id) == (f"agent:{claire.id}", str(found))
        assert await session.scalar(select(ContactPreference.unasked)) is False


async def test_channels_are_called_by_the_names_that_their_folders_give(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    ways = (await claire.call("GET", "/ways"))[1]["ways"]
    assert set(ways) == set(server.board.blueprints)
    assert ways["mail"] == dict(server.board.blueprints["mail"].label)


async def test_an_answer_that_was_promised_by_mail_is_shown_until_it_is_given(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire = await customer(), await agent()
    await marie.send("Parler à une personne", action="person")
    await marie.until("bot")
    conversation = str(marie.conversation)
    promised = {"channel": "mail", "account": "main", "address": "marie@example.fr", "identity": conversation}
    async with server.sessions() as session, session.begin():
        await session.execute(update(Conversation).values(answer_by=promised))
    found = await claire.conversation(conversation)
    assert found["conversation"]["answer_by"] == {"channel": "mail", "to": "marie@example.fr"}
    assert found["passport"]["promised"] == ["Une réponse par e-mail, à marie@example.fr"]
    await claire.call("POST", f"/conversations/{conversation}/take", version=found["conversation"]["version"])
    message = {"client_id": "6f3c1f9e-0000-4000-8000-000000000001", "text": "La voici."}
    assert (await claire.call("POST", f"/conversations/{conversation}/messages", **message))[0] == 201
    found = await claire.conversation(conversation)
    assert found["conversation"]["answer_by"] is None and found["passport"]["promised"] == []


@pytest.mark.parametrize(
    ("name", "address", "codes"),
    [
        ("Marie Dupont", "marie@example.fr", []),
        ("Zoë O’Brien-Łukasz", "zoe@exämple.fr", []),
        ("Иван Петров (Ivan Petrov)", "ivan@example.ru", []),
        ("山田タロウ Yamada", "yamada@例え.jp", []),
        ("Νίκος", "nikos@example.gr", []),
        ("👩‍👩‍👧 Marie", "marie@example.fr", []),
        ("Marie", "m\u0430rie@ex\u0430mple.fr", ["mixed_address"]),
        ("Marie", "marie@xn--exmple-4nf.fr", ["mixed_address"]),
        ("Marie", "marie@\u0430\u0440\u0440\u0435.com", ["alike_address"]),
        ("M\u0430rie", "marie@example.fr", ["mixed_name"]),
        ("Marie\u200b", "marie@example.fr", ["hidden"]),
        ("\u202eeiram", None, ["hidden"]),
        ("claire@maison.example", "marie@example.fr", ["other_address"]),
        ("Marie <MARIE@example.fr>", "marie@example.fr", []),
        ("claire＠maison.example", None, ["other_address"]),
        (None, None, []),
    ],
)
def test_names_and_addresses_that_pass_for_others_are_told(
    name: str | None, address: str | None, codes: list[str]
) -> None:
    for language in ("fr", "en"):
        beginnings = [WORDS[code][language].split("{")[0] for code in codes]
        told = beware.warnings(name, address, language)
        assert len(told) == len(codes)
        assert all(sentence.startswith(begun) for sentence, begun in zip(told, beginnings, strict=True))
