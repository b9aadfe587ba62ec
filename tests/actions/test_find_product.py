"""Looking for products, asking what they cost, and comparing two, in the catalogue of the demo company."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from actions.tasks import finding
from crm_backend.catalogue.model import Product, Variant
from crm_backend.database import Sessions, new_id
from server.demo.catalogue import catalogue
from tests.support import core
from tests.support.talking import Customer

finding.find()


@pytest.fixture
async def shop(acting: Sessions) -> Sessions:
    """The catalogue of the demo company, and a lamp that is sold out."""
    products, variants, _ = catalogue(date(2026, 11, 22))
    async with acting.begin() as session:
        await session.execute(insert(Product), products)
        await session.execute(insert(Variant), variants)
        lamp = Product(id=new_id(), names={"fr": "Lampe Ondine", "en": "Ondine lamp"}, category="lighting")
        session.add(lamp)
        await session.flush()
        sold = Variant(id=new_id(), product_id=lamp.id, options={}, price_minor=4900, currency="EUR", available=False)
        session.add(sold)
    return acting


async def test_when_it_is_back_is_about_the_product_that_was_shown(shop: Sessions) -> None:
    for language, asked, back in (
        ("fr", "la lampe Ondine est dispo ?", "elle revient quand ?"),
        ("en", "is the Ondine lamp available?", "when is it back"),
    ):
        customer = await visitor(shop, language)
        await customer.says(asked, "find_product")
        assert (await customer.says(back, "return_status", confidence=0.59))[1] == "utter_find_product_back_when"
        assert titles(customer) and not customer.open


async def visitor(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


def titles(customer: Customer) -> list[str]:
    return [card["title"] for said in customer.messages for card in (said.get("custom") or {}).get("cards", [])]


@pytest.mark.parametrize(
    ("language", "text", "said", "title"),
    [
        ("fr", "avez-vous la lampe de table Orée ?", "utter_find_product_one", "Lampe de table Orée"),
        ("en", "have you got the Orée table lamp", "utter_find_product_one", "Orée table lamp"),
        ("fr", "la lampe Brume, vous l’avez ?", "utter_find_product_near", "Rideau"),
        ("fr", "avez-vous la lampe Nova ?", "utter_find_product_near", "Lampe"),
        ("fr", "un tapis rond", "utter_find_product_closest", "Tapis"),
        ("fr", "un panier pour chien", "utter_find_product_closest", "Panier à linge Camargue"),
        ("fr", "des rideaux occultants", "utter_find_product_closest", "Rideau Brume"),
        ("fr", "une lampe pas chère svp", "utter_find_product_several", "Lampe de table Orée"),
        ("fr", "je cherche une étagère en chêne", "utter_find_product_one", "Étagère murale Trait"),
        ("en", "a lamp shade", "utter_find_product_closest", "lamp"),
        ("en", "have you any mirrors please", "utter_find_product_one", "Halo round mirror"),
        ("fr", "le fauteuil vert est-il disponible ?", "utter_find_product_none", None),
        ("fr", "un cadeau pour ma belle-mère", "utter_find_product_none", None),
        ("en", "do you have that in black?", "utter_find_product_several", "e"),
        ("en", "do you sell bluetooth headphones", "utter_find_product_none", None),
        ("fr", "🙂 ; -- qwzx", "utter_find_product_none", None),
    ],
)
async def test_what_there_is_is_shown_and_what_there_is_not_is_said(
    shop: Sessions, language: str, text: str, said: str, title: str | None
) -> None:
    customer = await visitor(shop, language)
    assert (await customer.says(text, "find_product"))[0] == said
    assert not customer.open
    shown = titles(customer)
    assert (title is None and not shown) or any(title in each for each in shown if title)


async def test_what_is_sold_out_is_said_to_be(shop: Sessions) -> None:
    customer = await visitor(shop)
    said = await customer.says("il vous reste des lampes Ondine ?", "find_product")
    assert said == ["utter_find_product_one", "utter_find_product_sold_out"]


@pytest.mark.parametrize(
    ("minor", "said"), [(3_000_00, "utter_find_product_budget"), (1, "utter_find_product_over_budget")]
)
async def test_a_budget_is_kept_to(shop: Sessions, minor: int, said: str) -> None:
    customer = await visitor(shop)
    entity: dict[str, Any] = {"entity": "amount", "value": "x", "minor": minor, "currency": "EUR"}
    customer.entities = [entity]
    assert (await customer.says("une lampe à moins de ça", "find_product"))[0] == said


async def test_a_price_is_told_and_it_is_the_one_shown_last(shop: Sessions) -> None:
    customer = await visitor(shop)
    assert await customer.says("c’est combien la lampe Ondine", "product_price") == ["utter_product_price_one"]
    assert customer.messages[0]["price"] == "49,00\u00a0€" and "puisé" in customer.messages[0]["stock"]
    assert await customer.says("et elle coûte combien ?", "product_price") == ["utter_product_price_one"]
    stranger = await visitor(shop, "en")
    assert await stranger.says("how much is it?", "product_price") == ["utter_product_price_which"]
    assert await stranger.says("price of the lamp Brume", "product_price") == ["utter_product_price_near"]


async def test_two_products_are_put_side_by_side(shop: Sessions) -> None:
    customer = await visitor(shop)
    said = await customer.says("la lampe de table Orée ou le lampadaire Clairière ?", "compare_products")
    assert said[0] == "utter_compare_products"
    assert "prix" in customer.messages[0]["rows"] and len(titles(customer)) == 2
    await customer.says("la lampe Ondine", "find_product")
    assert await customer.says("coton ou lin, c’est quoi le mieux ?", "compare_products") == [
        "utter_compare_products_none"
    ]
    said = await customer.says("comparez-la au lampadaire Clairière", "compare_products")
    assert customer.messages[0]["left"] == "Lampe Ondine"


async def test_which_two_is_asked_where_there_are_more(shop: Sessions) -> None:
    customer = await visitor(shop, "en")
    assert await customer.says("I can’t choose between your lamps", "compare_products") == [
        "utter_compare_products_which"
    ]
    assert (await customer.says("1 and 3", "nlu_fallback"))[0] == "utter_compare_products"
    assert (await customer.says("which one is best", "compare_products"))[0] == "utter_compare_products"


async def test_one_product_alone_is_compared_with_another_that_is_chosen(shop: Sessions) -> None:
    customer = await visitor(shop)
    said = await customer.says("comparez la lampe de table Orée avec autre chose", "compare_products")
    assert said == ["utter_compare_products_with"]
    assert (await customer.says("la dernière", "choose", choice="-1"))[0] == "utter_compare_products"


@pytest.mark.parametrize(
    ("language", "looks", "asks"),
    [
        ("fr", "la lampe de table Orée ou le lampadaire Clairière ?", "quelle différence entre les deux ?"),
        ("en", "the Orée table lamp or the Clairière floor lamp?", "what’s the difference between them?"),
    ],
)
async def test_the_difference_between_them_is_between_those_just_shown(
    shop: Sessions, language: str, looks: str, asks: str
) -> None:
    customer = await visitor(shop, language)
    assert await customer.says(asks, "compare_products") == ["utter_compare_products_none"]
    await customer.says(looks, "compare_products")
    shown = titles(customer)
    assert (await customer.says(asks, "compare_products"))[0] == "utter_compare_products"
    assert titles(customer) == shown and len(shown) == 2


async def test_of_several_that_were_shown_two_are_chosen(shop: Sessions) -> None:
    customer = await visitor(shop)
    await customer.says("je cherche du linge de lit", "find_product")
    shown = titles(customer)
    assert len(shown) > 2
    assert await customer.says("c’est quoi la différence entre elles ?", "compare_products") == [
        "utter_compare_products_which"
    ]
    offered = [each["title"] for each in customer.messages[-1]["buttons"]]
    assert offered == shown
    assert (await customer.says("combien coûtent-elles ?", "product_price"))[0] == "utter_product_price_several"
    assert titles(customer) == shown


async def test_a_price_or_a_colour_alone_is_of_what_was_just_shown(shop: Sessions) -> None:
    customer = await visitor(shop)
    await customer.says("la lampe de table Orée ou le lampadaire Clairière ?", "compare_products")
    shown = titles(customer)
    assert await customer.says("combien ?", "product_price") == ["utter_product_price_several"]
    assert titles(customer) == shown
    await customer.says("et en noir ?", "find_product")
    assert titles(customer) == ["Lampadaire Clairière"]
    assert await customer.says("je le veux en vert sauge", "find_product") == ["utter_find_product_other_option"]
    assert titles(customer) == ["Lampadaire Clairière"]
