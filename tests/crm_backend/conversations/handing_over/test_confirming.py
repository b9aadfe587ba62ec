"""Correcting by messages: by whom, and while a person is waited for only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import owners, snoozes
from crm_backend.conversations.model import Conversation, Message, Participant, Turn
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import Press
from crm_backend.conversations.thinking import turns
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from tests.crm_backend.conversations.handing_over.test_passport import TELEGRAM, claire, facts, handed, last, press, say
from tests.support import core

MAIL = {
    "channel": "email", "identity_kind": "email", "identity_value": "lea@example.com", "address": "lea@example.com",
}  # fmt: skip


async def answered(crm: AsyncSession, *, confirm_in: tuple[str, ...] = (), do: str | None = None) -> None:
    claimed = await turns.claim(crm, lease_seconds=60)
    assert claimed is not None
    assert await turns.finish(crm, claimed, core.saying("un instant", do=do), confirm_in=confirm_in)


async def gone_on(crm: AsyncSession) -> Conversation:
    """Begun in a browser; the facts were said in a messenger, where a person is waited for."""
    begun = await say(crm, "bonjour")
    await answered(crm)
    await say(crm, await joining.make_code(crm, conversation_id=begun.conversation_id), **TELEGRAM)
    conversation = await handed(crm, confirm_in=("telegram",), **TELEGRAM)
    assert conversation.id == begun.conversation_id and "10234" in (await last(crm, conversation.id)).text
    return conversation


async def told_since(crm: AsyncSession, conversation: UUID, seq: int) -> str:
    """All that was said and offered after a message, the customer's own words included."""
    rows = await crm.scalars(select(Message).where(Message.conversation_id == conversation, Message.seq > seq))
    return " ".join(f"{each.text} {each.content}" for each in rows)


async def same_customer(crm: AsyncSession, conversation: UUID) -> None:
    customer = Customer(first_name="Léa", last_name="Martin", language="fr")
    crm.add(customer)
    await crm.flush()
    who = select(Participant.identity_id).where(Participant.conversation_id == conversation)
    await crm.execute(update(Identity).where(Identity.id.in_(who)).values(customer_id=customer.id))


@pytest.mark.parametrize("words", ["1", "corriger"])
@pytest.mark.parametrize("same", [False, True])
async def test_a_shared_browser_is_not_told_what_was_said_in_a_messenger(
    crm: AsyncSession, words: str, same: bool
) -> None:
    conversation = await gone_on(crm)
    if same:
        await same_customer(crm, conversation.id)
    before = conversation.last_seq
    await say(crm, words, conversation_id=conversation.id)
    assert ("10234" in await told_since(crm, conversation.id, before)) is same


@pytest.mark.parametrize("words", ["2", None])
@pytest.mark.parametrize("same", [False, True])
async def test_a_fact_offered_to_another_is_neither_told_nor_corrected(
    crm: AsyncSession, words: str | None, same: bool
) -> None:
    conversation = await gone_on(crm)
    offered = await press(crm, conversation.id, "Corriger")
    if same:
        await same_customer(crm, conversation.id)
    pressed = Press(message_id=offered.id, index=1) if words is None else None
    await say(crm, words or "pressé", press=pressed, conversation_id=conversation.id)
    said = await told_since(crm, conversation.id, offered.seq)
    assert ("10234" in (await last(crm, conversation.id)).text, "Commande 10234" in said) == (
        same, same and words is None,
    )  # fmt: skip


async def test_what_another_writes_after_a_question_for_a_value_is_no_answer_to_it(crm: AsyncSession) -> None:
    conversation = await gone_on(crm)
    await press(crm, conversation.id, "Corriger")
    asked = await press(crm, conversation.id, "Commande")
    taken_out = Press(message_id=asked.id, index=0)
    await say(crm, "Retirer", press=taken_out, conversation_id=conversation.id)
    assert facts(await crm.get_one(Conversation, conversation.id))["order_number"] == "10234"
    await say(crm, "Commande", press=Press(message_id=await offering(crm, conversation.id), index=1), **TELEGRAM)
    await say(crm, "10 999", conversation_id=conversation.id)
    assert (await last(crm, conversation.id)).author == "customer"
    assert facts(await crm.get_one(Conversation, conversation.id))["order_number"] == "10234"


async def offering(crm: AsyncSession, conversation: UUID) -> UUID:
    """The message that offered the facts."""
    found = await crm.scalar(
        select(Message.id).where(
            Message.conversation_id == conversation, Message.content["asks"].astext == "passport_fact"
        )
    )
    assert found is not None
    return found


async def test_a_mailbox_that_an_answer_was_promised_to_is_not_told_what_was_said_on_the_page(
    crm: AsyncSession,
) -> None:
    conversation, agent = await handed(crm), await claire(crm)
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    conversation.answer_by = {"channel": "email", "account": "main", "address": MAIL["address"], "identity": ""}
    await owners.answer(crm, conversation_id=conversation.id, agent=agent, client_id=uuid4(), text="voilà")
    assert conversation.channel == "email"
    await owners.release(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    received = await say(crm, "quelqu’un, svp", **MAIL)
    assert received.conversation_id == conversation.id
    await answered(crm, confirm_in=("email",), do="hand_over")
    assert (await last(crm, conversation.id)).text == "un instant"


@pytest.mark.parametrize("details", [{"cc": ["paul@example.com"]}, {"group": True}])
async def test_nothing_is_told_in_answer_to_what_others_read(crm: AsyncSession, details: dict[str, Any]) -> None:
    conversation = await handed(crm, confirm_in=("telegram",), **TELEGRAM)
    await say(crm, "corriger", details=details, **TELEGRAM)
    assert (await last(crm, conversation.id)).author == "customer"


@pytest.mark.parametrize("how", ["close", "release"])
async def test_once_nobody_is_waited_for_an_old_choice_is_an_ordinary_message(crm: AsyncSession, how: str) -> None:
    conversation, agent = await handed(crm, confirm_in=("telegram",), **TELEGRAM), await claire(crm)
    shown = await last(crm, conversation.id)
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    await getattr(owners, how)(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    pressed = Press(message_id=shown.id, index=0)
    received = await say(crm, "Corriger", press=pressed, conversation_id=conversation.id, **TELEGRAM)
    written = await last(crm, conversation.id)
    assert (written.author, written.text, "payload" in written.content) == ("customer", "Corriger", False)
    assert await crm.scalar(select(Turn.state).where(Turn.message_id == received.message_id)) == "queued"


async def test_a_correction_ends_a_snooze(crm: AsyncSession) -> None:
    conversation, agent = await handed(crm, confirm_in=("telegram",), **TELEGRAM), await claire(crm)
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    now = utc_now()
    until = now + timedelta(days=1)
    await snoozes.snooze(
        crm, conversation_id=conversation.id, agent=agent, version=conversation.version, until=until, now=now
    )
    await say(crm, "Corriger", press=Press(seq=2, index=0), **TELEGRAM)
    found = await crm.get_one(Conversation, conversation.id)
    assert (found.snoozed_at, found.snoozed_until) == (None, None) and found.returned_at is not None
