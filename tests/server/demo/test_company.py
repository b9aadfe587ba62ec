"""The demo company: complete, believable, and the same every time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm_backend.agents.model import Agent
from crm_backend.cases.model import Case
from crm_backend.catalogue.model import Product, Variant
from crm_backend.catalogue.words import CATEGORIES, OPTION_NAMES, OPTION_VALUES
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.orders.model import STATUSES, Order, OrderLine, Shipment, TrackingEvent
from server.demo.carriers import s10
from server.demo.catalogue import DRAWN, PRODUCTS
from server.demo.chance import is_working_day
from server.demo.company import Loaded, happened, load, tables_on
from server.demo.showcase import SHOWCASE

# A Monday, a Sunday, the days after a bank holiday and after New Year, a leap day, a change of clocks.
DAYS = [
    date(2026, 11, 23),
    date(2026, 11, 22),
    date(2026, 5, 4),
    date(2027, 1, 4),
    date(2028, 2, 29),
    date(2026, 3, 29),
]
WEEK = [date(2026, 6, 1) + timedelta(days=days) for days in range(7)]


@cache
def tables(today: date):
    return tables_on(today, password_hash="hash")


def present(today: date) -> datetime:
    return datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=6)


def by_order(rows):
    found = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


def test_it_is_as_large_as_it_should_be():
    counts = {model.__name__: len(rows) for model, rows in tables(DAYS[0]).items()}
    assert counts["Customer"] == 300
    assert counts["Product"] == 40
    assert counts["Order"] == 900
    assert counts["Agent"] == 4
    assert counts["Identity"] == 600


def test_same_day_gives_the_same_company_identifiers_and_all():
    assert tables_on(DAYS[0], password_hash="hash") == tables_on(DAYS[0], password_hash="hash")


@pytest.mark.parametrize("today", DAYS)
def test_orders_are_numbered_in_the_order_of_time(today):
    orders = tables(today)[Order]
    assert [order["number"] for order in orders] == [str(number) for number in range(10001, 10901)]
    times = [order["placed_at"] for order in orders]
    assert times == sorted(times)
    assert present(today) - timedelta(days=731) < times[0] < times[-1] < present(today)
    assert (times[-1] - times[0]).days > 700


@pytest.mark.parametrize("today", WEEK)
def test_most_orders_are_delivered_and_every_state_exists(today):
    states = Counter(order["status"] for order in tables(today)[Order])
    assert set(states) == set(STATUSES)
    assert states["delivered"] > 600
    assert states["shipped"] >= 20


@pytest.mark.parametrize("today", [*DAYS, *WEEK])
def test_showcase_holds_whatever_the_day(today):
    found = tables(today)
    orders = {order["number"]: order for order in found[Order]}
    email = {row["customer_id"]: row["value"] for row in found[Identity] if row["kind"] == "email"}
    language = {row["id"]: row["language"] for row in found[Customer]}
    parcels = by_order(found[Shipment])
    for shown in SHOWCASE:
        order = orders[shown.number]
        facts = (order["status"], email[order["customer_id"]], order["ship_postcode"], language[order["customer_id"]])
        assert facts == (shown.status, shown.email, shown.postcode, shown.language)
        assert [parcel["status"] for parcel in parcels[order["id"]]] == [shown.status] * (shown.status != "cancelled")
    theirs = {row["customer_id"] for row in found[Identity] if row["value"] in {shown.email for shown in SHOWCASE}}
    assert {order["number"] for order in orders.values() if order["customer_id"] in theirs} == {
        s.number for s in SHOWCASE
    }


@pytest.mark.parametrize("today", [*DAYS, *WEEK])
def test_parcels_travel_forward_in_time_and_never_ahead_of_it(today):
    found = tables(today)
    placed = {order["id"]: order["placed_at"] for order in found[Order]}
    events = defaultdict(list)
    for event in found[TrackingEvent]:
        events[event["shipment_id"]].append(event["at"])
    for parcel in found[Shipment]:
        times = events[parcel["id"]]
        assert times == sorted(times)
        assert not times or placed[parcel["order_id"]] < times[0]
        assert not times or times[-1] <= present(today)
        assert (parcel["tracking_number"] is None) == (parcel["status"] == "preparing")
        assert parcel["status"] != "delivered" or parcel["delivered_at"] == times[-1]


def test_at_night_nothing_told_as_past_lies_ahead():
    night, morning = datetime(2026, 11, 23, 0, 10, tzinfo=UTC), present(DAYS[0])
    for model, rows in tables(DAYS[0]).items():
        found = happened(rows, by=night, today=DAYS[0])
        instants = [value for row in found for value in row.values() if isinstance(value, datetime)]
        assert not [at for at in instants if night < at <= morning], model
        assert happened(rows, by=morning, today=DAYS[0]) == list(rows)


@pytest.mark.parametrize("today", WEEK)
def test_parcels_under_way_are_expected_on_working_days_to_come_unless_late(today):
    found = tables(today)
    orders = {order["id"]: order for order in found[Order]}
    under_way = [parcel for parcel in found[Shipment] if parcel["status"] in ("shipped", "preparing")]
    late = [parcel for parcel in under_way if parcel["expected_to"] < today]
    assert 0 < len(late) < len(under_way) / 2
    for parcel in under_way:
        country = orders[parcel["order_id"]]["ship_country"]
        assert parcel["expected_from"] <= parcel["expected_to"]
        assert all(is_working_day(parcel[day], country) for day in ("expected_from", "expected_to"))
        assert parcel in late or parcel["expected_to"] > today


def test_some_parcels_are_lost_and_some_orders_have_two():
    found = tables(DAYS[0])
    assert any(len(parcels) == 2 for parcels in by_order(found[Shipment]).values())
    assert {"lost", "returned", "delivered"} <= {parcel["status"] for parcel in found[Shipment]}
    codes = {event["code"] for event in found[TrackingEvent]}
    assert {"attempted", "at_pickup_point", "delayed", "lost", "returning", "returned"} <= codes


def test_totals_are_the_sum_of_their_one_to_five_lines_in_the_currency_of_the_country():
    found = tables(DAYS[0])
    lines = by_order(found[OrderLine])
    home = {row["customer_id"]: row["country"] for row in found[Address]}
    for order in found[Order]:
        sums = [line["quantity"] * line["unit_price_minor"] for line in lines[order["id"]]]
        assert 1 <= len(sums) <= 5
        assert order["total_minor"] == sum(sums)
        assert order["currency"] == {"FR": "EUR", "GB": "GBP"}[home[order["customer_id"]]]


def test_nobody_can_be_reached():
    for identity in tables(DAYS[0])[Identity]:
        shape = r".+@example\.(com|fr|co\.uk)" if identity["kind"] == "email" else r"\+(3363998\d{4}|447700900\d{3})"
        assert re.fullmatch(shape, identity["value"]), identity["value"]


def test_every_email_address_and_every_external_identifier_is_one_of_a_kind():
    found = tables(DAYS[0])
    for values in (
        [row["value"] for row in found[Identity]],
        [row["external_id"] for row in found[Variant]],
        [row["external_id"] for row in found[Product]],
        [row["tracking_number"] for row in found[Shipment] if row["tracking_number"]],
    ):
        assert len(values) == len(set(values))


def test_sixty_in_a_hundred_are_french():
    assert Counter(row["country"] for row in tables(DAYS[0])[Address]) == {"FR": 180, "GB": 120}


def test_customers_join_before_their_first_order():
    found = tables(DAYS[0])
    joined = {row["id"]: row["created_at"] for row in found[Customer]}
    assert all(joined[order["customer_id"]] < order["placed_at"] for order in found[Order])


def test_products_have_both_names_and_every_code_has_words():
    found = tables(DAYS[0])
    for product in found[Product]:
        assert set(product["names"]) == {"fr", "en"}
        assert product["category"] in CATEGORIES
    for variant in found[Variant]:
        assert set(variant["options"]) <= set(OPTION_NAMES)
        assert set(variant["options"].values()) <= set(OPTION_VALUES)


def test_check_digit_of_the_postal_union():
    # The example of UPU standard S10.
    assert s10("RR", "47312482", "GB") == "RR473124829GB"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    for language in ("fr", "en"):
        (tmp_path / language).mkdir()
        head = f"key: a\ncategory: delivery\ntitle: T {language}\nslug: s\nsummary: S\nquestions:\n  - q ?\n"
        (tmp_path / language / "a.md").write_text(f"---\n{head}---\n\nBody.\n\n## Part\n\nText.\n", encoding="utf-8")
    return tmp_path


def embed(texts: list[str]) -> list[list[float]]:
    return [[0.05] * 384 for _ in texts]


async def test_loading_fills_an_empty_database_once(session, articles):
    first = await load(session, today=DAYS[0], embed=embed, password_hash="hash", articles=articles)
    again = await load(session, today=DAYS[1], embed=embed, password_hash="hash", articles=articles)
    assert first.orders == 900
    assert first.articles == 1
    assert again == Loaded()
    assert not again
    stages = dict((await session.execute(select(Case.stage, func.count()).group_by(Case.stage))).tuples().all())
    assert sum(stages.values()) == first.cases == 21
    assert set(stages) == {"active", "waiting_customer", "waiting_other", "resolved", "closed"}
    assert await session.scalar(select(func.count()).where(Case.acknowledge.is_not(None))) == 0
    assert await session.scalar(select(func.count()).select_from(Order)) == 900
    assert await session.scalar(select(func.count()).where(Customer.demo)) == 300
    agents = {agent.email: (agent.role, agent.demo) for agent in await session.scalars(select(Agent))}
    assert agents["sophie@maison-tilleul.example"] == ("supervisor", True)
    assert len(agents) == 4


async def test_company_with_customers_of_its_own_is_left_alone(session, articles):
    session.add(Customer(first_name="Real"))
    await session.flush()
    assert not await load(session, today=DAYS[0], embed=embed, password_hash="hash", articles=articles)
    assert await session.scalar(select(func.count()).select_from(Order)) == 0


def test_every_category_has_a_drawing_in_the_shop() -> None:
    drawn = (Path(__file__).parents[3] / "web" / "demo" / "art.ts").read_text(encoding="utf-8")
    assert set(DRAWN) == {sold.category for sold in PRODUCTS}
    assert not [name for name in DRAWN.values() if f"\n  {name}: frame(" not in drawn]
