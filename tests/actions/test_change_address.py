"""Another address is shown, agreed to and written once; refused where the policy says so."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from actions.tasks import finding
from crm_backend.database import Sessions, new_id
from crm_backend.orders.model import Command, Order
from tests.support import shop
from tests.support.parcels import customer_of

finding.find()
BATH = ("Emma", "3 Mill Lane", "Flat 2", "BA1 1AA", "Bath")
LILAS = "5 rue des Lilas, bât B, 69007 Lyon"


async def address(sessions: Sessions, order: Order) -> tuple[str, str, str, str, str]:
    async with sessions() as session:
        row = await session.get_one(Order, order.id, populate_existing=True)
        return row.ship_name, row.ship_line1, row.ship_line2, row.ship_postcode, row.ship_city


@pytest.mark.parametrize(
    ("language", "goes_to", "said", "written"),
    [
        ("fr", shop.LYON, LILAS, ("Marie Dupont", "5 rue des Lilas", "bât B", "69007", "Lyon")),
        (
            "en",
            shop.BRISTOL,
            "Flat 2, 3 Mill Lane, Bath, ba1 1aa",
            ("Emma", "3 Mill Lane", "Flat 2", "BA1 1AA", "Bath"),
        ),
    ],
)
async def test_it_is_asked_for_shown_and_written_once(
    acting: Sessions, language: str, goes_to: dict[str, str], said: str, written: tuple[str, ...]
) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid", "address": goes_to}, language=language)
    assert await customer.says("livrez ailleurs", "change_address") == ["utter_change_address_ask"]
    assert await customer.says(said, "inform") == ["utter_change_address_confirm"]
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_change_address_done"]
    assert await address(acting, order) == written
    async with acting() as session:
        done = select(func.count()).where(Command.name == "change_address")
        assert await session.scalar(done) == 1


async def test_an_address_in_the_first_message_is_taken_and_may_be_corrected(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"})
    said = await customer.says(f"changez l'adresse pour {LILAS} merci", "change_address", postcode="69007")
    assert said == ["utter_change_address_confirm"]
    assert customer.messages[-1]["address"] == "Marie Dupont, 5 rue des Lilas, bât B, 69007 Lyon"
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("L’adresse") == ["utter_change_address_ask"]
    assert await customer.says("7 rue des Lilas, 69007 Lyon", "inform") == ["utter_change_address_confirm"]
    assert await customer.presses("Oui") == ["utter_change_address_done"]
    assert (await address(acting, order))[1] == "7 rue des Lilas"


async def test_the_new_postcode_is_no_proof(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"}, proof="anonymous")
    said = await customer.says(
        f"livrez la {order.number} au {LILAS}", "change_address", order_number=order.number, postcode="69007"
    )
    assert said == ["utter_ask_email"]
    assert await customer.says("m@example.fr", "inform", email="m@example.fr") == ["utter_ask_postcode"]


async def test_an_address_and_the_proof_in_one_message_are_told_apart(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    said = f"j'ai déménagé, envoyez-la au {LILAS}, mon mail est m@example.fr, 69003"
    assert await customer.says(said, "change_address", email="m@example.fr", postcode="69003") == [
        "utter_change_address_confirm"
    ]
    assert customer.messages[-1]["address"] == "Marie Dupont, 5 rue des Lilas, bât B, 69007 Lyon"


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("chez ma soeur", "utter_change_address_incomplete"),
        ("69007 Lyon", "utter_change_address_incomplete"),
        ("5 rue des Lilas, 99999 Lyon", "utter_change_address_postcode"),
        ("5 rue\x00 des Lilas, 69007 Lyon", "utter_change_address_incomplete"),
        ("5 rue " + "x" * 300 + ", 69007 Lyon", "utter_change_address_incomplete"),
        ("12 rue de la Gare, 1000 Bruxelles, Belgique", "utter_change_address_abroad"),
        ("12 rue de la Part-Dieu, 69003 LYON", "utter_change_address_same"),
    ],
)
async def test_what_is_no_other_address_is_not_written(acting: Sessions, said: str, answered: str) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"})
    await customer.says("changer l'adresse", "change_address")
    assert (await customer.says(said, "inform"))[0] == answered
    assert (await address(acting, order))[1] == "12 rue de la Part-Dieu"


async def test_a_question_on_the_way_is_no_address(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    await customer.says("changer l'adresse", "change_address")
    await customer.says("c'est gratuit ?", "ask_knowledge")
    assert customer.stepped_aside
    assert await customer.comes_back() == ["utter_change_address_ask"]
    assert await customer.says(LILAS, "shops") == ["utter_change_address_confirm"]


async def test_after_three_tries_a_person_goes_on(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    await customer.says("changer l'adresse", "change_address")
    for _ in range(2):
        assert await customer.says("là-bas", "inform") == [
            "utter_change_address_incomplete",
            "utter_change_address_ask",
        ]
    said = await customer.says("là-bas", "inform")
    assert said[-1].startswith("utter_handed_over")


async def test_what_the_policy_forbids_is_refused_with_its_reason(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "shipped"})
    told, more = await customer.says("changer l'adresse", "change_address")
    assert f"de la commande {order.number} ne peut plus être changée" in told
    assert more == "utter_change_address_person" and customer.slots["offered"] == "asked"


async def test_somebody_elses_order_goes_where_it_went(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    _, [foreign] = await customer_of(acting, {"status": "paid"})
    said = await customer.says(f"livrez au {LILAS}", "change_address", order_number=foreign.number)
    assert said == ["utter_not_your_order", "utter_change_address_confirm"]
    await customer.says("oui", "affirm")
    assert (await address(acting, foreign))[1] == "12 rue de la Part-Dieu"


async def test_where_to_send_it_is_heard_among_facts(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"})
    told = f"livrez la {order.number} à mon bureau : {LILAS}. mon mail est marie@example.fr"
    facts = {"order_number": order.number, "email": "marie@example.fr", "postcode": "69007"}
    assert await customer.says(told, "inform", **facts) == ["utter_change_address_confirm"]
    assert customer.messages[-1]["address"] == "Marie Dupont, 5 rue des Lilas, bât B, 69007 Lyon"


@pytest.mark.parametrize("correction", ["non attendez c'est le 18", "18 rue des Lilas, bât B, 69007 Lyon"])
async def test_what_is_shown_may_be_corrected_at_once(acting: Sessions, correction: str) -> None:
    customer, [order] = await customer_of(acting, {"status": "paid"})
    assert await customer.says(f"livrez plutôt au {LILAS}", "change_address") == ["utter_change_address_confirm"]
    assert await customer.says(correction, "inform") == ["utter_change_address_confirm"]
    assert customer.messages[-1]["address"] == "Marie Dupont, 18 rue des Lilas, bât B, 69007 Lyon"
    assert await customer.says("oui", "affirm") == ["utter_change_address_done"]
    assert (await address(acting, order))[1] == "18 rue des Lilas"


async def test_another_address_instead_of_what_is_wrong_is_taken(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "paid"})
    await customer.says(f"livrez plutôt au {LILAS}", "change_address")
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.says("18 rue des Lilas, 69007 Lyon", "change_address") == ["utter_change_address_confirm"]
    assert customer.messages[-1]["address"].startswith("Marie Dupont, 18 rue")
