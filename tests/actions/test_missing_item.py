"""What is missing becomes a case; what is wrong comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.missing_item import WHAT
from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, new_id
from crm_backend.orders import moving, tracking
from crm_backend.orders.creating import NewLine
from crm_backend.returns.model import ReturnLine
from tests.support.owning import buyer
from tests.support.parcels import customer_of

finding.find()
VASE = NewLine(1, 2500, names={"fr": "Vase Argile", "en": "Clay vase"})
PLATES = NewLine(4, 900, names={"fr": "Assiette", "en": "Plate"})


@pytest.mark.parametrize(("language", "text"), [("fr", "il manque le vase"), ("en", "the vase is missing")])
async def test_what_is_missing_becomes_a_case_once(acting: Sessions, language: str, text: str) -> None:
    customer, order = await buyer(acting, VASE, PLATES, language=language)
    assert await customer.says(text, "missing_item") == ["utter_missing_item_confirm"]
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_missing_item_done"]
    async with acting() as session:
        [case] = await session.scalars(select(Case))
    assert (case.type_key, case.tags) == ("incident", ["missing_item"])
    assert order.number in case.subject
    assert ("Vase Argile" if language == "fr" else "Clay vase") in (case.description or "")
    assert await customer.says(text, "missing_item") == ["utter_case_already_open"]


async def test_which_and_how_many_is_asked_for_or_told_in_words(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, PLATES)
    assert await customer.says("il manque un article", "missing_item") == ["utter_missing_item_which"]
    assert await customer.says("les assiettes", "inform") == ["utter_how_many_pieces"]
    assert await customer.says("2", "inform", number="2") == ["utter_missing_item_confirm"]
    assert customer.messages[-1]["what"] == "2\u00a0× Assiette"
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("L’article") == ["utter_missing_item_which"]
    assert await customer.presses("Autre chose") == ["utter_missing_item_detail"]
    assert await customer.says("la vis du pied", "inform") == ["utter_missing_item_confirm"]
    assert customer.messages[-1]["what"] == "la vis du pied"


async def test_a_wrong_item_comes_back(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, language="en")
    assert await customer.says("something's off with my parcel", "missing_item") == ["utter_missing_item_what"]
    assert await customer.presses("It’s the wrong item") == ["utter_make_good_confirm_refund"]
    assert await customer.says("yes", "affirm") == ["utter_make_good_done_bare"]
    async with acting() as session:
        [line] = await session.scalars(select(ReturnLine))
    assert line.reason == "wrong_item"


async def test_it_may_be_in_the_other_parcel(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "shipped"})
    async with acting.begin() as session:
        await moving.ship(session, order.id, actor=SYSTEM, carrier="Colissimo", tracking_number="B2")
        await tracking.report(session, order.shipments[0].id, actor=SYSTEM, code="delivered")
    said = await customer.says("il manque des verres", "missing_item")
    assert said == ["utter_order_partly", "utter_missing_item_other_parcel"]
    assert not customer.open


async def test_before_it_arrives_nothing_is_missing(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "shipped", "due": 1})
    assert await customer.says("il manque un coussin", "missing_item") == ["utter_order_shipped_expected"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("il manque une serviette dans le carton", "missing"),
        ("j'ai reçu 3 assiettes au lieu de 4", "missing"),
        ("il n'y avait que deux coussins sur les trois", "missing"),
        ("two plates instead of four", "missing"),
        ("c'est pas la bonne couleur que j'ai reçue", "wrong"),
        ("drap housse au lieu de drap plat", "wrong"),
        ("vous m'avez envoyé le colis de quelqu'un d'autre", "wrong"),
        ("I got the wrong lamp", "wrong"),
    ],
)
def test_what_happened_is_read_from_the_words(text: str, code: str) -> None:
    assert [each.code for each in WHAT if each.said.search(text)] == [code]
