"""The next best offer: what others bought with it, to whom it may be offered, and when not."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.cases.model import Case
from crm_backend.catalogue.model import Product, Variant
from crm_backend.conversations.model import Conversation
from crm_backend.customers import consents
from crm_backend.customers.model import Identity
from crm_backend.database import new_id
from crm_backend.errors import NotAllowed, NotFound
from crm_backend.offers import pairs
from crm_backend.offers.model import ProductPair
from crm_backend.offers.services import Offers, offers_for
from crm_backend.orders.model import OrderLine
from crm_backend.value.model import ValueSettings
from tests.crm_backend.value.shop import NOW, customer, order

PLAIN = ValueSettings(window_days=365, pair_orders=2, pair_confidence=0.1, pair_lift=1.0)


class Shop:
    """A shop with products by name."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.products: dict[str, Product] = {}

    async def sells(self, *names: str) -> None:
        for name in names:
            product = Product(id=new_id(), names={"en": name}, category="c")
            variants = [
                Variant(id=new_id(), product=product, price_minor=price, currency="EUR") for price in (900, 700)
            ]
            product.variants = variants
            self.products[name] = product
            self.session.add(product)
        await self.session.flush()

    async def bought(self, owner: UUID, *names: str, days: float = 5, status: str = "delivered") -> None:
        made = order(self.session, owner, days, status=status)
        await self.session.flush()
        variants = [self.products[name].variants[0].id for name in names]
        self.session.add_all(
            OrderLine(order_id=made.id, position=at, variant_id=variant, names={}, unit_price_minor=1)
            for at, variant in enumerate(variants)
        )
        await self.session.flush()


@pytest.fixture
async def shop(crm: AsyncSession) -> Shop:
    """Four products; sheets and pillows go together."""
    made = Shop(crm)
    await made.sells("sheet", "pillow", "lamp", "rug")
    others = [await customer(crm) for _ in range(6)]
    for at, one in enumerate(others):
        await made.bought(one, *(("sheet", "pillow"), ("sheet", "pillow"), ("sheet", "pillow"), ("sheet",), ("lamp",),
                                 ("lamp", "rug"))[at])  # fmt: skip
    await pairs.compute(crm, PLAIN, now=NOW)
    return made


async def agreed(shop: Shop, *bought: str, at: datetime = NOW - timedelta(days=9)) -> UUID:
    one = await customer(shop.session)
    if bought:
        await shop.bought(one, *bought)
    consents.note(shop.session, customer_id=one, purpose="offers", given=True, how="form", actor="system", at=at)
    await shop.session.flush()
    return one


async def offered(shop: Shop, owner: UUID) -> Offers:
    return await offers_for(shop.session, SYSTEM, owner)


def product_names(found: Offers) -> list[str]:
    return [offer.names["en"] for offer in found.offers]


async def test_what_goes_with_what_they_bought_is_offered_with_its_reason(shop: Shop) -> None:
    found = await offered(shop, await agreed(shop, "sheet"))
    assert (product_names(found), found.withheld) == (["pillow"], None)
    offer = found.offers[0]
    assert (offer.because_names, offer.orders, offer.price_minor, offer.currency) == ({"en": "sheet"}, 3, 700, "EUR")
    assert offer.confidence == pytest.approx(3 / 4) and offer.lift == pytest.approx(3 / 4 / (3 / 6))


async def test_pairs_are_those_that_counting_by_hand_finds(crm: AsyncSession) -> None:
    chance, made = random.Random(2), Shop(crm)
    names = [f"p{at}" for at in range(8)]
    await made.sells(*names)
    one, baskets = await customer(crm), []
    for number in range(80):
        basket, days = chance.sample(names, chance.randrange(1, 5)), chance.randrange(500)
        status = chance.choice(("delivered", "shipped", "cancelled", "returned"))
        await made.bought(one, *basket, *basket[: number % 2], days=days + 0.5, status=status)
        if status in ("delivered", "shipped") and days < 365:
            baskets.append(set(basket))
    await pairs.compute(crm, PLAIN, now=NOW)
    single = Counter(name for basket in baskets for name in basket)
    both = Counter(pair for basket in baskets for pair in permutations(basket, 2))
    right = {}
    for (first, second), count in both.items():
        confidence = count / single[first]
        lift = count * len(baskets) / (single[first] * single[second])
        if count >= 2 and confidence >= 0.1 and lift >= 1:
            key = (made.products[first].id, made.products[second].id)
            right[key] = (count, count / len(baskets), confidence, lift)
    rows = list(await crm.scalars(select(ProductPair)))
    found = {(row.product_id, row.with_id): (row.orders, row.support, row.confidence, row.lift) for row in rows}
    assert found.keys() == right.keys() and len(found) > 5
    assert all(found[key] == pytest.approx(right[key]) for key in right)


async def test_nothing_is_offered_twice_or_that_is_not_to_be_had(shop: Shop) -> None:
    assert product_names(await offered(shop, await agreed(shop, "sheet", "pillow"))) == []
    for variant in shop.products["pillow"].variants:
        variant.available = False
    await shop.session.flush()
    found = await offered(shop, await agreed(shop, "sheet"))
    assert (found.offers, found.withheld) == ((), "nothing_goes_with_it")
    assert (await offered(shop, await agreed(shop))).withheld == "nothing_bought"


async def test_nothing_is_offered_without_consent_or_once_it_is_withdrawn(shop: Shop) -> None:
    one = await customer(shop.session)
    await shop.bought(one, "sheet")
    assert (await offered(shop, one)).withheld == "no_consent"
    two = await agreed(shop, "sheet")
    assert product_names(await offered(shop, two)) == ["pillow"]
    consents.note(shop.session, customer_id=two, purpose="offers", given=False, how="mail", actor="system", at=NOW)
    await shop.session.flush()
    assert (await offered(shop, two)).withheld == "no_consent"


@pytest.mark.parametrize(
    ("type_key", "stage", "withheld"),
    [
        ("complaint", "active", "complaint"),
        ("complaint", "waiting_customer", "complaint"),
        ("complaint", "closed", None),
        ("question", "active", None),
    ],
)
async def test_nothing_is_offered_to_who_complains(shop: Shop, type_key: str, stage: str, withheld: str | None) -> None:
    one = await agreed(shop, "sheet")
    shop.session.add(
        Case(
            number="C-1", type_key=type_key, subject="S", customer_id=one, status="new", stage=stage, team="support",
            opened_by="system",
        )
    )  # fmt: skip
    await shop.session.flush()
    assert (await offered(shop, one)).withheld == withheld


@pytest.mark.parametrize(
    ("owner", "mood", "withheld"), [("bot", "upset", "upset"), ("bot", "calm", None), ("nobody", "upset", None)]
)
async def test_nothing_is_offered_to_who_is_angry_now(shop: Shop, owner: str, mood: str, withheld: str | None) -> None:
    one = await agreed(shop, "sheet")
    identity = Identity(id=new_id(), customer_id=one, kind="email", value="a@example.com")
    shop.session.add(identity)
    await shop.session.flush()
    shop.session.add(
        Conversation(channel="mail", address="a", identity_id=identity.id, customer_id=one, owner=owner, mood=mood)
    )
    await shop.session.flush()
    assert (await offered(shop, one)).withheld == withheld


async def test_offers_cost_a_handful_of_statements_and_need_a_right(shop: Shop) -> None:
    one, counted = await agreed(shop, "sheet"), []
    connection = (await shop.session.connection()).sync_connection

    def count(*_: object) -> None:
        counted.append(1)

    event.listen(connection, "before_cursor_execute", count)
    await offered(shop, one)
    event.remove(connection, "before_cursor_execute", count)
    assert len(counted) <= 5
    with pytest.raises(NotAllowed):
        await offers_for(shop.session, Actor("agent:1"), one)
    with pytest.raises(NotFound):
        await offers_for(shop.session, SYSTEM, new_id())
