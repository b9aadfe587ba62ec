"""Webhooks by the API."""

from __future__ import annotations

from tests.support.api import Program

URL = "https://shop.example/relais"


async def test_a_subscription_from_its_beginning_to_its_end(program: Program) -> None:
    made = await program("POST", "/webhooks", {"url": URL, "kinds": ["case.*"]})
    assert made.status == 201 and made.body["secret"].startswith("whsec_")
    there = f"/webhooks/{made.body['id']}"
    read = await program("GET", there)
    assert read.status == 200 and "secret" not in read.body
    changed = await program("PATCH", there, {"kinds": ["*"], "enabled": False}, If_Match=read.headers["ETag"])
    assert (changed.status, changed.body["kinds"], changed.body["enabled"]) == (200, ["*"], False)
    rotated = await program("POST", f"{there}/secret", {"overlap_hours": 1})
    assert rotated.body["secret"] not in ("", made.body["secret"]) and rotated.body["previous_until"]
    gone = await program("DELETE", there, If_Match="*")
    assert gone.status == 204
    assert (await program("GET", there)).status == 404


async def test_a_test_event_is_on_its_way_to_that_subscriber_only(program: Program) -> None:
    first, second = [(await program("POST", "/webhooks", {"url": URL, "kinds": ["*"]})).body["id"] for _ in "ab"]
    tried = await program("POST", f"/webhooks/{first}/test")
    assert (tried.status, tried.body["kind"], tried.body["state"]) == (200, "webhook.test", "waiting")
    assert len(await program.every(f"/webhooks/{first}/deliveries")) == 1
    assert await program.every(f"/webhooks/{second}/deliveries") == []
    again = await program("POST", f"/webhooks/{first}/deliveries/{tried.body['id']}/replay")
    assert again.status == 404
    assert (await program("POST", f"/webhooks/{first}/replay")).body == {"deliveries": 0}


async def test_what_is_wrong_is_named(program: Program) -> None:
    wrong = await program("POST", "/webhooks", {"url": "https://a:b@shop.example", "kinds": ["*"]})
    assert wrong.status == 422 and wrong.body["errors"][0]["reason"] == "webhooks.secret_in_url"
    barred = await program("POST", "/webhooks", {"url": "http://169.254.169.254/", "kinds": ["*"]})
    assert barred.status == 422 and barred.body["errors"][0]["reason"] == "webhooks.barred"
    kinds = await program("POST", "/webhooks", {"url": URL, "kinds": ["case.eaten"]})
    assert kinds.body["errors"][0]["field"] == "kinds.0"
