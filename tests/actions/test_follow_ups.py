"""Short messages that go on with what was spoken of: products on the screen, what did not help, a country."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions import addresses, product_pointing, still
from actions.turn import Turn
from crm_backend.catalogue.search import ProductMatch


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
