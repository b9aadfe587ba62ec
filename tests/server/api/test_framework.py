"""What every endpoint does alike: refusals by field, versions, repeats, pages, limits; tried on the catalogue."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import func, select

from crm_backend.audit.model import AuditEntry
from crm_backend.catalogue.model import Product
from crm_backend.keys.model import KeptAnswer
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support import site
from tests.support.api import Program
from tests.support.site import AgentAtDesk

PLATE = {"names": {"en": "Plate"}, "category": "framework"}
DEEP = b'{"names":' * 100_000 + b"1" + b"}" * 100_000


async def made(program: Program, **more: object) -> str:
    answer = await program("POST", "/products", {**PLATE, **more})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def count(house: Parts) -> int:
    async with house.sessions() as session:
        return await session.scalar(select(func.count()).select_from(Product)) or 0


@pytest.mark.parametrize(
    ("body", "status", "field", "reason"),
    [
        (b"", 400, None, None),
        (b"{", 400, None, None),
        (b"\xff\xfe", 400, None, None),
        (DEEP, 400, None, None),
        (b"[" * 60_000 + b"]" * 60_000, 400, None, None),
        (b'{"names": NaN}', 400, None, None),
        (b'{"category": 1' + b"0" * 5_000 + b"}", 400, None, None),
        (b'{"category": "a", "category": "b"}', 400, None, None),
        (b"[]", 422, "", "not_object"),
        (b"null", 422, "", "not_object"),
        (b"{}", 422, "names", "missing"),
        (b'{"names": {"en": "a"}, "colour": 1}', 422, "colour", "unknown_field"),
        (b'{"names": {"de": "a"}}', 422, "names.de", "unknown_field"),
        (b'{"names": "a"}', 422, "names", "not_object"),
        (b'{"names": {"en": 5}}', 422, "names.en", "not_text"),
        (b'{"names": {"en": "a\\u0000b"}}', 422, "names.en", "unstorable_text"),
        (b'{"names": {"en": "\\ud800"}}', 422, "names.en", "unstorable_text"),
        (b'{"names": {"en": "a"}, "vat_rate": "5"}', 422, "vat_rate", "not_integer"),
        (b'{"names": {"en": "a"}, "vat_rate": 1.5}', 422, "vat_rate", "not_integer"),
        (b'{"names": {"en": "a"}, "vat_rate": true}', 422, "vat_rate", "not_integer"),
        (b'{"names": {"en": "a"}, "vat_rate": -1}', 422, "vat_rate", "too_small"),
        (b'{"names": {"en": "a"}, "vat_rate": 1e400}', 422, "vat_rate", "out_of_range"),
        (b'{"names": {"en": "a"}, "vat_rate": 99999999999999999999}', 422, "vat_rate", "out_of_range"),
        (b'{"names": {"en": "a"}, "category": null}', 422, "category", "not_null"),
        (b'{"names": {"en": "a"}, "return_exclusion": "whim"}', 422, "return_exclusion", "not_choice"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 422, ".".join("a" * 33), "too_deep"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_body_that_is_not_taken_changes_nothing(
    house: Parts, program: Program, body: bytes, status: int, field: str | None, reason: str | None
) -> None:
    before = await count(house)
    answer = await program("POST", "/products", body)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json; charset=utf-8")
    if field is not None:
        fault = answer.body["errors"][0]
        assert (fault["field"], fault["reason"]) == (field, reason) and len(fault["detail"]) > 5
    assert await count(house) == before


async def test_a_huge_body_and_another_type_are_refused(program: Program) -> None:
    assert (await program("POST", "/products", b" " * 10_000_000)).status == 413
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"):
        answer = await program("POST", "/products", b"{}", Content_Type=kind)
        assert (answer.status, answer.body["code"]) == (415, "media_type"), kind


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1_0", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("limit=1&limit=2", "limit"),
        ("colour=red", "colour"),
        ("sort=names", "sort"),
        ("sort=id;drop", "sort"),
        ("fields=", "fields"),
        ("fields=id,secret", "fields"),
        ("cursor=abc", "cursor"),
        ("cursor=é", "cursor"),
        ("category=" + "x" * 101, "category"),
    ],
)
async def test_a_query_that_is_not_taken_is_named(program: Program, query: str, field: str) -> None:
    answer = await program("GET", f"/products?{query}")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


async def test_refusals_are_told_in_the_callers_language(program: Program) -> None:
    for language, detail in (("fr-CA, en;q=0.5", "Ce champ est obligatoire."), ("en", "This is needed.")):
        answer = await program("POST", "/products", {}, Accept_Language=language)
        assert answer.body["errors"] == [{"field": "names", "reason": "missing", "detail": detail}]


async def test_addresses_of_nothing_are_not_found_and_other_methods_are_named(program: Program) -> None:
    for path in (f"/products/{uuid4()}", "/products/1", "/products/%E2%82%AC", "/nowhere", "/products/a/b"):
        assert (await program("GET", path)).status == 404, path
    assert (await program("GET", "/products/%00")).status == 400
    answer = await program("DELETE", "/products")
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET,HEAD,POST"
    head = await program("HEAD", "/products?limit=1")
    assert (head.status, head.raw) == (200, b"") and "Access-Control-Allow-Origin" not in head.headers
    assert head.headers["Cache-Control"] == "no-store"


async def test_a_change_says_which_version_it_is_meant_for(program: Program) -> None:
    product = await made(program)
    path = f"/products/{product}"
    missing = await program("PATCH", path, {"category": "x"})
    assert (missing.status, missing.body["code"]) == (428, "version_missing")
    for wrong, status in (('"7"', 412), ('W/"1"', 412), ('"ours"', 412), ("1", 422), ('"1", "2"', 422)):
        assert (await program("PATCH", path, {"category": "x"}, If_Match=wrong)).status == status, wrong
    first, second = await asyncio.gather(
        *(program("PATCH", path, {"category": name}, If_Match='"1"') for name in ("one", "two"))
    )
    assert sorted((first.status, second.status)) == [200, 412]
    lost = first if first.status == 412 else second
    assert (lost.body["version"], lost.headers["ETag"]) == (2, '"2"')
    assert (await program("PATCH", path, {"category": "any"}, If_Match="*")).body["version"] == 3
    empty = await program("PATCH", path, {}, If_Match='"3"')
    assert empty.body["errors"][0]["reason"] == "nothing_to_change"


async def test_what_has_not_changed_is_not_sent_again(program: Program) -> None:
    path = f"/products/{await made(program)}"
    for query in ("", "?fields=names"):
        whole = await program("GET", path + query)
        again = await program("GET", path + query, If_None_Match=whole.headers["ETag"])
        assert (again.status, again.raw) == (304, b"")
    assert (await program("GET", path, If_None_Match=whole.headers["ETag"])).status == 200
    changed = await program("PATCH", path, {"category": "y"}, If_Match=whole.headers["ETag"])
    assert changed.status == 200
    assert (await program("GET", path + query, If_None_Match=whole.headers["ETag"])).status == 200


async def test_a_post_sent_again_acts_once(house: Parts, program: Program, make_program: MakeProgram) -> None:
    key, before = str(uuid4()), await count(house)
    first = await program("POST", "/products", b'{"names": {"en": "a"}, "category": "c"}', Idempotency_Key=key)
    again = await program("POST", "/products", b'{"category":"c","names":{"en":"a"}}', Idempotency_Key=f'"{key}"')
    assert first.status == again.status == 201
    assert (first.raw, first.headers["Location"]) == (again.raw, again.headers["Location"])
    assert (again.headers["Idempotency-Replayed"], again.headers["ETag"]) == ("true", '"1"')
    other = await program("POST", "/products", PLATE, Idempotency_Key=key)
    assert (other.status, other.body["errors"][0]["reason"]) == (422, "key_used")
    assert await count(house) == before + 1
    stranger = await make_program()
    assert (await stranger("POST", "/products", PLATE, Idempotency_Key=key)).status == 201
    for bad in ("", "é", "a" * 201, " "):
        assert (await program("POST", "/products", PLATE, Idempotency_Key=bad)).status == 422, bad


async def test_twenty_times_at_once_is_once(house: Parts, program: Program) -> None:
    key, before = str(uuid4()), await count(house)
    answers = await asyncio.gather(*(program("POST", "/products", PLATE, Idempotency_Key=key) for _ in range(20)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.body["reason"] for answer in answers if answer.status == 409} <= {"key_in_use"}
    assert await count(house) == before + 1
    assert len({answer.body["id"] for answer in answers if answer.status == 201}) == 1


async def test_what_was_refused_may_be_sent_right_with_the_same_key(program: Program) -> None:
    key = str(uuid4())
    assert (await program("POST", "/products", {"names": {}}, Idempotency_Key=key)).status == 422
    assert (await program("POST", "/products", PLATE, Idempotency_Key=key)).status == 201


async def test_pages_hold_everything_once_while_rows_are_added(program: Program) -> None:
    there = {await made(program, category=f"paging {number % 3}") for number in range(7)}
    for sort in ("created_at", "-created_at", "category", "-category"):
        seen, path = [], f"/products?limit=2&sort={sort}"
        while path:
            answer = await program("GET", path)
            seen += [item["id"] for item in answer.body["items"]]
            path = answer.body["next"]
            if path:
                assert answer.headers["Link"] == f'<{path}>; rel="next"'
                await made(program, category="paging -")
        assert len(seen) == len(set(seen)) and there <= set(seen), sort
    values = [item["category"] for item in await program.every("/products?limit=3&sort=-category")]
    assert values == sorted(values, reverse=True)


async def test_a_cursor_belongs_to_its_search(program: Program) -> None:
    for _ in range(2):
        await made(program)
    following = (await program("GET", "/products?limit=1&category=framework")).body["next"]
    assert (await program("GET", following)).status == 200
    assert (await program("GET", following + "&fields=names")).status == 200
    for other in (following.replace("framework", "glass"), following + "&sort=category", following[:-1]):
        assert (await program("GET", other)).body["errors"][0]["reason"] == "bad_cursor"
    elsewhere = following.replace("/products", "/variants").replace("&category=framework", "")
    assert (await program("GET", elsewhere)).status == 422


async def test_each_key_has_a_limit_of_its_own_and_is_told_what_is_left(make_program: MakeProgram) -> None:
    slow, quick = await make_program(per_minute=3), await make_program(per_minute=1000)
    answers = [await slow("GET", "/products?limit=1") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert answers[3].headers["RateLimit-Limit"] == "3" and answers[0].headers["RateLimit-Policy"] == "3;w=60"
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60 and answers[3].body["code"] == "rate_limited"
    other = await quick("GET", "/products?limit=1")
    assert (other.status, other.headers["RateLimit-Limit"]) == (200, "1000")


async def test_a_key_is_made_listed_and_revoked_at_once(
    house: Parts, program: Program, make_program: MakeProgram
) -> None:
    asked, key = {"name": "Warehouse", "scopes": ["catalogue.read"]}, str(uuid4())
    made_ = await program("POST", "/keys", asked, Idempotency_Key=key)
    assert (await program("POST", "/keys", asked, Idempotency_Key=key)).body == made_.body
    assert made_.status == 201 and made_.body["token"].startswith(made_.body["prefix"])
    warehouse = Program(program.client, program.address, made_.body["token"])
    assert (await warehouse("GET", "/products")).status == 200
    assert (await warehouse("POST", "/products", PLATE)).status == 403
    listed = next(key for key in await program.every("/keys?live=true") if key["id"] == made_.body["id"])
    assert "token" not in listed and listed["last_used_at"] is not None
    for _ in range(2):
        assert (await program("DELETE", f"/keys/{made_.body['id']}")).status == 204
    refused = await warehouse("GET", "/products")
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="relais"')
    async with house.sessions() as session:
        kept = await session.scalars(select(KeptAnswer.body))
        assert not any(made_.body["token"].encode() in body for body in kept)
    maker = await make_program(["keys.configure"])
    beyond = await maker("POST", "/keys", {"name": "More", "scopes": ["orders.refund"]})
    assert beyond.status == 403


async def test_a_signed_in_agent_is_known_by_the_desks_session(house: Parts) -> None:
    async with site.browser_session() as client:
        ada = AgentAtDesk(client, house.settings.address)
        await ada.sign_in("ada@example.com")
        root = f"{ada.address}/api/v1"
        async with client.get(f"{root}/products?limit=0") as answer:
            body = await answer.json(content_type=None)
            assert (answer.status, body["detail"][:3]) == (422, "Une")  # the desk's language
        for headers, status in (
            ({}, 403),
            ({"X-CSRF-Token": "x"}, 403),
            ({"X-CSRF-Token": ada.csrf, "Origin": "https://evil.example"}, 403),
            ({"X-CSRF-Token": ada.csrf, "Origin": ada.address}, 201),
        ):
            async with client.post(f"{root}/products", json=PLATE, headers=headers) as answer:
                assert answer.status == status, headers
                body = await answer.json(content_type=None)
        async with house.sessions() as session:
            found = select(AuditEntry.actor, AuditEntry.origin).where(AuditEntry.subject_id == body["id"])
            assert (await session.execute(found)).all() == [(f"agent:{ada.id}", "desk")]
        await ada.call("DELETE", "/session")
        async with client.get(f"{root}/products") as answer:
            assert answer.status == 401


@pytest.mark.parametrize("given", ["", "Bearer", "Basic eDp5", "Bearer relais_x", "Bearer " + "a" * 5000, "bearer é"])
async def test_what_is_no_key_is_nobody(house: Parts, given: str) -> None:
    async with aiohttp.ClientSession() as client:
        url = f"{house.settings.address}/api/v1/products"
        async with client.get(url, headers={"Authorization": given}) as answer:
            assert answer.status == 401 and (await answer.json(content_type=None))["code"] == "not_authenticated"
