"""What a supervisor says a message was about."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.reading.messages import shown
from crm_backend.conversations.thinking.corrections import correct, corrections
from crm_backend.customers.model import Identity
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow

INTENTS = {"order_status", "invoice"}
EMMA = Actor("agent:1", frozenset({"conversations.supervise"}), "desk")


@pytest.fixture
async def message(crm: AsyncSession) -> Message:
    who = Identity(id=new_id(), kind="browser", value=str(new_id()), proof="none")
    held = Conversation(id=new_id(), channel="webchat", address="x", identity_id=who.id, owner="bot", last_seq=1)
    crm.add(who)
    await crm.flush()
    crm.add(held)
    await crm.flush()
    said = Message(
        id=new_id(), conversation_id=held.id, seq=1, place=1, author="customer", channel="webchat", text="ma facture",
        language="fr", content={}, understanding={"intent": "order_status", "confidence": 0.5},
    )  # fmt: skip
    crm.add(said)
    await crm.flush()
    return said


async def give(crm: AsyncSession, message: Message, intent: str | None, *, seq: int = 1, actor: Actor = EMMA) -> None:
    await correct(crm, conversation_id=message.conversation_id, seq=seq, intent=intent, intents=INTENTS, actor=actor)


async def test_a_correction_is_kept_beside_what_was_understood_and_can_be_taken_back(
    crm: AsyncSession, message: Message
) -> None:
    await give(crm, message, "invoice")
    (found,) = await corrections(crm, actor=SYSTEM)
    assert (found.text, found.language, found.intent, found.understood) == (
        "ma facture",
        "fr",
        "invoice",
        "order_status",
    )
    await crm.refresh(message, ["files"])
    (view,) = await shown(crm, [message])
    assert (view.intent, view.corrected) == ("order_status", "invoice")
    entry = await crm.scalar(select(AuditEntry).where(AuditEntry.action == "understanding.corrected"))
    assert entry is not None and entry.actor == "agent:1" and entry.details == {"seq": 1, "intent": "invoice"}
    await give(crm, message, None)
    assert await corrections(crm, actor=SYSTEM) == []
    assert message.understanding == {"intent": "order_status", "confidence": 0.5}


@pytest.mark.parametrize("intent", ["unknown", "", "Invoice", "x" * 61, "a\x00b"])
async def test_only_known_intents_are_taken(crm: AsyncSession, message: Message, intent: str) -> None:
    with pytest.raises(Invalid):
        await give(crm, message, intent)


async def test_a_correction_needs_the_right_a_message_and_that_it_was_read(crm: AsyncSession, message: Message) -> None:
    with pytest.raises(NotAllowed):
        await give(crm, message, "invoice", actor=Actor("agent:2", frozenset({"conversations.read"})))
    with pytest.raises(NotFound):
        await give(crm, message, "invoice", seq=2)
    message.understanding = None
    await crm.flush()
    with pytest.raises(NotNow):
        await give(crm, message, "invoice")
