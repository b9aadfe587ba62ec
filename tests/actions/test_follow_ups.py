"""Short messages that go on with what was spoken of: products on the screen, what did not help, a country."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions import addresses, product_pointing, still
from actions.tasks import code_said, finding, how_asked
from actions.tasks.by_the_way import given
from actions.tasks.topic import TOPICS
from actions.turn import Turn
from crm_backend.catalogue.search import ProductMatch

finding.find()


def turn(text: str, **entities: str) -> Turn:
    slots: dict[str, Any] = {product_pointing.SHOWN_LAST: ["one", "two"]}
    return cast("Turn", SimpleNamespace(text=text, meant=text, entities=entities, slot=slots.get))


def shown(*prices: int) -> list[ProductMatch]:
    return [cast("ProductMatch", SimpleNamespace(price_from=price, price_to=price)) for price in prices]


@pytest.mark.parametrize(
    ("text", "entities", "price"),
    [
        ("la moins chère ?", {}, 10), ("and the cheapest?", {}, 10), ("et la plus chère", {}, 30),
        ("the second one", {"choice": "2"}, 20), ("la blanche", {}, None), ("the last one", {"choice": "-1"}, 30),
    ],
)  # fmt: skip
def test_one_of_those_shown_is_meant_by_its_price_or_place(text: str, entities: dict[str, str], price: Any) -> None:
    found = product_pointing.the_one(
        turn(text, **entities), shown(20, 20, 30) if "choice" in entities else shown(30, 10)
    )
    assert (found and found.price_from) == price


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("la blanche", True), ("in white?", True), ("en vert svp", True), ("anything bigger?", True),
        ("et en noir vous avez ?", True), ("où est ma commande", False), ("non", False),
        ("the white rabbit is late", False),
    ],
)  # fmt: skip
def test_a_colour_alone_is_of_what_was_shown(text: str, points: bool) -> None:
    assert product_pointing.is_said(turn(text)) == points


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("et en belgique ?", True), ("do you deliver to ireland", True), ("Livrez-vous aux États-Unis ?", True),
        ("combien coûte la livraison", False), ("tell us when it leaves", False),
    ],
)  # fmt: skip
def test_a_country_is_found_anywhere(text: str, named: bool) -> None:
    assert addresses.names_country(text) == named


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ça marche toujours pas", True), ("still not working", True), ("i did that already", True),
        ("j'ai déjà essayé", True), ("merci ça marche", False), ("où est ma commande", False),
    ],
)  # fmt: skip
def test_what_did_not_help_is_heard(text: str, says: bool) -> None:
    assert still.says_so(text) == says


COMPLAINED, PAID = (
    {"topic": topic, "case": {"number": "C-2026-000001", "topic": topic}} for topic in ("complaint", "payment_trouble")
)


@pytest.mark.parametrize(
    ("text", "topic", "slots", "goes_on"),
    [
        ("and with vinegar?", "product_care", {"care_of": "a throw"}, True),
        ("je peux la repasser ?", "product_care", {"care_of": "une housse"}, True),
        ("et la livraison ?", "product_care", {"care_of": "une housse"}, False),
        ("and with vinegar?", "product_care", {}, False),
        ("why is my parcel late", "promo_code", {"promo_code_told": "WELCOME"}, False),
        ("thanks and in my company's name please", "invoice", {}, True),
        ("merci pour la facture", "invoice", {}, False),
        ("why was it refused then", "promo_code", {"promo_code_told": "WELCOME"}, True),
        ("why was it refused then", "promo_code", {}, False),
        ("under 60", "find_product", {product_pointing.SHOWN_LAST: ["one"]}, True),
        ("under 60", "find_product", {product_pointing.SHOWN_LAST: None}, False),
        ("do you sell them?", "gift_card", {}, True), ("do you sell lamps", "gift_card", {}, False),
        ("how long till I hear", "case_status", COMPLAINED, True),
        ("combien de temps ?", "case_status", COMPLAINED, True),
        ("et vous répondez par où", "case_status", COMPLAINED, True),
        ("when do I get it back", "case_status", PAID, True),
        ("when do I get it back", "case_status", COMPLAINED, False),
        ("how long does delivery take to Paris, and how much is it then", "case_status", COMPLAINED, False),
        ("how long till I hear", "case_status", {**COMPLAINED, "topic": "order_status"}, False),
    ],
)  # fmt: skip
async def test_a_topic_goes_on_with_what_was_told(text: str, topic: str, slots: dict[str, Any], goes_on: bool) -> None:
    said = SimpleNamespace(text=text, meant=text, entities={}, intent="nlu_fallback", slot=slots.get)
    assert await TOPICS[topic].goes_on(cast("Turn", said)) == goes_on


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how do I return a lamp?", True), ("comment on échange un article", True),
        ("can I return something opened", True),
        ("puis-je rendre un tapis ?", True), ("comment renvoyer un truc acheté chez vous", True),
        ("how do I return my lamp", False), ("je veux renvoyer une lampe", False),
        ("comment je fais pour vous renvoyer la lampe ?", False),
        ("comment annuler la commande que je viens de passer", False), ("how do I return the rug I bought", False),
    ],
)  # fmt: skip
def test_who_asks_how_it_goes_has_nothing_in_hand_yet(text: str, asks: bool) -> None:
    latest = {"entities": []}
    said = SimpleNamespace(text=text, meant=text, also=[], tracker=SimpleNamespace(latest_message=latest))
    assert how_asked.is_asked(cast("Turn", said)) == asks


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("le code marche pas… pourquoi", True), ("the code doesn't work", True), ("pourquoi ?", True),
        ("ça marche pas", True), ("ça marche", False), ("123 456", False), ("mon code promo est refusé", False),
    ],
)  # fmt: skip
def test_who_says_that_the_code_does_not_work_is_heard(text: str, says: bool) -> None:
    assert code_said.does_not_work(text) == says


def test_what_stands_in_a_further_request_is_that_ones() -> None:
    numbers = [{"entity": "order_number", "value": "10888"}, {"entity": "order_number", "value": "10234"}]
    said = SimpleNamespace(
        text="", also=[{"entities": [0]}], tracker=SimpleNamespace(latest_message={"entities": numbers})
    )
    assert given(cast("Turn", said)) == {"order_number": "10234"}
