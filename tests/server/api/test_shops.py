"""Shops, bookings, promotion codes, loyalty and the search for products through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support import shop
from tests.support.api import Program
from tests.support.core import write

WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture(scope="module")
async def calendar(program: Program) -> str:
    made = await program("POST", "/calendars", {"name": "Always", "zone": "Europe/Paris", "week": WEEK})
    return str(made.body["id"])


async def test_a_shop_is_kept_and_found_with_its_hours(program: Program, calendar: str) -> None:
    lyon = {"name": "Lyon", "line1": "1 rue A", "city": "Lyon", "postcode": "69 002", "country": "fr"}
    made = await program("POST", "/shops", {**lyon, "calendar_id": calendar, "services": ["returns"]})
    assert made.status == 201 and made.body["postcode"] == "69002", made.body
    changed = await program("PATCH", f"/shops/{made.body['id']}", {"phone": "04 65 71 00 01"}, If_Match='"1"')
    assert (changed.status, changed.body["phone"]) == (200, "+33465710001"), changed.body
    (found,) = (await program("POST", "/shops/find", {"place": "Lyon"})).body["items"]
    assert found["open"] is True and found["near"] == "town" and len(found["days"]) == 7
    assert (await program("GET", "/shops?service=collection")).body["items"] == []
    assert (await program("DELETE", f"/shops/{made.body['id']}", If_Match='"2"')).status == 204


async def test_a_call_is_booked_moved_and_cancelled(program: Program, house: Parts, calendar: str) -> None:
    schedule = {"kind": "call_back", "calendar_id": calendar, "team": "support"}
    assert (await program("POST", "/booking-schedules", schedule)).status == 201
    again = await program("POST", "/booking-schedules", schedule)
    assert (again.status, again.body["reason"]) == (409, "booking_scheduled_before")
    windows = (await program("POST", "/bookings/windows", {"kind": "call_back"})).body["items"]
    wanted = {"kind": "call_back", "phone": "06 39 98 00 01", "starts_at": windows[0]["starts_at"]}
    made = await program("POST", "/bookings", wanted)
    assert made.status == 201 and made.body["case_id"], made.body
    path = f"/bookings/{made.body['id']}"
    moved = await program("POST", f"{path}/move", {"starts_at": windows[1]["starts_at"]})
    assert moved.status == 200, moved.body
    listed = await program.every(f"/bookings?reference={made.body['reference'].lower()}")
    assert [one["id"] for one in listed] == [made.body["id"]]
    gone = await program("POST", f"{path}/cancel")
    assert gone.body["state"] == "cancelled"
    talk = str((await write(house.sessions)).conversation_id)
    told = await program("POST", "/bookings", wanted | {"conversation_id": talk})
    said = (await program.every(f"/conversations/{talk}/messages"))[-1]
    assert told.body["reference"] in said["text"] and said["author"] == "bot"
    none = await program("POST", "/bookings", wanted | {"starts_at": datetime(2100, 1, 1, tzinfo=UTC).isoformat()})
    assert (none.status, none.body["errors"][0]["reason"]) == (422, "booking_no_window")


async def test_a_promotion_code_is_checked_and_its_use_told(program: Program, make_program: MakeProgram) -> None:
    code = {"code": "noel15", "kind": "amount", "amount_minor": 1500, "currency": "EUR", "minimum_minor": 10_000}
    made = await program("POST", "/promo-codes", {**code, "usage_limit": 1})
    assert (made.status, made.body["code"]) == (201, "NOEL15"), made.body
    basket = {"currency": "EUR", "lines": [{"category": "tableware", "amount_minor": 9_000}]}
    told = (await program("POST", "/promo-codes/check", {"code": "NOEL15", "basket": basket})).body
    assert (told["valid"], told["reason"], told["missing"]) == (
        False,
        "below_minimum",
        {"minor": 1000, "currency": "EUR"},
    )
    path = f"/promo-codes/{made.body['id']}"
    assert (await program("POST", f"{path}/uses", {"reference": "1"})).status == 200
    assert len(await program.every(f"{path}/uses")) == 1
    assert (await program("POST", "/promo-codes/check", {"code": "NOEL15"})).body["reason"] == "used_up"
    soon = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    late = await program("PATCH", path, {"valid_to": soon}, If_Match='"1"')
    assert (late.status, late.body["errors"][0]["field"]) == (422, "valid_to")
    reader = await make_program(["catalogue.read"])
    assert (await reader("GET", "/promo-codes")).status == 403


async def test_a_customer_joins_the_programme_and_has_points(program: Program, house: Parts) -> None:
    async with house.sessions.begin() as session:
        marie = (await shop.customer(session)).id
    read = await program("GET", "/loyalty-programme")
    etag = read.headers["ETag"]
    assert (await program("PATCH", "/loyalty-programme", {"enabled": True}, If_Match=etag)).status == 200
    assert (await program("GET", f"/customers/{marie}/loyalty")).status == 404
    assert (await program("POST", "/loyalty-members", {"customer_id": str(marie)})).status == 200
    given = {"kind": "bonus", "points": 320, "reason": "Welcome"}
    assert (await program("POST", f"/customers/{marie}/loyalty/adjustments", given)).status == 200
    standing = (await program("GET", f"/customers/{marie}/loyalty")).body
    assert (standing["balance"], standing["level"]["key"], standing["missing"]) == (320, "silver", 480)
    level = {"key": "top", "names": {"fr": "Top", "en": "Top"}, "from_points": 5000}
    made = await program("POST", "/loyalty-levels", {**level, "advantages": {"fr": ["A"], "en": ["A"]}})
    assert made.status == 201, made.body
    gone = await program("DELETE", made.headers["Location"].removeprefix("/api/v1"), If_Match=made.headers["ETag"])
    assert gone.status == 204


async def test_products_are_searched_and_compared(program: Program) -> None:
    ids = []
    for name, material in (("Zéphyr", "oak"), ("Alizé", "ash")):
        product = await program(
            "POST",
            "/products",
            {"names": {"fr": f"Chaise {name}", "en": f"{name} chair"}, "attributes": {"en": {"material": material}}},
        )
        assert product.status == 201, product.body
        ids.append(product.body["id"])
        price = {"product_id": ids[-1], "price_minor": 12_000, "currency": "EUR", "options": {"colour": "sage"}}
        assert (await program("POST", "/variants", price)).status == 201
    told = (await program("POST", "/products/search", {"words": "zephir chair"})).body
    assert [one["id"] for one in told["found"]] == ids[:1]
    compared = await program("POST", "/products/compare", {"left_id": ids[0], "right_id": ids[1], "language": "en"})
    rows = {row["key"]: row for row in compared.body["rows"]}
    assert (rows["material"]["left"], rows["material"]["right"], rows["price"]["same"]) == ("oak", "ash", True)
