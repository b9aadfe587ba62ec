"""What customers may read of their conversations: theirs on every channel, and nothing that somebody else wrote."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.model import Conversation, Message, Participant
from crm_backend.conversations.reading import of_customer
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import InboundMessage
from crm_backend.customers.model import Customer, Identity
from crm_backend.errors import BadInput, NotFound
from crm_backend.knowledge import read_before
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.knowledge.schema import Draft
from crm_backend.knowledge.services import publish


async def named(crm: AsyncSession, name: str, **identity: Any) -> UUID:
    crm.add(customer := Customer(first_name=name))
    await crm.flush()
    if identity:
        crm.add(Identity(customer_id=customer.id, **identity))
    await crm.flush()
    return customer.id


async def heard(crm: AsyncSession, text: str, **more: Any) -> UUID:
    values: dict[str, Any] = {"channel": "telegram", "identity_kind": "telegram", "identity_value": "7", "address": "7"}
    inbound = InboundMessage(external_id=uuid4().hex, text=text, **values | more)
    return (await receive(crm, inbound)).conversation_id


async def read(crm: AsyncSession, customer: UUID) -> dict[UUID, list[str]]:
    """By conversation, what they may read of it."""
    found, _ = await of_customer.listing(crm, customer)
    talks = [each.conversation for each in found]
    return {each.id: [view.text for _, view in (await of_customer.stream(crm, [each], customer))[0]] for each in talks}


async def belongs(crm: AsyncSession, talk: UUID, customer: UUID, proof: str) -> None:
    found = await crm.get_one(Conversation, talk)
    found.customer_id, found.proof = customer, proof
    await crm.flush()


async def test_who_sits_at_a_browser_where_somebody_once_proved_who_they_are_stays_unread(crm: AsyncSession) -> None:
    marie = await named(crm, "Marie")
    browser = {"channel": "webchat", "identity_kind": "browser", "identity_value": "b", "address": "b"}
    talk = await heard(crm, "à moi", **browser)
    await belongs(crm, talk, marie, "verified")
    assert await read(crm, marie) == {talk: ["à moi"]}
    await belongs(crm, talk, marie, "anonymous")
    assert await read(crm, marie) == {}
    with pytest.raises(NotFound):
        await of_customer.one(crm, talk, marie)


async def test_a_mail_from_an_address_of_theirs_is_theirs_though_nobody_vouches_for_it(crm: AsyncSession) -> None:
    marie = await named(crm, "Marie", kind="email", value="Marie@Example.com")
    mail = {"channel": "mail", "identity_kind": "email", "address": "x"}
    mine = await heard(crm, "mon mail", **mail, identity_value="marie@example.com")
    other = await heard(crm, "un autre", **mail, identity_value="paul@example.com")
    for talk in (mine, other):
        await belongs(crm, talk, marie, "anonymous")
    assert await read(crm, marie) == {mine: ["mon mail"]}


async def test_what_another_customer_wrote_and_was_told_is_left_out(crm: AsyncSession) -> None:
    marie, paul = await named(crm, "Marie"), await named(crm, "Paul", kind="telegram", value="7")
    talk = await heard(crm, "de Marie", channel="whatsapp", identity_kind="whatsapp", identity_value="1", address="1")
    pauls = await crm.scalar(select(Identity.id).where(Identity.customer_id == paul))
    crm.add(Participant(conversation_id=talk, identity_id=pauls, channel="telegram", account="main", address="7"))
    for seq, author, channel, whose in (
        (2, "customer", "telegram", pauls),
        (3, "agent", "telegram", None),
        (4, "agent", "whatsapp", None),
    ):
        values = {"conversation_id": talk, "seq": seq, "place": seq, "author": author, "channel": channel}
        crm.add(Message(**values, text=f"{author} {channel}", identity_id=whose))
    aside = {"delivery": "failed", "content": {"set_aside": {"why": "x"}}, "place": 5, "channel": "whatsapp"}
    crm.add(Message(conversation_id=talk, seq=5, author="agent", text="jamais dit", **aside))
    found = await crm.get_one(Conversation, talk)
    found.last_seq = 5
    await belongs(crm, talk, marie, "channel")
    assert await read(crm, marie) == {talk: ["de Marie", "agent whatsapp"]}
    assert await read(crm, paul) == {}


async def test_who_signed_in_with_us_writes_in_what_is_theirs_and_nowhere_else(crm: AsyncSession) -> None:
    marie, paul = await named(crm, "Marie", kind="telegram", value="7"), await named(crm, "Paul")
    await crm.execute(Identity.__table__.update().values(proof="channel"))
    talk = await heard(crm, "bonjour")
    account = {"channel": "webchat", "identity_kind": "account", "identity_value": "customer:x", "address": "a"}
    signed_in = {**account, "signed_in": True, "conversation_id": talk}
    with pytest.raises(NotFound):
        await heard(crm, "moi", **signed_in, customer_id=paul)
    with pytest.raises(BadInput):
        await heard(crm, "moi", conversation_id=talk, identity_value="8", customer_id=marie)
    assert await heard(crm, "c’est moi", **{**signed_in, "identity_value": "customer:y"}, customer_id=marie) == talk
    assert await read(crm, marie) == {talk: ["bonjour", "c’est moi"]}


async def test_only_articles_that_are_there_and_words_are_taken_for_what_was_read(crm: AsyncSession) -> None:
    texts = {"title": "Renvoyer", "summary": "30 jours.", "body": "## Comment\nAinsi.\n"}
    drafts = [Draft(language="fr", slug="retour", **texts), Draft(language="en", slug="return", **texts)]
    await publish(
        crm, key="returns", category="returns", translations=drafts, embed=lambda each: [[0.1] * DIMENSIONS] * len(each)
    )
    odd = ["?  délai\u202e de retour ", "javascript:alert(1)", 7, "/fr/aide/retour"]
    given = json.dumps(["/fr/aide/retour", "/fr/aide/secret", *odd])
    assert await read_before.named(crm, given) == [
        {"search": "délai de retour"},
        {"title": "Renvoyer", "url": "/fr/aide/retour"},
    ]
    for each in (None, 7, "[", "[" * 9_000, {"a": 1}):
        assert await read_before.named(crm, each) == []
