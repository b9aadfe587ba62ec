"""Noticing that a customer is asked for what is known, that they had to say it again, and the rate of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.model import CustomRole
from crm_backend.agents.model import Agent
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound
from crm_backend.repeats import known, saying
from crm_backend.repeats import services as repeats
from crm_backend.repeats.asking import plain
from crm_backend.repeats.model import RepeatedFact
from crm_backend.repeats.saying import Words, stated
from tests.crm_backend.repeats.talks import a_customer, a_talk, an_agent, answers, hands_over, says

ALL = (
    "Quel est votre nom ? Votre numéro de commande ? Votre e-mail ? Votre numéro de téléphone ? "
    "Quelle est votre adresse ? Votre code postal ? De quel produit s’agit-il ? Que s’est-il passé ?"
)


async def noted(session: AsyncSession) -> list[tuple[str, str, int | None]]:
    rows = await session.scalars(select(RepeatedFact).order_by(RepeatedFact.created_at, RepeatedFact.fact))
    return [(row.kind, row.fact, row.known_seq) for row in rows]


async def again(
    session: AsyncSession, talk: Conversation, agent: Agent, text: str
) -> dict[str, tuple[str, int | None]]:
    actor = await access.actor_of(session, agent, "desk")
    found = await repeats.already_known(session, talk.id, actor=actor, text=text)
    return {each.fact: (each.value, each.seq) for each in found}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("ma commande 10234", {"order_number": "10234"}),
        ("My order number is W-7678072.", {"order_number": "w-7678072"}),
        ("c’est marie@example.com, 06 12 34 56 78", {"email": "marie@example.com", "phone": "06 12 34 56 78"}),
        ("code postal : 69003", {"postcode": "69003"}),
        ("postcode sw1a 1aa", {"postcode": "sw1a 1aa"}),
        ("j’ai commandé 2 lampes en 2024", {}),
        ("", {}),
    ],
)
def test_what_customers_state_is_found_by_its_form(text: str, facts: dict[str, str]) -> None:
    assert stated(text) == facts


@pytest.mark.parametrize(
    ("text", "fact", "value", "held"),
    [
        ("C’est la 10234 !", "order_number", "#10234", True),
        ("w 767 8072", "order_number", "#W7678072", True),
        ("C’est la 102345", "order_number", "10234", False),
        ("au +33 6 12 34 56 78", "phone", "0612345678", True),
        ("au 06 12 34 56 79", "phone", "+33612345678", False),
        ("MARIE@example.com", "email", "marie@example.com", True),
        ("Bonjour Marie Durand", "name", "Marie  Durand", True),
        ("Bonjour Marie Durandot", "name", "Marie Durand", False),
        ("elle est cassée", "what_happened", "elle est cassée", False),
        ("", "email", "", False),
        ("… ??", "email", "\u0301", False),
        ("xmarie@example.com", "email", "marie@example.com", False),
        ("<marie@example.com>", "email", "marie@example.com", True),
    ],
)
def test_words_hold_a_value_however_it_is_typed(text: str, fact: str, value: str, held: bool) -> None:
    assert Words(text).hold(fact, Words(value)) is held  # type: ignore[arg-type]


async def test_asking_for_what_the_customer_said_is_noted_with_where_they_said_it(crm: AsyncSession) -> None:
    claire, talk = await an_agent(crm), await a_talk(crm)
    said = await says(crm, talk, "Où est ma commande 10234 ?", order_number="10234")
    await hands_over(crm, talk, claire)
    question = "Bonjour, quel est votre numéro de commande ?"
    assert await again(crm, talk, claire, question) == {"order_number": ("10234", said.seq)}
    await answers(crm, talk, claire, question)
    assert await noted(crm) == [("asked", "order_number", said.seq)]


@pytest.mark.parametrize(
    "text",
    [
        "La commande 10234 est partie.",
        "Votre numéro de commande est-il bien le 10234 ?",
        "Can you confirm that your order number is 10234?",
        "Quel est votre code postal ?",
        "Laquelle des deux voulez-vous ?",
    ],
)
async def test_saying_what_is_known_or_asking_for_something_else_is_not(crm: AsyncSession, text: str) -> None:
    claire, talk = await an_agent(crm), await a_talk(crm)
    await says(crm, talk, "Où est ma commande 10234 ?", order_number="10234")
    await hands_over(crm, talk, claire)
    await answers(crm, talk, claire, text)
    assert await noted(crm) == []


async def test_of_two_orders_spoken_of_one_may_ask_which(crm: AsyncSession) -> None:
    claire, talk = await an_agent(crm), await a_talk(crm)
    await says(crm, talk, "Mes commandes 10234 et 10235", order_number="10234")
    await says(crm, talk, "l’autre aussi", order_number="10235")
    await hands_over(crm, talk, claire)
    assert await again(crm, talk, claire, "De quelle commande s’agit-il ?") == {}


async def test_a_file_counts_once_it_is_proved_whose_it_is(crm: AsyncSession) -> None:
    claire, marie = await an_agent(crm), await a_customer(crm, "W7678072")
    talk = await a_talk(crm, customer_id=marie.id, proof="channel")
    await says(crm, talk, "Ma lampe est arrivée cassée.")
    await hands_over(crm, talk, claire)
    assert await again(crm, talk, claire, ALL) == {
        "email": ("marie@example.com", None),
        "what_happened": ("Ma lampe est arrivée cassée.", None),
    }
    talk.proof = "verified"
    await crm.flush()
    assert await again(crm, talk, claire, ALL) == {
        "order_number": ("W7678072", None),
        "email": ("marie@example.com", None),
        "phone": ("+33612345678", None),
        "name": ("Marie Durand", None),
        "address": ("12 rue des Lilas, 69003 Lyon", None),
        "postcode": ("69003", None),
        "product": ("Lampe Atlas", None),
        "what_happened": ("Ma lampe est arrivée cassée.", None),
    }


async def test_of_several_orders_on_file_none_is_known_until_one_is_named(crm: AsyncSession) -> None:
    claire, marie = await an_agent(crm), await a_customer(crm, "W7678072", "W7678073")
    talk = await a_talk(crm, customer_id=marie.id, proof="verified")
    await hands_over(crm, talk, claire)
    question = "Quel est votre numéro de commande, et quel produit est-ce ?"
    assert await again(crm, talk, claire, question) == {}
    said = await says(crm, talk, "commande W7678073", order_number="W7678073")
    assert await again(crm, talk, claire, question) == {
        "order_number": ("W7678073", said.seq),
        "product": ("Lampe Atlas", None),
    }


async def test_nobody_is_blamed_for_what_they_may_not_see(crm: AsyncSession) -> None:
    crm.add(
        CustomRole(key="writer", name={"fr": "R", "en": "R"}, permissions=["conversations.read", "conversations.write"])
    )
    await crm.flush()
    writer, marie = await an_agent(crm, role="writer"), await a_customer(crm, "W7678072")
    talk = await a_talk(crm, customer_id=marie.id, proof="verified")
    await hands_over(crm, talk, writer)
    assert await again(crm, talk, writer, ALL) == {}


async def test_who_writes_by_mail_has_told_their_address(crm: AsyncSession) -> None:
    claire, talk = await an_agent(crm), await a_talk(crm, kind="email", value="paul@example.org")
    await hands_over(crm, talk, claire)
    assert await again(crm, talk, claire, "What is your email?") == {"email": ("paul@example.org", None)}


async def test_what_happened_may_be_asked_once_work_has_begun(crm: AsyncSession) -> None:
    claire, talk = await an_agent(crm), await a_talk(crm)
    await says(crm, talk, "Ma lampe est arrivée cassée.")
    await hands_over(crm, talk, claire)
    assert list(await again(crm, talk, claire, "Que s’est-il passé ?")) == ["what_happened"]
    await answers(crm, talk, claire, "Je regarde.")
    assert await again(crm, talk, claire, "Que s’est-il passé ?") == {}


async def test_who_says_again_after_a_transfer_what_they_had_said_is_counted(crm: AsyncSession) -> None:
    claire, thomas, talk = await an_agent(crm), await an_agent(crm, "Thomas Bernard"), await a_talk(crm)
    await hands_over(crm, talk, claire)
    first = await says(crm, talk, "C’est la commande 10234.")
    await answers(crm, talk, claire, "Je vous passe un collègue.")
    await says(crm, talk, "D’accord, la 10234 donc.")
    await owners.put_back(crm, talk, actor="system", reason="transferred", now=utc_now())
    await owners.take(crm, conversation_id=talk.id, agent=thomas, version=talk.version)
    again = await says(crm, talk, "Comme je le disais, 10234")
    await answers(crm, talk, thomas, "Merci.")
    await answers(crm, talk, thomas, "C’est fait.")
    assert await noted(crm) == [("told", "order_number", first.seq)]
    assert (await crm.scalars(select(RepeatedFact))).one().message_id == again.id
    hour = timedelta(hours=1)
    assert await repeats.told_again(crm, since=again.created_at - hour, until=again.created_at + hour) == 1
    assert await repeats.told_again(crm, since=again.created_at + hour, until=again.created_at + 2 * hour) == 0


async def test_however_much_is_said_each_message_and_each_value_is_folded_once(
    crm: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []

    def counted(text: str) -> str:
        folded.append(text)
        return plain(text)

    monkeypatch.setattr(saying, "plain", counted)
    monkeypatch.setattr(known, "MOST_VALUES", 4)
    monkeypatch.setattr(repeats, "TOLD_IN", 3)
    claire, talk = await an_agent(crm), await a_talk(crm)
    for number in range(6):
        await says(crm, talk, f"commande 1023{number}, {number}@example.com")
    last = await says(crm, talk, "a" * 500, email="b@example.com" + "b" * 500)
    assert {len(value) for value in known.of_message(last).values()} == {known.LONGEST_VALUE}
    await hands_over(crm, talk, claire)
    again = [await says(crm, talk, "10235 et 10234, 5@example.com") for _ in range(5)]
    folded.clear()
    await answers(crm, talk, claire, "Merci.")
    rows = list(await crm.scalars(select(RepeatedFact).order_by(RepeatedFact.created_at, RepeatedFact.fact)))
    assert {row.message_id for row in rows} == {each.id for each in again[:3]}, "of many messages, the first few"
    assert [(row.fact, row.known_seq) for row in rows] == [("email", 6), ("order_number", 6)] * 3
    # Those stating values are read until there are enough; then each of three messages, and each value, once.
    assert len(folded) <= 3 + 3 + 4
    assert folded.count(again[0].text) <= 3, "three messages say the same"
    folded.clear()
    question = "Quel est votre numéro de commande ?"
    assert (
        await repeats.already_known(crm, talk.id, actor=await access.actor_of(crm, claire, "desk"), text=question) == []
    )
    assert len(folded) <= 12 + 12, "each message, and each number, once"


async def test_there_is_nothing_to_say_of_no_conversation(crm: AsyncSession) -> None:
    claire = await an_agent(crm)
    with pytest.raises(NotFound):
        await repeats.already_known(
            crm, new_id(), actor=await access.actor_of(crm, claire, "desk"), text="Votre e-mail ?"
        )
