"""Agents, roles, the audit log and exports through the API."""

from __future__ import annotations

import csv
import io

from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support import site
from tests.support.api import Program
from tests.support.site import AgentAtDesk

LEA = {"name": "Léa Petit", "email": "Lea@example.com", "role": "agent", "password": "a long password"}
RETURNS = {
    "key": "returns_team",
    "name": {"fr": "Équipe retours", "en": "Returns team"},
    "permissions": ["orders.read"],
}


async def test_an_agent_is_made_changed_and_leaves(program: Program, house: Parts) -> None:
    made = await program("POST", "/agents", LEA)
    assert made.status == 201, made.body
    assert (made.body["email"], made.body["active"]) == ("lea@example.com", True)
    assert LEA["password"] not in made.raw.decode() and "password_hash" not in made.body
    place = made.headers["Location"]
    async with site.browser_session() as client:
        lea = AgentAtDesk(client, house.settings.address)
        await lea.sign_in("lea@example.com", LEA["password"])
        assert "orders.refund" not in (await lea.call("GET", "/session"))[1]["agent"]["permissions"]
        changed = await program("PATCH", place, {"role": "senior_agent"}, If_Match='"1"')
        assert (changed.status, changed.body["role"], changed.headers["ETag"]) == (200, "senior_agent", '"2"')
        assert "orders.refund" in (await lea.call("GET", "/session"))[1]["agent"]["permissions"]
        assert (await program("PATCH", place, {"name": "x"}, If_Match='"1"')).status == 412
        gone = await program("POST", f"{place}/deactivate")
        assert (gone.status, gone.body) == (200, {"conversations": []})
        assert (await lea.call("GET", "/session"))[0] == 401
        given = await program("POST", f"{place}/password", {"password": "another one, longer"})
        assert given.status == 200, given.body
        assert (await program("POST", f"{place}/reactivate")).body["active"] is True
        await lea.sign_in("lea@example.com", "another one, longer")
    assert [one["id"] for one in await program.every("/agents?role=senior_agent")] == [made.body["id"]]


async def test_the_last_administrator_stays(program: Program) -> None:
    [ada] = await program.every("/agents?role=admin")
    refused = await program("POST", f"/agents/{ada['id']}/deactivate")
    assert (refused.status, refused.body["reason"]) == (409, "last_admin")
    assert "last active administrator" in refused.body["detail"]


async def test_a_value_that_will_not_do_is_named(program: Program) -> None:
    for wrong, field in (({"email": "lea"}, "email"), ({"role": "boss"}, "role"), ({"password": "short"}, "password")):
        refused = await program("POST", "/agents", {**LEA, **wrong})
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, field), refused.body
    taken = await program("POST", "/agents", {**LEA, "email": "claire@example.com"})
    assert (taken.status, taken.body["reason"]) == (409, "email_in_use")


async def test_a_role_is_made_given_and_deleted(program: Program, make_program: MakeProgram) -> None:
    made = await program("POST", "/roles", RETURNS)
    assert (made.status, made.body["built_in"]) == (201, False), made.body
    again = await program("POST", "/roles", RETURNS)
    assert (again.status, again.body["reason"]) == (409, "role_exists")
    changed = await program("PATCH", "/roles/returns_team", {"permissions": ["orders.refund"]}, If_Match='"1"')
    assert (changed.body["permissions"], changed.body["version"]) == (["orders.refund"], 2)
    weak = await make_program(["agents.configure", "agents.read"])
    assert (await weak("PATCH", "/roles/returns_team", {"permissions": []}, If_Match="*")).status == 403
    assert (await program("DELETE", "/roles/admin", If_Match="*")).body["reason"] == "role_built_in"
    assert (await program("DELETE", "/roles/returns_team", If_Match='"2"')).status == 204
    listed = (await program("GET", "/roles")).body["items"]
    assert [role["key"] for role in listed if role["key"] in ("admin", "returns_team")] == ["admin"]
    assert (await program("GET", "/permissions")).body["items"][0]["name"]["fr"]


async def test_the_log_is_read_page_by_page_and_by_subject(program: Program) -> None:
    role = {**RETURNS, "key": "watched"}
    await program("POST", "/roles", role)
    await program("PATCH", "/roles/watched", {"permissions": []}, If_Match="*")
    found = await program.every("/audit/entries?subject_kind=role&subject_id=watched&limit=1")
    assert [(one["action"], one["old"], one["new"]) for one in found] == [
        ("changed", {"permissions": ["orders.read"]}, {"permissions": []}),
        ("added", None, {"name": role["name"], "permissions": ["orders.read"]}),
    ]
    assert found[0]["actor"].startswith("key:") and found[0]["origin"] == "api"
    assert (await program("GET", f"/audit/entries/{found[0]['id']}")).body["id"] == found[0]["id"]
    assert (await program("GET", "/audit/head")).status == 200
    for method in ("POST", "PATCH", "DELETE"):
        assert (await program(method, f"/audit/entries/{found[0]['id']}")).status == 405


async def test_a_table_is_exported_and_the_log_tells_it(program: Program, make_program: MakeProgram) -> None:
    answer = await program("GET", "/exports/agents.csv?bom=true")
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.raw.startswith(b"\xef\xbb\xbf") and b"argon2" not in answer.raw
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))
    assert {"claire@example.com", "ada@example.com"} <= {row["email"] for row in rows}
    told = await program.every("/audit/entries?action=exported")
    assert [one["subject_id"] for one in told] == ["agents"]
    offered = {one["name"] for one in (await program("GET", "/exports")).body["items"]}
    assert "orders" in offered and not offered & {"agent_sessions", "join_codes"}
    for table in ("agent_sessions", "nothing"):
        assert (await program("GET", f"/exports/{table}.csv")).status == 404
    only = await make_program(["tables.export"])
    assert (await only("GET", "/exports/audit_log.csv")).status == 403
    assert "audit_log" not in {one["name"] for one in (await only("GET", "/exports")).body["items"]}
