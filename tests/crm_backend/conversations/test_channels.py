"""One person on several channels: who they are there, where answers go, and what becomes of the order of things."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from crm_backend.conversations.model import Conversation, JoinCode, Message, OutboxItem, Turn
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import Received
from crm_backend.conversations.thinking import turns
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import BadInput, Empty, NotFound
from tests.support import core

PHONE, EMAIL = "+33612345678", "marie@example.com"
WHATSAPP: dict[str, Any] = {
    "channel": "whatsapp",
    "identity_kind": "whatsapp",
    "identity_value": "33612345678",
    "address": "33612345678",
}
MAIL: dict[str, Any] = {"channel": "mail", "identity_kind": "email", "identity_value": EMAIL, "address": EMAIL}
BY_PHONE = {"vouched": {"kind": "phone", "value": PHONE}}
BY_MAIL = {"vouched": {"kind": "email", "value": EMAIL}}


async def on_file(sessions: Sessions, *, email: str = EMAIL, phone: str = PHONE) -> UUID:
    async with sessions() as session, session.begin():
        customer = Customer(id=new_id(), first_name="Marie", last_name="Dupont", language="en")
        session.add(customer)
        await session.flush()
        for kind, value in (("email", email), ("phone", phone)):
            session.add(Identity(customer_id=customer.id, kind=kind, value=value))
    return customer.id


async def code_for(sessions: Sessions, conversation: UUID) -> str:
    async with sessions() as session, session.begin():
        return await joining.make_code(session, conversation_id=conversation)


async def found(sessions: Sessions, received: Received) -> Conversation:
    return await core.conversation(sessions, received.conversation_id)


async def test_a_vouched_number_on_file_is_its_customer(sessions: Sessions) -> None:
    customer = await on_file(sessions)
    talk = await found(sessions, await core.write(sessions, "hello", **WHATSAPP, **BY_PHONE))
    assert (talk.customer_id, talk.proof, talk.language) == (customer, "channel", "en")


async def test_a_vouched_number_of_nobody_is_proved_but_nobody(sessions: Sessions) -> None:
    talk = await found(sessions, await core.write(sessions, **WHATSAPP, **BY_PHONE))
    assert (talk.customer_id, talk.proof) == (None, "channel")


async def test_a_number_that_two_customers_share_is_neither(sessions: Sessions) -> None:
    await on_file(sessions)
    await on_file(sessions, email="paul@example.com")
    talk = await found(sessions, await core.write(sessions, **WHATSAPP, **BY_PHONE))
    assert talk.customer_id is None


async def test_a_mail_nobody_vouches_for_is_from_nobody(sessions: Sessions) -> None:
    await on_file(sessions)
    talk = await found(sessions, await core.write(sessions, **MAIL))
    assert (talk.customer_id, talk.proof) == (None, "anonymous")


async def test_a_forged_mail_in_a_proved_thread_ends_the_proof(sessions: Sessions) -> None:
    customer = await on_file(sessions, email="Marie@Example.com")
    first = await core.write(sessions, **MAIL, **BY_MAIL)
    assert (await found(sessions, first)).proof == "channel"
    await core.write(sessions, "my last order?", **MAIL, conversation_id=first.conversation_id)
    talk = await found(sessions, first)
    assert (talk.proof, talk.customer_id) == ("anonymous", customer)
    await core.write(sessions, "it is me", **MAIL, **BY_MAIL, conversation_id=first.conversation_id)
    assert (await found(sessions, first)).proof == "channel"


async def test_mails_of_one_address_have_one_writer_beside_those_on_file(sessions: Sessions) -> None:
    await on_file(sessions)
    await core.write(sessions, **MAIL, start_new=True)
    await core.write(sessions, **MAIL, start_new=True)
    async with sessions() as session:
        owners = list(await session.scalars(select(Identity.customer_id).where(Identity.value == EMAIL)))
    assert sorted(owner is None for owner in owners) == [False, True]


async def test_a_contact_shared_once_is_remembered_for_the_account(sessions: Sessions) -> None:
    customer = await on_file(sessions)
    telegram = {"channel": "telegram", "identity_kind": "telegram", "identity_value": "77", "address": "77"}
    assert (await found(sessions, await core.write(sessions, **telegram))).proof == "anonymous"
    await core.write(sessions, "", **telegram, **BY_PHONE, contacts=[{"name": "Marie", "phones": [PHONE]}])
    later = await found(sessions, await core.write(sessions, "et ma commande ?", **telegram, start_new=True))
    assert (later.customer_id, later.proof) == (customer, "channel")


async def test_a_code_brings_the_conversation_to_another_channel_and_answers_follow(sessions: Sessions) -> None:
    web = await core.write(sessions, "où est ma commande 10234 ?")
    await core.answered(sessions, core.saying("Quel e-mail ?"))
    code = await code_for(sessions, web.conversation_id)
    moved = await core.write(sessions, f"Je continue ici : {code}", **WHATSAPP)
    assert moved.conversation_id == web.conversation_id
    talk = await found(sessions, web)
    assert (talk.channel, talk.address, talk.last_seq) == ("whatsapp", "33612345678", 4)
    said = await core.transcript(sessions, web.conversation_id)
    assert [(m.author, m.channel) for m in said[2:]] == [("customer", "whatsapp"), ("system", "whatsapp")]
    # The code was the message: nothing to think about.
    assert await core.claim(sessions) is None
    back = await core.write(sessions, "en fait je suis revenu sur le site")
    assert back.conversation_id == web.conversation_id
    await core.answered(sessions, core.saying("Bienvenue"))
    async with sessions() as session:
        ways = list(await session.scalars(select(OutboxItem.channel).order_by(OutboxItem.seq)))
    assert ways == ["webchat", "whatsapp", "webchat"]


async def test_a_code_is_good_once(sessions: Sessions) -> None:
    web = await core.write(sessions)
    code = await code_for(sessions, web.conversation_id)
    assert (await core.write(sessions, code, **WHATSAPP)).conversation_id == web.conversation_id
    thief = {**WHATSAPP, "identity_value": "33699999999", "address": "33699999999"}
    other = await core.write(sessions, code, **thief)
    assert other.conversation_id != web.conversation_id
    assert (await core.transcript(sessions, other.conversation_id))[0].content["joined"] == "expired"


async def test_a_code_does_not_last(sessions: Sessions) -> None:
    web = await core.write(sessions)
    code = await code_for(sessions, web.conversation_id)
    async with sessions() as session, session.begin():
        await session.execute(update(JoinCode).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert (await core.write(sessions, "", **WHATSAPP, join_code=code)).conversation_id != web.conversation_id


async def test_nobody_writes_into_a_conversation_they_have_no_part_in(sessions: Sessions) -> None:
    web = await core.write(sessions)
    with pytest.raises(NotFound):
        await core.write(sessions, **WHATSAPP, conversation_id=web.conversation_id)


async def test_a_known_customer_elsewhere_is_reminded_of_what_they_were_about(sessions: Sessions) -> None:
    await on_file(sessions)
    first = await core.write(sessions, "où est 10234 ?", **WHATSAPP, **BY_PHONE)
    heard = [{"entity": "order_number", "value": "10234"}]
    await core.answered(sessions, core.saying("Elle est partie.", intent="order_status", entities=heard))
    mail = await core.write(sessions, "et maintenant ?", **MAIL, **BY_MAIL)
    assert (await found(sessions, mail)).continues_id == first.conversation_id
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.recall is not None
    assert (claimed.recall.channel, claimed.recall.order_number) == ("whatsapp", "10234")
    assert claimed.state == {"slots": {"order_number": "10234"}}


async def test_a_stranger_is_reminded_of_nothing(sessions: Sessions) -> None:
    await on_file(sessions)
    await core.write(sessions, "où est 10234 ?", **WHATSAPP, **BY_PHONE)
    await core.answered(sessions, core.saying("Elle est partie."))
    await core.write(sessions, "et maintenant ?", **MAIL)
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.recall is None and claimed.state is None


async def test_an_automatic_mail_is_kept_and_not_answered(sessions: Sessions) -> None:
    received = await core.write(sessions, "I am out of the office", **MAIL, automatic="auto_reply")
    assert await core.claim(sessions) is None
    said = await core.transcript(sessions, received.conversation_id)
    assert said[0].content["automatic"] == "auto_reply"


async def test_a_picture_without_words_is_thought_about_as_one(sessions: Sessions) -> None:
    picture = {"remote": {"file_id": "x"}, "kind": "image"}
    await core.write(sessions, "", **WHATSAPP, files=[picture])
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "/sent_file"
    with pytest.raises(Empty):
        await core.write(sessions, "", **WHATSAPP)


async def test_nobody_attaches_what_somebody_else_uploaded(sessions: Sessions) -> None:
    with pytest.raises(BadInput):
        await core.write(sessions, "voici", files=[{"id": str(new_id()), "uploaded_by": "marie"}])


async def test_messages_that_overtook_each_other_are_shown_in_the_platforms_order(sessions: Sessions) -> None:
    orders = list(range(30))
    random.Random(7).shuffle(orders)
    for order in orders:
        received = await core.write(sessions, str(order), **WHATSAPP, order=order, external_id=f"w{order}")
    async with sessions() as session:
        shown = await session.scalars(
            select(Message.text)
            .where(Message.conversation_id == received.conversation_id)
            .order_by(Message.place, Message.seq)
        )
        assert list(shown) == [str(order) for order in range(30)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.permutations(range(6)), repeated=st.lists(st.integers(0, 5), max_size=4))
async def test_any_shuffling_and_repetition_leaves_the_distinct_messages_in_order(
    sessions: Sessions, orders: list[int], repeated: list[int]
) -> None:
    who = str(new_id())
    platform = {**WHATSAPP, "identity_value": who, "address": who}
    for order in [*orders, *repeated]:
        received = await core.write(sessions, str(order), **platform, order=order, external_id=f"{who}:{order}")
    said = await core.transcript(sessions, received.conversation_id)
    assert [m.text for m in sorted(said, key=lambda m: (m.place, m.seq))] == list("012345")


async def test_writing_again_makes_an_address_reachable(sessions: Sessions) -> None:
    received = await core.write(sessions, **WHATSAPP)
    async with sessions() as session, session.begin():
        await session.execute(update(Identity).values(unreachable_since=utc_now()))
    await core.write(sessions, "me revoilà", **WHATSAPP)
    async with sessions() as session:
        assert await session.scalar(select(Identity.unreachable_since)) is None
        assert received.seq == 1


async def test_a_button_is_pressed_by_the_message_that_offered_it(sessions: Sessions) -> None:
    await core.write(sessions, **WHATSAPP)
    await core.answered(sessions, core.saying("Une personne ?", buttons={"Oui": "/affirm", "Non": "/deny"}))
    async with sessions() as session:
        offered = await session.scalar(select(Message.id).where(Message.author == "bot"))
    await core.write(sessions, "Non", **WHATSAPP, press={"message_id": offered, "index": 1})
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "/deny"
    other = {**WHATSAPP, "identity_value": "33699999999"}
    with pytest.raises(BadInput):
        await core.write(sessions, "Non", **other, press={"message_id": offered, "index": 1})


async def test_an_address_of_no_kind_or_length_is_refused(sessions: Sessions) -> None:
    for kind, value in (("external", "x"), ("Bad Kind", "x"), ("telegram", ""), ("telegram", "x" * 500)):
        with pytest.raises(BadInput):
            await core.write(sessions, channel="x", identity_kind=kind, identity_value=value)


async def test_a_conversation_of_its_own_team(sessions: Sessions) -> None:
    received = await core.write(sessions, **MAIL, team="returns")
    await core.answered(sessions, core.saying("Je vous passe une personne.", do="hand_over"))
    assert (await found(sessions, received)).owner == "queue:returns"
    async with sessions() as session:
        assert await turns.claim(session, lease_seconds=1) is None
        assert await session.scalar(select(Turn.state)) == "done"
