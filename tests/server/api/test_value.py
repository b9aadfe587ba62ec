"""Customers' value through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from crm_backend.catalogue.model import Product
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.offers.model import ProductPair
from crm_backend.orders.model import Order
from crm_backend.value import schedule, services
from crm_backend.value.model import ValueModel
from server.app import Parts
from tests.support.api import Program

CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


async def buyer(house: Parts, *orders: int) -> UUID:
    """A customer who ordered so many days ago."""
    async with house.sessions.begin() as session:
        customer = Customer(id=new_id(), first_name="Buyer")
        session.add(customer)
        await session.flush()
        session.add_all(
            Order(
                number=f"{customer.id}-{days}",
                number_key=f"{customer.id}-{days}",
                customer_id=customer.id,
                status="delivered",
                placed_at=utc_now() - timedelta(days=days),
                total_minor=5_000,
                currency="EUR",
            )
            for days in orders
        )
        await session.flush()
        await services.refresh_changed(session)
    return customer.id


async def test_what_is_known_of_a_customer_is_read_and_the_rest_is_null(house: Parts, program: Program) -> None:
    customer = await buyer(house, 10, 400)
    read = await program("GET", f"/customers/{customer}/value")
    known = {name: read.body[name] for name in ("orders", "spent_minor", "currency", "window_orders", "stage", "vip")}
    assert known == {
        "orders": 2,
        "spent_minor": 10_000,
        "currency": "EUR",
        "window_orders": 2,
        "stage": "active",
        "vip": False,
    }
    assert read.body["lifetime_value_minor"] is None and read.body["leaving_risk"] is None
    stages = await program.every(f"/customers/{customer}/stages")
    assert [(each["previous"], each["stage"]) for each in stages] == [(None, "active")]
    assert (await program("GET", f"/customers/{new_id()}/value")).status == 404


async def test_somebody_says_who_is_a_vip(house: Parts, program: Program) -> None:
    customer = await buyer(house)
    where = f"/customers/{customer}/vip"
    assert (await program("PUT", where, {"vip": True})).status == 428
    chosen = await program("PUT", where, {"vip": True, "note": "A friend of the house"}, If_Match='"1"')
    assert (chosen.status, chosen.body["vip"], chosen.body["version"]) == (200, True, 2), chosen.body
    assert (await program("PUT", where, {"vip": False}, If_Match='"1"')).status == 412
    by_rule = await program("PUT", where, {"vip": None}, If_Match='"2"')
    assert (by_rule.body["vip"], by_rule.body["vip_by_hand"]) == (False, None)


async def test_settings_are_read_and_changed(program: Program) -> None:
    read = await program("GET", "/value-settings")
    assert (read.status, read.body["window_days"], list(read.body["stage_rules"])) == (
        200,
        730,
        ["prospect", "new", "active", "declining"],
    )
    rule = {"field": "first_order", "op": "in_last_days", "value": 30}
    changed = await program(
        "PATCH", "/value-settings", {"window_days": 365, "stage_rules": {"new": rule}}, If_Match=read.headers["ETag"]
    )
    assert changed.status == 200, changed.body
    assert (changed.body["window_days"], changed.body["stage_rules"]["new"]) == (365, rule)
    wrong = {"stage_rules": {"new": {"field": "stage", "op": "is", "value": "new"}}}
    refused = await program("PATCH", "/value-settings", wrong, If_Match=changed.headers["ETag"])
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "stage_rules.new.field")


async def test_models_runs_and_pairs_are_listed(house: Parts, program: Program) -> None:
    now = datetime.now(UTC)
    async with house.sessions.begin() as session:
        session.add(ValueModel(kind="bg_nbd", parameters=CDNOW, statistics={"customers": 3}, as_of=now))
        await schedule.note_done(session, now=now)
        products = [Product(id=new_id(), names={"fr": f"P{at}"}) for at in range(3)]
        session.add_all(products)
        await session.flush()
        session.add_all(
            ProductPair(product_id=one.id, with_id=other.id, orders=5, support=0.1, confidence=0.5, lift=2.0)
            for one in products
            for other in products
            if one is not other
        )
    assert (await program.every("/value-models"))[0]["parameters"] == CDNOW
    assert [each["name"] for each in await program.every("/value-runs?limit=1")] == ["pairs", "value"]
    assert len(await program.every("/product-pairs?limit=2")) == 6


async def test_offers_say_why_there_are_none(house: Parts, program: Program) -> None:
    customer = await buyer(house, 3)
    read = await program("GET", f"/customers/{customer}/offers")
    assert (read.status, read.body) == (200, {"offers": [], "withheld": "no_consent"})
