"""A new e-mail address: proved by a code that goes there, put first after a yes, and the old one is told."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from actions import toolbox
from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.customers.model import Identity
from crm_backend.database import Sessions
from crm_backend.notifications.schema import Start
from tests.actions.account import agrees_twice, all_of, known
from tests.support.talking import Customer

finding.find()
OLD, NEW, ASK = "marie@example.fr", "neuve@example.fr", "utter_ask_code"
SENT = ["utter_code_sent_new", ASK]


@pytest.fixture
def by_mail(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """A company that may write first to a mailbox."""
    starts = [Start(kind="email", channel="mail", account="main")]
    monkeypatch.setattr(toolbox, "_equipped", [replace(toolbox.tools(), starts=lambda: starts)])
    return acting


async def marie(sessions: Sessions, language: str = "fr", *, proof: str = "signed_in") -> tuple[Customer, UUID]:
    customer, owner = await known(sessions, language, proof=proof)
    async with sessions.begin() as session:
        session.add(Identity(kind="email", value=OLD, customer_id=owner, is_primary=True))
    return customer, owner


async def sent_to(sessions: Sessions, address: str) -> list[tuple[str | None, str]]:
    """What went there, and the secret of each."""
    async with sessions() as session:
        query = select(OutboxItem.secret, Message.text).join(Message, Message.id == OutboxItem.message_id)
        rows = await session.execute(query.where(OutboxItem.address == address).order_by(OutboxItem.id))
    return list(rows.tuples())


async def code(sessions: Sessions, address: str = NEW) -> str:
    secret = (await sent_to(sessions, address))[-1][0]
    assert secret is not None
    return secret


@pytest.mark.parametrize(("language", "text"), [("fr", "mon nouvel e-mail est"), ("en", "my new e-mail is")])
async def test_a_proved_address_takes_the_first_place_once_and_the_old_one_is_told(
    by_mail: Sessions, language: str, text: str
) -> None:
    customer, owner = await marie(by_mail, language)
    assert await customer.says(f"{text} {NEW}", "change_details", email=NEW) == SENT
    said = await customer.says("000", "inform")
    assert said == ["utter_not_caught", ASK]
    figures = await code(by_mail)
    assert await customer.says(figures, "inform", order_number=figures) == ["utter_change_details_confirm_proved"]
    assert [each.value for each in await all_of(by_mail, Identity, customer_id=owner)] == [OLD]
    assert await agrees_twice(customer) == ["utter_change_details_done_email_told"]
    old, new = await all_of(by_mail, Identity, customer_id=owner, kind="email")
    assert (old.value, old.is_primary) == (OLD, False)
    assert (new.value, new.is_primary, new.proof) == (NEW, True, "verified")
    [(_, notice)] = await sent_to(by_mail, OLD)
    assert "changée" in notice and NEW not in notice
    assert await all_of(by_mail, Case, customer_id=owner) == []


async def test_without_the_code_a_person_sees_to_it_and_nothing_is_written(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail)
    await customer.says("changer mon e-mail", "change_details")
    assert await customer.says(NEW, "inform", email=NEW) == SENT
    assert await customer.presses("Laisser faire une personne") == ["utter_change_details_confirm_email"]
    assert await agrees_twice(customer) == ["utter_change_details_done_case"]
    [case] = await all_of(by_mail, Case, customer_id=owner)
    assert NEW in case.description
    assert [each.value for each in await all_of(by_mail, Identity, customer_id=owner)] == [OLD]


async def test_the_facts_of_an_order_alone_move_no_address(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail, proof="verified")
    await customer.says("changer mon e-mail", "change_details")
    assert await customer.says(NEW, "inform", email=NEW) == ["utter_change_details_confirm_email"]
    assert await agrees_twice(customer) == ["utter_change_details_done_case"]
    assert await sent_to(by_mail, NEW) == [] and len(await all_of(by_mail, Case, customer_id=owner)) == 1
    assert [each.value for each in await all_of(by_mail, Identity, customer_id=owner)] == [OLD]


async def test_a_code_to_the_address_on_file_and_one_to_the_new_address_move_it(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail, proof="anonymous")
    assert "utter_ask_order_number" in await customer.says("changer mon e-mail", "change_details")
    assert await customer.presses("Recevoir un code") == ["utter_ask_code_to"]
    assert ASK in await customer.says(OLD, "inform", email=OLD)
    assert await customer.says(await code(by_mail, OLD), "inform") == ["utter_change_details_ask_email"]
    assert await customer.says(NEW, "inform", email=NEW) == SENT
    assert await customer.says(await code(by_mail), "inform") == ["utter_change_details_confirm_proved"]
    assert await agrees_twice(customer) == ["utter_change_details_done_email_told"]
    assert [each.is_primary for each in await all_of(by_mail, Identity, customer_id=owner)] == [False, True]


async def test_wrong_codes_leave_it_to_a_person(by_mail: Sessions) -> None:
    customer, _ = await marie(by_mail)
    await customer.says(f"mon e-mail devient {NEW}", "change_details", email=NEW)
    wrong = f"{(int(await code(by_mail)) + 1) % 10**6:06}"
    for _ in range(4):
        assert await customer.says(wrong, "inform") == ["utter_code_wrong", ASK]
    assert await customer.says(wrong, "inform") == ["utter_code_no_more", "utter_change_details_confirm_email"]


async def test_a_corrected_address_gets_a_code_of_its_own(by_mail: Sessions) -> None:
    customer, owner = await marie(by_mail)
    await customer.says("mon e-mail devient neuv@example.fr", "change_details", email="neuv@example.fr")
    first = await code(by_mail, "neuv@example.fr")
    assert await customer.says(f"pardon, {NEW}", "inform", email=NEW) == SENT
    assert await customer.says(first, "inform") == ["utter_code_replaced", ASK]
    assert await customer.presses("Une autre adresse") == ["utter_change_details_ask_email"]
    assert await customer.says(NEW, "inform", email=NEW) == SENT
    await customer.says(await code(by_mail), "inform")
    # What is agreed to is what was shown; another address said with the yes is asked about anew.
    assert await customer.says("oui mais tiers@example.fr", "affirm", email="tiers@example.fr") == SENT
    assert [each.value for each in await all_of(by_mail, Identity, customer_id=owner)] == [OLD]


async def test_the_old_address_is_not_taken_for_the_new_one_nor_the_new_one_for_the_proof(by_mail: Sessions) -> None:
    customer, _ = await marie(by_mail)
    said = await customer.says(f"{OLD} ne marche plus, changez-le", "change_details", email=OLD)
    assert said == ["utter_change_details_ask_email"]
    assert await customer.says(OLD, "inform", email=OLD) == [
        "utter_change_details_there_already",
        "utter_change_details_ask_email",
    ]
    other, _ = await marie(by_mail, proof="anonymous")
    await other.says("je voudrais changer mon e-mail", "change_details")
    said = await other.says(f"ma nouvelle adresse est {NEW}", "inform", email=NEW)
    assert "utter_ask_order_number" in said and other.slots["task"]["facts"]["heard_email"] == NEW
    said = await other.says("12345", "inform", order_number="12345")
    assert said == ["utter_ask_email"]


@pytest.mark.parametrize(
    ("text", "what", "asked"),
    [
        (f"changez mon numéro de téléphone, mon mail c'est {OLD}", "phone", ASK),
        (f"j'ai changé de numéro de téléphone. code postal 69003, commande 40772, mon mail {OLD}", "phone", ASK),
        (f"change the postal address on my account. my email is {OLD}", "address", "utter_ask_order_number"),
    ],
)
async def test_an_address_beside_another_wish_says_who_writes(
    by_mail: Sessions, text: str, what: str, asked: str
) -> None:
    customer, _ = await marie(by_mail, proof="anonymous")
    assert (await customer.says(text, "change_details", email=OLD))[-1] == asked
    assert customer.slots["task"]["facts"]["what"] == what
    if asked != ASK:
        assert await customer.says("12345", "inform", order_number="12345") == ["utter_ask_postcode"]
