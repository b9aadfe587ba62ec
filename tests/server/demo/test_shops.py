"""The demo company's shops, calls, codes and programme are there to be asked about."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.call_backs.windows import free
from crm_backend.customers.model import Customer
from crm_backend.loyalty.model import LoyaltyMember
from crm_backend.loyalty.points import status_of
from crm_backend.promo_codes.checking import check
from crm_backend.shops import queries
from server.demo.catalogue import PRODUCTS
from server.demo.chance import morning
from server.demo.product_texts import texts
from server.demo.service_levels import promise
from server.demo.shops import open_shops

TODAY = date(2026, 11, 23)


@pytest.fixture
async def company(crm: AsyncSession) -> AsyncSession:
    await promise(crm)
    joined: dict[object, datetime] = {}
    for _ in range(10):
        customer = Customer(first_name="A", last_name="B")
        crm.add(customer)
        await crm.flush()
        joined[customer.id] = morning(TODAY) - timedelta(days=100)
    await open_shops(crm, joined, TODAY)  # type: ignore[arg-type]
    return crm


async def test_there_is_something_to_ask_about(company: AsyncSession) -> None:
    now = morning(TODAY)
    found = await queries.find(company, now=now)
    assert [one.city for one in found] == ["Bristol", "Lille", "London", "Lyon", "Paris"]
    assert [one.opening.open for one in found] == [False] * 5 and found[0].opening.opens_at
    assert len(await free(company, kind="call_back", now=now)) == 3
    lyon = (await queries.find(company, now=now, place="Lyon"))[0]
    assert (await free(company, kind="appointment", shop_id=lyon.id, now=now))[0].starts_at.hour == 10
    told = [(await check(company, code, now=now)).reason for code in ("bienvenue10", "TABLE15", "PRINTEMPS20")]
    assert told == [None, None, "over"]
    member = (await company.scalars(select(LoyaltyMember).order_by(LoyaltyMember.customer_id))).first()
    assert member is not None and (await status_of(company, member.customer_id, now=now)) is not None
    assert 1 < (await company.scalar(select(func.count()).select_from(LoyaltyMember)) or 0) < 10


@pytest.mark.parametrize("sold", PRODUCTS, ids=lambda sold: sold.sku)
def test_every_product_is_told_of_in_both_languages(sold) -> None:  # type: ignore[no-untyped-def]
    told = texts(sold.sku, category=sold.category, sizes=sold.sizes, materials=sold.materials)
    assert all(told["descriptions"][language] for language in ("fr", "en"))
    assert told["attributes"]["fr"].keys() == told["attributes"]["en"].keys() >= {"material", "care", "warranty"}
