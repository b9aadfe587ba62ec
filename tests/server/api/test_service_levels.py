"""Calendars, service levels and rules through the API."""

from __future__ import annotations

from uuid import uuid4

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.customers.model import Customer
from server.app import Parts
from tests.support.api import Program

WEEK = {"mon": [["09:00", "12:30"], ["13:30", "18:00"]], "fri": [["22:00", "06:00"]]}


async def calendar(program: Program, **more: object) -> dict[str, object]:
    body = {"name": f"Paris {uuid4().hex}", "zone": "Europe/Paris", "place": "FR", "week": WEEK, **more}
    made = await program("POST", "/calendars", body)
    assert made.status == 201, made.body
    return made.body


async def test_a_calendar_is_made_counted_by_changed_and_deleted(program: Program) -> None:
    made = await calendar(program, days=[{"day": "2026-12-28", "name": "Stocktaking"}])
    assert (await program("GET", f"/calendars/{made['id']}")).body == made
    counted = await program(
        "POST",
        f"/calendars/{made['id']}/count",
        {"start": "2026-12-21T08:00:00+01:00", "minutes": 490, "end": "2027-01-04T10:00:00+01:00"},
    )
    # Christmas is on that Friday and the Monday after is closed: eight hours on the 21st, none on the 28th, New Year.
    assert counted.body == {"due_at": "2027-01-04T08:10:00Z", "minutes": 540.0, "open": False}
    changed = await program("PATCH", f"/calendars/{made['id']}", {"days": []}, If_Match='"1"')
    assert (changed.status, changed.body["version"], changed.body["days"]) == (200, 2, [])
    assert made["id"] in [each["id"] for each in await program.every("/calendars?limit=1&fields=name")]
    gone = await program("DELETE", f"/calendars/{made['id']}", If_Match='"2"')
    assert gone.status == 204
    assert (await program("GET", f"/calendars/{made['id']}")).status == 404


async def test_a_calendar_that_makes_no_sense_is_refused_with_its_field(program: Program) -> None:
    for body, field in (
        ({"zone": "Europe/Moon"}, "zone"),
        ({"place": "FR-Moon"}, "place"),
        ({"week": {}}, "week"),
        ({"week": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "week.mon"),
        ({"week": {"mon": [["20:00", "06:00"]], "tue": [["05:00", "07:00"]]}}, "week.tue"),
        ({"days": [{"day": "2026-12-28"}, {"day": "2026-12-28"}]}, "days.1.day"),
    ):
        refused = await program("POST", "/calendars", {"name": "x", "zone": "UTC", "week": WEEK, **body})
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, field), refused.body


async def test_a_policy_keeps_its_versions_and_a_case_its_clocks(program: Program, house: Parts) -> None:
    around = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    always = await calendar(program, week=around)
    body = {"name": f"Policy {uuid4().hex}", "calendar_id": always["id"], "resolution": 60, "type_key": "incident"}
    made = await program("POST", "/service-policies", body)
    assert made.status == 201, made.body
    async with house.sessions.begin() as session:
        customer = Customer(first_name="Marie")
        session.add(customer)
        await session.flush()
        new = NewCase(type_key="incident", subject="Broken", customer_id=customer.id, acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
    path = f"/service-policies/{made.body['id']}"
    changed = await program("PATCH", path, {"resolution": 30, "recompute": True}, If_Match='"1"')
    assert (changed.status, changed.body["resolution"]) == (200, 30), changed.body
    versions = (await program("GET", f"{path}/versions")).body["items"]
    assert [(each["number"], each["terms"]["resolution"]) for each in versions] == [(2, 30), (1, 60)]
    (clock,) = (await program("GET", f"/cases/{case.id}/clocks")).body["items"]
    assert (clock["kind"], clock["target"], clock["policy_version"]) == ("resolution", 30, 2)
    assert clock in await program.every("/clocks?kind=resolution")
    used = await program("DELETE", path, If_Match='"2"')
    assert (used.status, used.body["reason"]) == (409, "policy_in_use")
    worked = await program("POST", f"/cases/{case.id}/work", {"minutes": 5})
    assert (worked.status, worked.body["reason"]) == (409, "no_contract")


async def test_a_contract_tells_what_was_used(program: Program, house: Parts) -> None:
    async with house.sessions.begin() as session:
        customer = Customer(first_name="Paul")
        session.add(customer)
        await session.flush()
        customer_id = customer.id
    body = {"customer_id": str(customer_id), "name": "Gold", "valid_from": "2020-01-01", "included_cases": 3}
    made = await program("POST", "/service-contracts", body)
    assert made.status == 201, made.body
    async with house.sessions.begin() as session:
        new = NewCase(type_key="question", subject="How?", customer_id=customer_id, acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
    assert (await program("POST", f"/cases/{case.id}/work", {"minutes": 25})).body == {"cases": 1, "minutes": 25}
    read = (await program("GET", f"/service-contracts/{made.body['id']}")).body
    assert (read["used_cases"], read["used_minutes"]) == (1, 25)
    listed = await program.every(f"/service-contracts?customer_id={customer_id}&active=true")
    assert [each["id"] for each in listed] == [made.body["id"]]
    wrong = await program(
        "PATCH", f"/service-contracts/{made.body['id']}", {"valid_until": "2019-01-01"}, If_Match='"1"'
    )
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "valid_until")


async def test_a_rule_is_tried_kept_put_in_order_and_deleted(program: Program, house: Parts) -> None:
    async with house.sessions.begin() as session:
        new = NewCase(type_key="complaint", subject="Late", urgency="high", acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
    condition = {"field": "case.type", "is": "is", "value": "complaint"}
    rule = {"event": "case.opened", "condition": condition, "actions": [{"do": "add_tag", "tag": "heard"}]}
    tried = await program("POST", "/rules/try", {**rule, "case_id": str(case.id)})
    assert tried.body["items"] == [
        {
            "case_id": str(case.id),
            "number": case.number,
            "matches": True,
            "steps": [{"do": "add_tag", "changed": {"tags": [[], ["heard"]]}}],
            "at": None,
        }
    ]
    refused = {**rule, "actions": [{"do": "set_status", "to": "moon"}], "days": 7}
    newest = (await program("POST", "/rules/try", refused)).body["items"][0]
    assert newest["number"] == case.number and newest["at"] and newest["steps"][0]["why"]
    first = await program("POST", "/rules", {**rule, "name": "First"})
    waiting = {"event": "case.waited", "wait": {"status": "new", "hours": 2}, "actions": [{"do": "raise_priority"}]}
    second = await program("POST", "/rules", {**waiting, "name": "Second"})
    assert (first.status, second.status) == (201, 201), second.body
    ids = [second.body["id"], first.body["id"]]
    ordered = await program("POST", "/rules/reorder", {"rules": ids})
    assert (
        [each["id"] for each in ordered.body["items"]] == ids == [each["id"] for each in await program.every("/rules")]
    )
    path = f"/rules/{first.body['id']}"
    off = await program("PATCH", path, {"enabled": False}, If_Match=ordered_tag(ordered.body["items"][1]))
    assert off.status == 200 and off.body["enabled"] is False
    assert await program.every(f"{path}/runs") == []
    assert (await program("GET", f"/cases/{case.id}/rule-runs")).body["items"] == []
    assert (await program("DELETE", path, If_Match=off.headers["ETag"])).status == 204
    fields = (await program("GET", "/rule-fields")).body["items"]
    assert {"case.priority", "customer.segments"} <= {each["field"] for each in fields}


def ordered_tag(item: dict[str, object]) -> str:
    return f'"{item["version"]}"'


async def test_a_rule_that_makes_no_sense_is_refused_with_its_path(program: Program) -> None:
    rule = {"name": "Odd", "event": "case.opened", "actions": [{"do": "raise_priority"}]}
    for body, field in (
        ({"condition": {"all": [{"field": "case.moon", "is": "is", "value": 1}]}}, "condition.all.0.field"),
        ({"actions": [{"do": "reply", "texts": {"fr": "Bonjour"}}]}, "actions.0.texts"),
        ({"event": "case.waited"}, "wait"),
    ):
        refused = await program("POST", "/rules", {**rule, **body})
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, field), refused.body


async def test_a_key_has_no_notices(program: Program) -> None:
    assert (await program("GET", "/notices")).body["items"] == []
    assert (await program("POST", "/notices/seen", {})).body == {"unseen": 0}
