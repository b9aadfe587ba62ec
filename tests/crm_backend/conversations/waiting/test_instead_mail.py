"""Who waits and has no address on file gets the answer by mail all the same, once a code has proved where they read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.model import Account
from crm_backend.conversations import hiding
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation, Message, OutboxItem
from crm_backend.conversations.schema import Press
from crm_backend.conversations.waiting.instead_words import SAID
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.proof_codes import limits, redeeming
from crm_backend.proof_codes.model import ProofCode
from tests.crm_backend.conversations.handing_over.test_passport import TELEGRAM, claire, handed, last, press, say

LEA = "lea.martin@example.com"


@pytest.fixture
async def shop(crm: AsyncSession) -> AsyncSession:
    """There is a mailbox."""
    crm.add(Account(channel="mail", name="main", enabled=True))
    await crm.flush()
    return crm


async def asked(crm: AsyncSession, to: str = LEA) -> Conversation:
    """A conversation in which a code was asked for."""
    conversation = await handed(crm, confirm_in=("telegram",), **TELEGRAM)
    assert (await press(crm, conversation.id, "Réponse par e-mail")).text == SAID["address"]["fr"]
    await say(crm, f"c’est {to}.", **TELEGRAM)
    return conversation


async def said(crm: AsyncSession, conversation: Conversation) -> str:
    return (await last(crm, conversation.id)).text


async def codes(crm: AsyncSession) -> list[OutboxItem]:
    found = select(OutboxItem).where(OutboxItem.secret.is_not(None)).order_by(OutboxItem.created_at, OutboxItem.id)
    return list(await crm.scalars(found))


async def answered(crm: AsyncSession, conversation: Conversation) -> tuple[str, str]:
    """Where a person's answer goes."""
    agent, conversation = await claire(crm), await crm.get_one(Conversation, conversation.id)
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    await owners.answer(crm, conversation_id=conversation.id, agent=agent, client_id=new_id(), text="Voici.")
    return conversation.channel, conversation.address


async def known(crm: AsyncSession, *, proof: str, email: str = "") -> Customer:
    """The writer on Telegram is this customer."""
    marie = Customer(first_name="Marie", last_name="Dupont", language="fr")
    crm.add(marie)
    await crm.flush()
    if email:
        crm.add(Identity(kind="email", value=email, customer_id=marie.id))
    crm.add(Identity(kind="telegram", value=TELEGRAM["identity_value"], customer_id=marie.id, proof=proof))
    await crm.flush()
    return marie


async def test_an_address_that_a_code_proves_gets_the_answer_and_the_place_is_kept(shop: AsyncSession) -> None:
    conversation = await asked(shop)
    [item] = await codes(shop)
    assert (item.channel, item.address, item.secret in (await said(shop, conversation))) == ("mail", LEA, False)
    assert LEA in await said(shop, conversation)
    # Words in between are for the person; the code is known by itself.
    await say(shop, "un instant", **TELEGRAM)
    typed = await say(shop, f"{item.secret[:3]} {item.secret[3:]}", **TELEGRAM)
    assert await said(shop, conversation) == SAID["mailed"]["fr"].format(to=LEA)
    assert (await shop.get_one(Message, typed.message_id)).text == hiding.HIDDEN
    row = await shop.get_one(Conversation, conversation.id)
    assert (row.owner, row.proof, row.customer_id) == ("queue:support", "anonymous", None)
    assert await answered(shop, conversation) == ("mail", LEA)
    assert row.proof == "anonymous", "a mailbox proves nothing of anybody"


async def test_wrong_old_and_too_many_codes_are_said_to_be_and_the_place_is_kept(shop: AsyncSession) -> None:
    conversation = await asked(shop, "lea@")
    assert await said(shop, conversation) == SAID["bad_address"]["fr"]
    await say(shop, LEA, **TELEGRAM)
    wrong = "000000" if (await codes(shop))[0].secret != "000000" else "000001"
    await say(shop, wrong, **TELEGRAM)
    assert await said(shop, conversation) == SAID["wrong_code"]["fr"].format(to=LEA)
    await shop.execute(update(ProofCode).values(expires_at=utc_now() - timedelta(seconds=1)))
    first = (await codes(shop))[0].secret
    await say(shop, first, **TELEGRAM)
    assert await said(shop, conversation) == SAID["old_code"]["fr"].format(to=LEA)
    # By its number, where there are no buttons.
    await say(shop, "1", **TELEGRAM)
    assert len(await codes(shop)) == 2 and LEA in await said(shop, conversation)
    await say(shop, first, **TELEGRAM)
    assert await said(shop, conversation) == SAID["newer_code"]["fr"].format(to=LEA)
    for _ in range(limits.WRONG):
        await say(shop, wrong, **TELEGRAM)
    assert await said(shop, conversation) == SAID["no_more_codes"]["fr"]
    assert conversation.owner == "queue:support" and conversation.answer_by is None


async def test_nobody_has_codes_sent_for_ever_and_everybody_may_stay(shop: AsyncSession) -> None:
    conversation = await asked(shop)
    await press(shop, conversation.id, "Une autre adresse")
    await say(shop, "non, finalement je reste ici", **TELEGRAM)
    assert await said(shop, conversation) == SAID["kept"]["fr"] and conversation.owner == "queue:support"
    offer = select(Message).where(Message.content["asks"].astext == "wait_code").order_by(Message.seq).limit(1)
    sent = (await shop.scalars(offer)).one()
    for _ in range(4):
        await say(shop, "Renvoyer un code", press=Press(message_id=sent.id, index=0), **TELEGRAM)
    assert await said(shop, conversation) == SAID["enough"]["fr"] and len(await codes(shop)) == 4
    await say(shop, (await codes(shop))[-1].secret or "", **TELEGRAM)
    assert conversation.answer_by is not None
    await press(shop, conversation.id, "Finalement, ici")
    assert conversation.answer_by is None and await said(shop, conversation) == SAID["kept"]["fr"]


@pytest.mark.parametrize(("proof", "kept"), [("channel", 0), ("verified", 0), ("code", 1)])
async def test_an_address_is_kept_on_the_file_of_who_may_change_it_and_on_no_other(
    shop: AsyncSession, proof: str, kept: int
) -> None:
    marie = await known(shop, proof="verified")
    other = Customer(first_name="Paul", last_name="Roy", language="fr")
    shop.add(other)
    await shop.flush()
    shop.add(Identity(kind="email", value=LEA, customer_id=other.id))
    await shop.flush()
    conversation = await asked(shop)
    # Nothing tells that the address is somebody's: it is what anybody is told.
    assert await said(shop, conversation) == SAID["code"]["fr"].format(to=LEA)
    conversation.proof = "channel" if proof == "channel" else "verified"
    if proof == "code":
        own = Identity(kind="phone", value="+33639980001", customer_id=marie.id)
        shop.add(own)
        await shop.flush()
        shop.add(
            ProofCode(
                conversation_id=conversation.id, turn_id=new_id(), purpose="prove", kind="phone", address_key="x",
                identity_id=own.id, expires_at=utc_now(), used_at=utc_now(),
            )
        )  # fmt: skip
        await shop.flush()
    await say(shop, (await codes(shop))[0].secret or "", **TELEGRAM)
    theirs = select(func.count()).where(Identity.customer_id == marie.id, Identity.kind == "email")
    assert await shop.scalar(theirs.where(Identity.proof == "verified", Identity.value == LEA)) == kept
    assert conversation.customer_id == marie.id
    assert await answered(shop, conversation) == ("mail", LEA)


async def test_where_somebody_else_is_known_since_the_proved_address_gets_nothing(shop: AsyncSession) -> None:
    conversation = await asked(shop)
    await say(shop, (await codes(shop))[0].secret or "", **TELEGRAM)
    conversation.customer_id, conversation.proof = (await known_elsewhere(shop)).id, "verified"
    assert (await answered(shop, conversation))[0] == "telegram"


async def known_elsewhere(crm: AsyncSession) -> Customer:
    somebody = Customer(first_name="Zoé", last_name="Roy", language="fr")
    crm.add(somebody)
    await crm.flush()
    return somebody


async def test_once_somebody_has_come_a_code_is_words_for_them(shop: AsyncSession) -> None:
    conversation = await asked(shop)
    agent = await claire(shop)
    await owners.take(shop, conversation_id=conversation.id, agent=agent, version=conversation.version)
    await say(shop, (await codes(shop))[0].secret or "", **TELEGRAM)
    assert (await last(shop, conversation.id)).author == "customer" and conversation.answer_by is None
    assert await shop.scalar(select(func.count()).where(ProofCode.used_at.is_not(None))) == 0


async def test_a_mail_that_others_read_along_and_a_customer_s_that_lapsed_are_asked_nothing(shop: AsyncSession) -> None:
    conversation = await handed(shop, confirm_in=("telegram",), **TELEGRAM)
    conversation.customer_id = (await known_elsewhere(shop)).id
    await press(shop, conversation.id, "Réponse par e-mail")
    assert await said(shop, conversation) == SAID["no_mail"]["fr"] and await codes(shop) == []


async def test_a_code_that_the_assistant_is_at_just_now_is_not_waited_for(sessions: Sessions) -> None:
    """Whoever takes a code in a turn holds it before the conversation: waiting here would be for ever."""
    async with sessions.begin() as crm:
        crm.add(Account(channel="mail", name="main", enabled=True))
        await crm.flush()
        conversation = await asked(crm)
        code = (await codes(crm))[0].secret or ""
    async with sessions.begin() as turn:
        await redeeming.redeem(turn, conversation_id=conversation.id, turn_id=new_id(), code="000000")
        async with asyncio.timeout(10), sessions.begin() as crm:
            await say(crm, code, **TELEGRAM)
            assert await said(crm, conversation) == SAID["busy"]["fr"].format(to=LEA)
    async with sessions.begin() as crm:
        await say(crm, code, **TELEGRAM)
        assert await said(crm, conversation) == SAID["mailed"]["fr"].format(to=LEA)
