"""Codes that prove an address: to whom they go, how they are kept, what they are good for, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.conversations import hiding
from crm_backend.conversations.handing_over import passport as passports
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.sending import deliveries, outbox, undelivered
from crm_backend.customers import people
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotProved
from crm_backend.proof_codes import changing, ways
from crm_backend.proof_codes.model import ProofCode
from tests.crm_backend.proof_codes.talks import EMAIL, KEEPER, PHONE, STARTS, Talk, code, marie, sent, talk


async def test_a_code_that_was_sent_to_an_address_on_file_proves_whose_it_is(crm: AsyncSession) -> None:
    owner, here = await marie(crm, email="Marie@Example.fr"), await talk(crm)
    assert await here.asks("MARIE@example.fr") == "asked"
    [item] = await sent(crm)
    message = await crm.get_one(Message, item.message_id)
    assert (item.channel, item.address) == ("mail", "Marie@Example.fr")
    # In the customer's language, which is not that of the conversation.
    assert message.text.startswith("Votre code") and hiding.HIDDEN in message.text and message.author == "system"
    assert await here.types(await code(crm)) == "ok"
    row = await here.row
    assert (row.proof, row.customer_id) == ("verified", owner)
    address = await crm.scalar(select(Identity).where(Identity.customer_id == owner))
    assert address is not None and address.proof == "verified" and address.proved_at is not None
    entry = await crm.scalar(select(AuditEntry).where(AuditEntry.action == "verified"))
    assert entry is not None and entry.details["by"] == "code_to_email"
    told = (await passports.build(crm, row, reason="asked", now=utc_now()))["tried"]
    assert {"code": "verified_by_code_to_email"} in told


async def test_the_code_is_kept_nowhere_in_clear_once_it_has_been_sent(crm: AsyncSession) -> None:
    await marie(crm)
    here = await talk(crm)
    await here.asks()
    secret = await code(crm)
    [leased] = await outbox.claim(crm, lease_seconds=30)
    assert secret in leased.reply.text and leased.reply.values == {"code": secret}
    await deliveries.sent(crm, leased, platform_id="p1")
    turn, message = await here.says(f"c'est {secret}, merci")
    assert await here.types(secret, turn=turn) == "ok"
    await crm.flush()
    await crm.refresh(message)
    assert message.text == f"c'est {hiding.HIDDEN}, merci"
    for table in ("messages", "outbox", "proof_codes", "audit_log", "events", "conversations"):
        assert secret not in str((await crm.execute(text(f"select to_jsonb(t) - 'id' from {table} t"))).all())


async def test_what_could_not_be_delivered_is_not_sent_again_without_its_code(crm: AsyncSession) -> None:
    await marie(crm)
    await (await talk(crm)).asks()
    [leased] = await outbox.claim(crm, lease_seconds=30)
    await deliveries.rejected(crm, leased, error="full")
    [item] = await sent(crm)
    await crm.refresh(item)
    assert (item.state, item.secret) == ("failed", None)
    boss = Agent(id=new_id(), email="b@example.com", name="B", role="supervisor", password_hash="x")
    crm.add(boss)
    await crm.flush()
    with pytest.raises(NotFound):
        await undelivered.replay(crm, item.id, agent=boss)


async def test_a_mailbox_that_anybody_could_have_written_for_is_proved_by_a_code_to_itself(crm: AsyncSession) -> None:
    owner = await marie(crm)
    who = await people.writer(crm, kind="email", value=EMAIL, now=utc_now())
    row = Conversation(id=new_id(), channel="mail", address=EMAIL, identity_id=who.id, proof="anonymous")
    crm.add(row)
    await crm.flush()
    here = Talk(crm, row.id)
    assert await here.asks() == "asked"
    assert await here.types(await code(crm)) == "ok" and (await here.row).customer_id == owner


async def test_a_telephone_number_is_reached_where_its_owner_writes(crm: AsyncSession) -> None:
    owner, here = await marie(crm, phone=PHONE), await talk(crm)
    await here.asks(PHONE)
    [item] = await sent(crm)
    assert (item.channel, item.address) == ("whatsapp", PHONE)
    assert await here.types(await code(crm)) == "ok"
    assert (await here.row).customer_id == owner


async def test_who_puts_anothers_number_on_their_own_file_takes_nothing_from_them(crm: AsyncSession) -> None:
    owner, _ = await marie(crm, phone=PHONE), await marie(crm, phone=PHONE)
    assert await ways.on_file(crm, kind="phone", value=PHONE) is None
    await crm.execute(update(Identity).where(Identity.customer_id == owner).values(proof="verified"))
    found = await ways.on_file(crm, kind="phone", value=PHONE)
    assert found is not None and found.customer_id == owner


@pytest.mark.parametrize("who", ["nobody", "two", "unreachable", "demo"])
async def test_who_asks_learns_nothing_of_whether_an_address_is_known(crm: AsyncSession, who: str) -> None:
    for _ in range({"nobody": 0, "two": 2}.get(who, 1)):
        owner = await marie(crm)
    if who == "unreachable":
        await crm.execute(update(Identity).where(Identity.customer_id == owner).values(unreachable_since=utc_now()))
    if who == "demo":
        await crm.execute(text("update customers set demo = true"))
    here = await talk(crm)
    assert await here.asks() == "asked" and await sent(crm) == []
    assert [await here.types("123456") for _ in range(6)] == ["wrong"] * 4 + ["locked"] * 2
    assert await here.types("") == "locked"


async def test_what_was_asked_for_in_one_turn_goes_out_once(crm: AsyncSession) -> None:
    await marie(crm)
    here, turn = await talk(crm), new_id()
    for _ in range(2):
        assert await here.asks(turn=turn) == "asked"
    assert len(await sent(crm)) == 1
    secret, typed = await code(crm), new_id()
    assert [await here.types(secret, turn=typed) for _ in range(2)] == ["ok", "ok"]
    assert await here.types(secret) == "used"


async def test_a_code_is_good_for_ten_minutes_in_its_conversation_until_the_next(crm: AsyncSession) -> None:
    await marie(crm)
    here, elsewhere = await talk(crm), await talk(crm)
    await here.asks()
    first = await code(crm)
    await elsewhere.asks("somebody@example.com")
    assert await elsewhere.types(first) == "wrong"
    await here.asks()
    second = await code(crm)
    assert await here.types(first) == "replaced"
    old = update(ProofCode).values(expires_at=utc_now() - timedelta(seconds=1))
    await crm.execute(old.where(ProofCode.conversation_id == here.id))
    assert await here.types(second) == "expired"
    assert (await here.row).proof == "anonymous"


async def test_an_address_that_the_platform_vouches_for_needs_no_code_to_itself(crm: AsyncSession) -> None:
    owner = await marie(crm, phone=PHONE)
    who = await people.writer(crm, kind="whatsapp", value=PHONE[1:], now=utc_now(), vouched=("phone", PHONE))
    row = Conversation(
        id=new_id(), channel="whatsapp", address=PHONE[1:], identity_id=who.id, customer_id=owner, proof="channel"
    )
    crm.add(row)
    await crm.flush()
    assert await Talk(crm, row.id).asks(PHONE) == "here" and await sent(crm) == []


@pytest.mark.parametrize(
    "value", ["marie", "marie@", "a" * 500 + "@example.com", "+33", "x\0@example.com", "+" + "9" * 50]
)
async def test_what_is_no_address_is_refused_and_nothing_written(crm: AsyncSession, value: str) -> None:
    here = await talk(crm)
    with pytest.raises(Invalid):
        await here.asks(value)
    assert await crm.scalar(select(ProofCode.id)) is None


async def test_a_proved_address_becomes_the_first_one_and_the_old_one_is_told(crm: AsyncSession) -> None:
    owner, here = await marie(crm), await talk(crm)
    await here.asks(EMAIL)
    assert await here.types(await code(crm)) == "ok"
    new = "marie.neuve@example.fr"
    change = {"actor": KEEPER, "conversation_id": here.id, "customer_id": owner, "value": new, "starts": STARTS}
    with pytest.raises(NotProved):
        await changing.change_email(crm, **change)
    await here.asks(new, purpose="change")
    item = (await sent(crm))[-1]
    assert (item.channel, item.address) == ("mail", new)
    secret = await code(crm)
    # To prove who writes it is of no use.
    assert await here.types(secret) == "wrong"
    assert await here.types(secret, purpose="change") == "ok"
    row, told = await changing.change_email(crm, **change)
    assert told and (row.value, row.proof, row.is_primary) == (new, "verified", True)
    notice = (await sent(crm))[-1]
    message = await crm.get_one(Message, notice.message_id)
    assert notice.address == EMAIL and new not in message.text and message.text.startswith("L’adresse e-mail")
    old = await crm.scalar(select(Identity).where(Identity.value == EMAIL, Identity.customer_id == owner))
    assert old is not None and not old.is_primary
    with pytest.raises(Invalid):
        await here.asks(PHONE, purpose="change")
