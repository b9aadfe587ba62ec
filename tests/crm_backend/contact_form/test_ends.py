"""What the contact form saved is counted only where nobody came back, and where one can tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Way
from crm_backend.cases.model import Case
from crm_backend.contact_form import ends, sending
from crm_backend.contact_form.model import FormEnd
from crm_backend.contact_form.sending import Letter
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import InboundMessage, Vouched
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now

KEY = b"of tests"
MAIL = Way(channel="mail", account="main")


def letter(form: UUID, email: str = "marie@example.com", text: str = "Ma lampe ne s’allume pas.") -> Letter:
    return Letter(
        form=form, language="fr", email=email, name="Marie", topic="Produits", text=text, order="MT10482",
        page={"url": "https://example.com/fr/aide/lampe", "title": "Lampe"},
    )  # fmt: skip


async def send(crm: AsyncSession, one: Letter, now: datetime | None = None) -> sending.Sent:
    return await sending.send(
        crm, one, by=MAIL, opens=None, said=lambda promise: f"n° {promise.number}", most=10_000, now=now or utc_now()
    )


async def test_a_form_is_a_message_left_for_a_person_and_proves_nothing(crm: AsyncSession) -> None:
    customer = Customer(first_name="Marie", last_name="Dupont", language="fr")
    crm.add(customer)
    await crm.flush()
    crm.add(Identity(customer_id=customer.id, kind="email", value="marie@example.com", proof="verified"))
    await crm.flush()
    form = new_id()
    sent = await send(crm, letter(form))
    assert not sent.again and (await send(crm, letter(form))).promise.number == sent.promise.number
    conversation = await crm.get_one(Conversation, sent.conversation_id)
    assert (conversation.owner, conversation.channel, conversation.address) == (
        "queue:support", "mail", "marie@example.com",
    )  # fmt: skip
    assert (await crm.scalars(select(Turn.state))).all() == ["skipped"]
    # The address is a customer's; whoever typed it need not be.
    assert (conversation.proof, conversation.customer_id, conversation.subject) == ("anonymous", None, "Produits")
    assert {fact["name"]: fact["value"] for fact in (conversation.passport or {})["facts"]} == {
        "name": "Marie", "email": "marie@example.com", "order_number": "MT10482",
    }  # fmt: skip
    assert (await crm.scalars(select(Case.number))).all() == [sent.promise.number]
    told = (await crm.scalars(select(Message.text).where(Message.author == "system"))).all()
    assert told == [f"n° {sent.promise.number}"]
    assert (await crm.scalars(select(OutboxItem.address))).all() == ["marie@example.com"]
    # Whoever answers from the mailbox proves it then.
    answer = InboundMessage(
        channel="mail", external_id="answer", identity_kind="email", identity_value="marie@example.com",
        address="marie@example.com", text="Encore moi", conversation_id=conversation.id,
        vouched=Vouched(kind="email", value="marie@example.com"),
    )  # fmt: skip
    assert (await receive(crm, answer)).conversation_id == conversation.id
    assert (conversation.proof, conversation.customer_id) == ("channel", customer.id)


async def test_who_came_back_on_any_channel_was_saved_nothing(crm: AsyncSession) -> None:
    start = utc_now() - timedelta(hours=30)
    # Marie wrote in the chat, signed in; Paul by the form; Anne too late; nobody knows who typed nothing.
    customer = Customer(first_name="Marie", last_name="Dupont", language="fr")
    crm.add(customer)
    await crm.flush()
    crm.add(Identity(customer_id=customer.id, kind="email", value="Marie@Example.com", proof="verified"))
    crm.add(Identity(customer_id=customer.id, kind="telegram", value="42", proof="channel"))
    await crm.flush()
    names = ("marie", "paul", "anne", "luc")
    for name in names:
        who = ends.hashed(f"{name.upper()}@example.com ", key=KEY) or ""
        await ends.answered(crm, form=new_id(), language="fr", article_id=None, who=[who], now=start)
        # Saying it twice is one.
        await ends.answered(crm, form=new_id(), language="fr", article_id=None, who=[who], now=start)
    await ends.answered(crm, form=new_id(), language="fr", article_id=None, who=[], now=start)
    # Who was signed in at the portal, and who has a chat in that browser, are known without an address.
    marks = {
        "signed in": ends.hashed_mark("customer", str(customer.id), key=KEY),
        "chatting": ends.hashed_mark("browser", "b1", key=KEY),
        "silent": ends.hashed_mark("browser", "b2", key=KEY),
    }
    for mark in marks.values():
        both = [mark, ends.hashed(f"{mark}@example.com", key=KEY) or ""]
        await ends.answered(crm, form=new_id(), language="fr", article_id=None, who=both, now=start)
        await ends.answered(crm, form=new_id(), language="fr", article_id=None, who=[mark], now=start)
    browser = {"channel": "webchat", "external_id": "2", "identity_kind": "browser", "identity_value": "b1"}
    await receive(crm, InboundMessage(**browser, address="b1", text="bonjour"))  # type: ignore[arg-type]
    chat = {"channel": "telegram", "external_id": "1", "identity_kind": "telegram", "identity_value": "42"}
    await receive(crm, InboundMessage(**chat, address="42", text="bonjour"))  # type: ignore[arg-type]
    await send(crm, letter(new_id(), email="paul@example.com"))
    await send(crm, letter(new_id(), email="anne@example.com"))
    at = {"marie": start + timedelta(hours=3), "Paul": start + timedelta(hours=23), "anne": start + timedelta(hours=25)}
    for message in await crm.scalars(select(Message).where(Message.author == "customer")):
        identity = await crm.get_one(Identity, message.identity_id)
        message.created_at = at[{"42": "marie", "b1": "marie", "paul@example.com": "Paul"}.get(identity.value, "anne")]
    for case in await crm.scalars(select(Case)):
        # Those of the form came with its messages.
        case.created_at = start + timedelta(days=2)
    hashes = {ends.hashed(f"{name}@example.com", key=KEY): name for name in names}
    hashes |= {mark: name for name, mark in marks.items()}
    open_ones = {row.id: hashes[row.who_hash.split()[0]] for row in await crm.scalars(select(FormEnd)) if row.who_hash}
    assert await ends.settle(crm, key=KEY, now=start + timedelta(hours=23)) == 0
    await crm.flush()
    assert await ends.settle(crm, key=KEY, now=utc_now()) == len(names) + len(marks)
    rows = {row.id: row for row in await crm.scalars(select(FormEnd))}
    assert {name: rows[each].fate for each, name in open_ones.items()} == {
        "marie": "returned", "paul": "returned", "anne": "saved", "luc": "saved",
        "signed in": "returned", "chatting": "returned", "silent": "saved",
    }  # fmt: skip
    assert sorted(row.fate or "" for row in rows.values()).count("unknown") == 1
    assert all(row.who_hash is None for row in rows.values())


async def test_a_form_that_is_sent_after_all_counts_as_sent(crm: AsyncSession) -> None:
    form, now = new_id(), utc_now()
    who = [ends.hashed("marie@example.com", key=KEY) or ""]
    await ends.answered(crm, form=form, language="fr", article_id=None, who=who, now=now)
    await ends.sent(crm, form=form, language="fr", article_id=None, suggested=True, now=now)
    await ends.answered(crm, form=form, language="fr", article_id=None, who=who, now=now)
    (row,) = await crm.scalars(select(FormEnd))
    assert (row.outcome, row.fate, row.who_hash) == ("sent", None, None)
    assert ends.hashed("not an address", key=KEY) is None
