"""Products are found by what customers call them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.comparing import compare
from crm_backend.catalogue.model import Product, Variant
from crm_backend.catalogue.search import Search, find, find_each
from crm_backend.database import new_id
from crm_backend.errors import NotFound
from server.demo.catalogue import catalogue


@pytest.fixture
async def shop(crm: AsyncSession) -> AsyncSession:
    """The catalogue of the demo company, and a lamp and a curtain of one name."""
    products, variants, _ = catalogue(date(2026, 11, 22))
    await crm.execute(insert(Product), products)
    await crm.execute(insert(Variant), variants)
    for fr, en, category in (
        ("Lampe Ondine", "Ondine lamp", "lighting"),
        ("Rideau Ondine", "Ondine curtain", "textiles"),
    ):
        product = Product(id=new_id(), names={"fr": fr, "en": en}, category=category)
        crm.add(product)
        await crm.flush()
        crm.add(Variant(id=new_id(), product_id=product.id, options={}, price_minor=4900, currency="EUR"))
    await crm.flush()
    return crm


def names(search: Search) -> list[str]:
    return [each.name("fr") for each in search.found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("la lampe Ondine", ["Lampe Ondine"]),
        ("lamp ondin", ["Lampe Ondine"]),
        ("ONDINE LAMPE svp", ["Lampe Ondine"]),
        ("combien coûte le rideau ondine ?", ["Rideau Ondine"]),
        ("Do you have the Orée table lamp?", ["Lampe de table Orée"]),
        ("lampe oree", ["Lampe de table Orée"]),
        ("tabourets etabli", ["Tabouret Établi"]),
        ("le tabouret établi en noyer", ["Tabouret Établi"]),
        ("clairiere", ["Lampadaire Clairière"]),
        ("housse de couette en lin 240x220 blanche", ["Housse de couette Aubrac"]),
        ("lampadair clairrière", ["Lampadaire Clairière"]),
        ("candle", ["Bougie parfumée Tilleul"]),
        ("assiettes Terroir lot de quatre", ["Assiettes Terroir, lot de quatre"]),
        ("lampe Brume", []),
        ("brume lamp", []),
        ("xyzzy", []),
        ("", []),
        ("🙂 ; drop table products", []),
    ],
)
async def test_the_product_that_is_meant_is_found_and_no_other(
    shop: AsyncSession, words: str, found: list[str]
) -> None:
    assert names(await find(shop, words=words)) == found


async def test_what_is_only_a_part_of_it_is_told_apart(shop: AsyncSession) -> None:
    search = await find(shop, words="lampe Brume")
    assert not search.found and "Rideau Brume" in [each.name("fr") for each in search.near]
    unknown = await find(shop, words="lampe Galaxie", phrase=True)
    assert not unknown.found and list(unknown.unknown) == ["galaxie"] and unknown.near


async def test_options_narrow_the_variants_and_what_it_does_not_come_in_is_said(shop: AsyncSession) -> None:
    sage = (await find(shop, words="mug terroir vert sauge")).found[0]
    assert {one.options["colour"] for one in sage.variants} == {"sage"}
    refused = await find(shop, words="mug terroir bleu marine")
    assert names(refused) == ["Mug Terroir"] and refused.refused == ["navy"]
    large = (await find(shop, words="housse de couette Aubrac 240x220 lin")).found[0]
    assert {one.options["size"] for one in large.variants} == {"240x220"}
    assert large.price_from <= large.price_to and large.currency == "EUR"


async def test_a_renamed_product_is_found_by_its_new_name_at_once(shop: AsyncSession) -> None:
    lamp = (await find(shop, words="lampe ondine")).found[0]
    row = await shop.get_one(Product, lamp.id)
    row.names = {"fr": "Lampe Zéphyr", "en": "Zephyr lamp"}
    await shop.flush()
    assert names(await find(shop, words="lampe zephir")) == ["Lampe Zéphyr"]


async def test_two_products_are_compared_by_what_is_told_of_them(shop: AsyncSession) -> None:
    each = await find_each(shop, words="la lampe Orée et le lampadaire Clairière")
    assert [names(search) for search in each] == [["Lampe de table Orée"], ["Lampadaire Clairière"]]
    left, right = each[0].found[0].id, each[1].found[0].id
    row = await shop.get_one(Product, left)
    row.attributes = {"fr": {"origin": "Portugal"}, "en": {"origin": "made in Portugal", "warranty": "2 years"}}
    await shop.flush()
    rows = {row.key: row for row in (await compare(shop, left, right, language="fr")).rows}
    assert list(rows)[:2] == ["price", "available"]
    assert (rows["origin"].label, rows["origin"].left, rows["origin"].right) == ("fabrication", "Portugal", None)
    assert (rows["warranty"].left, rows["warranty"].right) == ("2 years", "2 ans")
    assert rows["care"].left is None and not rows["option.material"].same
    with pytest.raises(NotFound):
        await compare(shop, left, new_id(), language="en")
