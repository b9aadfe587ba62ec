"""Segments through the API."""

from __future__ import annotations

from crm_backend.customers.model import Customer
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support.api import Program

ENGLISH = {"field": "language", "op": "is", "value": "en"}


async def test_a_segment_is_tried_kept_counted_read_and_deleted(house: Parts, program: Program) -> None:
    async with house.sessions.begin() as session:
        session.add_all(Customer(first_name=f"S{at}", language="en" if at < 3 else "fr") for at in range(5))
    tried = await program("POST", "/segments/preview", {"rule": ENGLISH})
    assert (tried.status, tried.body["count"], len(tried.body["sample"])) == (200, 3, 3), tried.body
    made = await program("POST", "/segments", {"name": "English", "rule": ENGLISH})
    assert made.status == 201 and made.headers["ETag"] == '"1"', made.body
    where = f"/segments/{made.body['id']}"
    read = await program("GET", f"{where}?with_count=true")
    assert (read.body["count"], read.body["rule"]) == (3, ENGLISH)
    listed = await program.every("/segments?with_count=true&limit=1")
    assert [(each["name"], each["count"]) for each in listed] == [("English", 3)]
    members = await program.every(f"{where}/members?limit=2")
    assert sorted(each["first_name"] for each in members) == ["S0", "S1", "S2"]
    taken = await program("GET", f"{where}/members.csv")
    lines = taken.raw.decode().splitlines()
    assert taken.status == 200 and lines[0].startswith("id,external_id,first_name"), taken.body
    assert sorted(line.split(",")[2] for line in lines[1:]) == ["S0", "S1", "S2"]
    theirs = await program("GET", f"/customers/{members[0]['id']}/segments")
    assert [each["name"] for each in theirs.body["items"]] == ["English"]
    changed = await program("PATCH", where, {"rule": {"not": ENGLISH}}, If_Match='"1"')
    assert (changed.status, changed.body["version"]) == (200, 2), changed.body
    assert len(await program.every(f"{where}/members")) == 2
    assert (await program("DELETE", where, If_Match='"1"')).status == 412
    assert (await program("DELETE", where, If_Match='"2"')).status == 204
    assert (await program("GET", where)).status == 404


async def test_what_is_wrong_in_a_rule_is_told_with_its_place(program: Program) -> None:
    rule = {"all": [ENGLISH, {"field": "spent", "op": "ge", "value": 100}]}
    for path, body in (("/segments", {"name": "Spenders", "rule": rule}), ("/segments/preview", {"rule": rule})):
        refused = await program("POST", path, body)
        assert refused.status == 422
        assert refused.body["errors"] == [
            {
                "field": "rule.all.1.currency",
                "reason": "currency_needed",
                "detail": "Give the currency of the amount, such as EUR.",
            }
        ]
    kept = await program("POST", "/segments", {"name": "Twice", "rule": ENGLISH})
    twice = await program("POST", "/segments", {"name": "twice", "rule": ENGLISH})
    assert (kept.status, twice.status, twice.body["errors"][0]["field"]) == (201, 422, "name")


async def test_what_rules_ask_about_is_listed(program: Program) -> None:
    found = {each["name"]: each for each in (await program("GET", "/segment-fields")).body["items"]}
    assert found["spent"]["currency"] and found["spent"]["within_days"]
    assert found["stage"]["choices"] == ["prospect", "new", "active", "declining", "lost"]
    assert all(each["labels"]["fr"] and each["labels"]["en"] for each in found.values())


async def test_members_are_for_those_who_may_see_customers(program: Program, make_program: MakeProgram) -> None:
    made = await program(
        "POST", "/segments", {"name": "All", "rule": {"not": {"field": "vip", "op": "is", "value": True}}}
    )
    counts_only = await make_program(["segments.read"])
    assert (await counts_only("GET", f"/segments/{made.body['id']}?with_count=true")).status == 200
    assert (await counts_only("GET", f"/segments/{made.body['id']}/members")).status == 403
    assert (await counts_only("POST", "/segments/preview", {"rule": ENGLISH})).status == 403
    assert (await counts_only("POST", "/segments", {"name": "X", "rule": ENGLISH})).status == 403
