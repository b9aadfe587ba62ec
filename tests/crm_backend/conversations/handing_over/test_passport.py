"""The passport: what it holds, what customers correct of it, and what people did that joins it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.cases import configuring, opening, promising
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import CaseType
from crm_backend.conversations.handing_over import corrected, owners, passport
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.receiving.receive import receive
from crm_backend.conversations.schema import Press, Received, agent_owner
from crm_backend.conversations.thinking import turns
from crm_backend.customers.model import Customer
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotFound, RateLimited
from crm_backend.orders.model import Order
from crm_backend.routing import passing
from tests.support import core

SAID = [
    {"entity": "order_number", "value": "10234"},
    {"entity": "name", "value": "Léa Martin"},
    {"entity": "email", "value": "lea@example.com"},
]
TELEGRAM = {"channel": "telegram", "identity_kind": "telegram", "identity_value": "main:7", "address": "7"}


async def say(crm: AsyncSession, text: str, **more: Any) -> Received:
    return await receive(crm, core.inbound(text, **more))


async def handed(crm: AsyncSession, *, confirm_in: tuple[str, ...] = (), **more: Any) -> Conversation:
    """A conversation that waits for a person, in which three facts were said."""
    received = await say(crm, "où est ma commande 10234 ?", **more)
    claimed = await turns.claim(crm, lease_seconds=60)
    assert claimed is not None
    answer = core.saying("un instant", do="hand_over", intent="order_status", entities=SAID)
    assert await turns.finish(crm, claimed, answer, confirm_in=confirm_in)
    return await crm.get_one(Conversation, received.conversation_id)


async def claire(crm: AsyncSession, name: str = "Claire Martin") -> Agent:
    agent = Agent(email=f"{uuid4()}@example.com", name=name, language="fr", role="agent")
    agent.password_hash = "none"
    crm.add(agent)
    await crm.flush()
    return agent


async def last(crm: AsyncSession, conversation: UUID) -> Message:
    found = await crm.scalar(
        select(Message).where(Message.conversation_id == conversation).order_by(Message.seq.desc()).limit(1)
    )
    assert found is not None
    return found


def facts(conversation: Conversation) -> dict[str, str]:
    assert conversation.passport is not None
    return {fact["name"]: fact["value"] for fact in conversation.passport["facts"]}


async def test_each_fact_names_the_message_it_came_from(crm: AsyncSession) -> None:
    found = (await handed(crm)).passport
    assert found is not None
    assert {fact["name"]: fact["seq"] for fact in found["facts"]} == dict.fromkeys(("order_number", "name", "email"), 1)
    assert (found["goal"]["text"], found["goal"]["seq"]) == ("où est ma commande 10234 ?", 1)


@pytest.mark.parametrize(
    ("name", "was", "to", "kept"),
    [
        ("order_number", "10234", " 10 235 ", "10 235"),
        ("name", "Léa Martin", "Léa\nMartinez", "Léa Martinez"),
        ("email", "lea@example.com", "LEA.M@example.com", "lea.m@example.com"),
    ],
)
async def test_a_correction_is_the_customer_s_and_outlives_a_new_passport(
    crm: AsyncSession, name: str, was: str, to: str, kept: str
) -> None:
    conversation = await handed(crm)
    await corrected.correct(crm, conversation, name=name, was=was, to=to)
    await corrected.correct(crm, conversation, name="goal", was="où est ma commande 10234 ?", to="un remboursement")
    conversation.passport = await passport.build(crm, conversation, reason="again", now=utc_now())
    fact = next(each for each in conversation.passport["facts"] if each["name"] == name)
    assert (fact["value"], fact["corrected"], fact["was"], fact["seq"]) == (kept, True, was, 1)
    assert conversation.passport["goal"] == {
        "code": "said", "text": "un remboursement", "seq": 1, "corrected": True, "was": "où est ma commande 10234 ?",
        "said_in": None,
    }  # fmt: skip
    assert conversation.passport["orders"] == ([kept] if name == "order_number" else ["10234"])


async def test_what_is_taken_out_stays_out_and_a_later_wish_counts_for_more(crm: AsyncSession) -> None:
    conversation = await handed(crm)
    await corrected.correct(crm, conversation, name="email", was="lea@example.com", to=None)
    await corrected.correct(crm, conversation, name="goal", was="où est ma commande 10234 ?", to="une facture")
    await say(crm, "en fait, un échange", conversation_id=conversation.id)
    again = await passport.build(crm, conversation, reason="again", now=utc_now())
    assert {fact["name"] for fact in again["facts"]} == {"order_number", "name"}
    assert again["goal"]["text"] == "en fait, un échange"


@pytest.mark.parametrize(
    ("name", "was", "to", "error"),
    [
        ("order_number", "10234", "pas un numéro", Invalid),
        ("order_number", "10234", "1" * 41, Invalid),
        ("email", "lea@example.com", "lea@", Invalid),
        ("name", "Léa Martin", "x" * 81, Invalid),
        ("name", "Léa Martin", "Léa\x00", Invalid),
        ("name", "Léa Martin", " \n ", Invalid),
        ("name", "Léa Martin", "\ud800", Invalid),
        ("goal", "où est ma commande 10234 ?", "x" * 201, Invalid),
        ("mood", "calm", "upset", Invalid),
        ("name", "quelqu’un d’autre", "Paul", NotFound),
        ("goal", "autre chose", "Paul", NotFound),
    ],
)
async def test_what_cannot_be_is_not_taken(
    crm: AsyncSession, name: str, was: str, to: str, error: type[Exception]
) -> None:
    conversation = await handed(crm)
    before = conversation.passport
    with pytest.raises(error):
        await corrected.correct(crm, conversation, name=name, was=was, to=to)
    assert conversation.passport == before


async def test_nobody_corrects_for_ever(crm: AsyncSession) -> None:
    conversation = await handed(crm)
    for number in range(corrected.MOST):
        before = facts(conversation)["order_number"]
        await corrected.correct(crm, conversation, name="order_number", was=before, to=f"2000{number}")
    with pytest.raises(RateLimited):
        await corrected.correct(crm, conversation, name="name", was="Léa Martin", to="Paul")


async def press(crm: AsyncSession, conversation: UUID, title: str) -> Message:
    """Presses a choice of the last message; what is said to it."""
    asked = await last(crm, conversation)
    titles = [button["title"] for button in asked.content["buttons"]]
    chosen = next(place for place, each in enumerate(titles) if each.startswith(title))
    await say(crm, title, press=Press(index=chosen, message_id=asked.id), **TELEGRAM)
    return await last(crm, conversation)


async def test_in_a_messenger_it_is_shown_and_corrected_by_messages(crm: AsyncSession) -> None:
    conversation = await handed(crm, confirm_in=("telegram",), **TELEGRAM)
    shown = await last(crm, conversation.id)
    assert shown.text.startswith("un instant\n\nVoici ce que je transmets\u00a0:\n• Votre demande\u00a0: où est")
    assert "• Commande\u00a0: 10234" in shown.text
    asked = await press(crm, conversation.id, "Corriger")
    assert [button["title"] for button in asked.content["buttons"]][1:] == [
        "Commande 10234", "Nom Léa Martin", "E-mail lea@example.com", "Tout est juste",
    ]  # fmt: skip
    await press(crm, conversation.id, "Commande")
    await say(crm, "je ne sais pas", **TELEGRAM)
    assert "ne semble pas complet" in (await last(crm, conversation.id)).text
    await say(crm, "10 235", **TELEGRAM)
    assert "Commande\u00a0: 10 235" in (await last(crm, conversation.id)).text
    assert facts(conversation)["order_number"] == "10 235"
    # What is written after that is for the person again.
    await say(crm, "vous êtes là ?", **TELEGRAM)
    assert (await last(crm, conversation.id)).author == "customer"
    assert conversation.owner == "queue:support"


async def test_two_wrong_values_are_left_to_the_person_and_what_is_removed_is_gone(crm: AsyncSession) -> None:
    conversation = await handed(crm, confirm_in=("telegram",), **TELEGRAM)
    await press(crm, conversation.id, "Corriger")
    await press(crm, conversation.id, "E-mail")
    for _ in range(2):
        await say(crm, "aucune idée", **TELEGRAM)
    assert (await last(crm, conversation.id)).text.startswith("Je laisse comme c’était")
    await say(crm, "Corriger", press=Press(seq=2, index=0), **TELEGRAM)
    await press(crm, conversation.id, "E-mail")
    await press(crm, conversation.id, "Retirer")
    assert "email" not in facts(conversation)


@pytest.mark.parametrize("details", [{"cc": ["paul@example.com"]}, {"group": True}])
async def test_nothing_is_shown_where_others_read_along(crm: AsyncSession, details: dict[str, Any]) -> None:
    conversation = await handed(crm, confirm_in=("telegram",), details=details, **TELEGRAM)
    assert (await last(crm, conversation.id)).text == "un instant"


async def served(crm: AsyncSession, agent: Agent, *, proof: str = "verified") -> tuple[Conversation, Order]:
    """A conversation that an agent has, whose customer has an order that they refunded."""
    conversation = await handed(crm)
    customer = Customer(first_name="Léa", last_name="Martin", language="fr")
    crm.add(customer)
    await crm.flush()
    order = Order(
        number="10234", number_key="10234", customer_id=customer.id, status="paid", currency="EUR", total_minor=1000,
        placed_at=utc_now(),
    )  # fmt: skip
    crm.add(order)
    conversation.customer_id, conversation.proof = customer.id, proof
    await crm.flush()
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    audit.record(crm, actor=agent_owner(agent.id), action="refunded", subject=("order", order.id))
    await crm.flush()
    return conversation, order


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Claire a remboursé la commande 10234. L’assistant reprend la conversation\u00a0: autre chose\u00a0?"),
        ("en", "Claire has refunded order 10234. The assistant is back: anything else?"),
    ],
)
async def test_the_assistant_takes_over_with_what_was_done(crm: AsyncSession, language: str, said: str) -> None:
    agent = await claire(crm)
    conversation, order = await served(crm, agent)
    conversation.language = language
    await owners.release(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    told = await last(crm, conversation.id)
    assert told.text == said
    assert conversation.dialogue_state is not None and conversation.dialogue_state["told"]["number"] == order.number
    assert conversation.passport is not None
    done = {"code": "done", "name": "Claire", "deed": "refunded", "number": "10234"}
    assert done in conversation.passport["tried"]
    again = await passport.build(crm, conversation, reason="asked", now=utc_now())
    assert done in again["tried"]


async def test_orders_are_not_spoken_of_to_who_has_proved_nothing(crm: AsyncSession) -> None:
    agent = await claire(crm)
    conversation, _ = await served(crm, agent, proof="anonymous")
    await owners.release(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    assert (await last(crm, conversation.id)).text.startswith("Claire a terminé.")


async def test_a_case_that_customers_do_not_see_is_told_to_the_next_agent_alone(crm: AsyncSession) -> None:
    agent = await claire(crm)
    conversation, _ = await served(crm, agent)
    inner = {"names": {"fr": "Interne", "en": "Inner"}, "customers_see": False}
    await configuring.add(crm, CaseType, actor=SYSTEM, key="inner", given=inner)
    actor = Actor(agent_owner(agent.id), ALL, "desk")
    case = await opening.open_from_conversation(crm, conversation.id, actor=actor, new=NewCase(type_key="inner"))
    await owners.release(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    assert case.number not in (await last(crm, conversation.id)).text
    assert conversation.passport is not None
    assert case.number in [step.get("number") for step in conversation.passport["tried"]]


async def test_the_next_agent_reads_what_the_one_before_did(crm: AsyncSession) -> None:
    agent = await claire(crm)
    conversation, _ = await served(crm, agent)
    await corrected.correct(crm, conversation, name="name", was="Léa Martin", to="Léa Martinez")
    await passing.to_team(
        crm, conversation_id=conversation.id, agent=agent, version=conversation.version, team="support", note="à voir"
    )
    assert conversation.passport is not None
    assert [step["code"] for step in conversation.passport["tried"]] == ["done", "note"]
    assert facts(conversation)["name"] == "Léa Martinez"


async def test_nobody_there_is_a_case_with_a_promise_that_its_taker_has(crm: AsyncSession) -> None:
    conversation = await handed(crm)
    opens = utc_now() + timedelta(days=2)
    made = await promising.promise(crm, conversation.id, opens=opens, now=utc_now())
    assert made == await promising.promise(crm, conversation.id, opens=opens, now=utc_now()), "once"
    assert opens <= made.by <= opens + promising.WITHIN + promising.TO_THE and made.by.minute in (0, 30)
    case = await crm.scalar(select(Case))
    assert case is not None and (case.number, case.due_at, case.agent_id) == (made.number, made.by, None)
    (owed,) = await promising.owed(crm, conversation.id, now=utc_now())
    assert (owed["code"], owed["number"], owed["by"]) == ("case", made.number, made.by)
    agent = await claire(crm)
    await owners.take(crm, conversation_id=conversation.id, agent=agent, version=conversation.version)
    assert case.agent_id == agent.id
