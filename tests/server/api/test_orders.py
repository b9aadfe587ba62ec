"""Orders and all that comes after them, through the API."""

from __future__ import annotations

from typing import Any

from crm_backend.access.actor import SYSTEM
from crm_backend.policies import services as policies
from server.app import Parts
from tests.support import shop
from tests.support.api import Program
from tests.support.pdf import text_of

COMPANY = {"name": "Maison Tilleul", "address": ["8 quai Saint-Antoine", "69002 Lyon"]}


async def an_order(house: Parts, program: Program, **change: Any) -> dict[str, Any]:
    async with house.sessions.begin() as session:
        owner = await shop.customer(session)
    number = f"API-{owner.id.hex[-10:]}"
    given = {
        "number": number,
        "customer_id": str(owner.id),
        "currency": "EUR",
        "total_minor": 5490,
        "shipping_minor": 490,
        "lines": [{"quantity": 2, "unit_price_minor": 2500, "names": {"fr": "Mug", "en": "Mug"}}],
        "address": shop.LYON,
    }
    made = await program("POST", "/orders", {**given, **change})
    assert made.status == 201, made.body
    return made.body


async def done(program: Program, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    answer = await program("POST", path, body, **headers)
    assert answer.status == 200, (path, answer.body)
    return answer.body


async def pay(program: Program, order: dict[str, Any], amount: int = 5490, reference: str = "pi_1") -> dict[str, Any]:
    given = {"method": "card", "reference": reference, "amount_minor": amount, "currency": "EUR"}
    return await done(program, f"/orders/{order['id']}/payments", given)


async def deliver(program: Program, order: dict[str, Any]) -> None:
    await pay(program, order)
    shipped = await done(program, f"/orders/{order['id']}/ship", {"carrier": "Colis", "tracking_number": "C1"})
    parcel = shipped["shipments"][0]["id"]
    told = await done(program, f"/shipments/{parcel}/events", {"code": "delivered"})
    assert (told["status"], told["shipments"][0]["events"][0]["code"]) == ("delivered", "delivered")


async def test_an_order_is_taken_in_found_and_carried_on(house: Parts, program: Program) -> None:
    order = await an_order(house, program)
    assert (order["status"], order["address"]["postcode"]) == ("placed", "69003")
    assert (await program("GET", f"/orders/{order['id']}")).body == order
    for query in (f"number={order['number'].lower()}", f"customer_id={order['customer_id']}&status=placed&status=paid"):
        assert await program.every(f"/orders?{query}&country=FR&limit=1") == [order]
    await pay(program, order)
    assert await program.every(f"/orders/{order['id']}/payments") != []
    key = {"Idempotency_Key": order["number"]}
    first = await program("POST", f"/orders/{order['id']}/prepare", None, **key)
    again = await program("POST", f"/orders/{order['id']}/prepare", None, **key)
    assert (first.status, first.body["status"], again.body) == (200, "preparing", first.body)
    stale = await program("POST", f"/orders/{order['id']}/address", shop.BRISTOL, If_Match='"1"')
    assert stale.status == 412
    refused = await program("POST", f"/orders/{order['id']}/address", shop.BRISTOL, Accept_Language="en")
    assert (refused.status, refused.body["reason"]) == (409, "too_far")
    assert refused.body["detail"] == "The order is being prepared: this is only possible before it is prepared."
    cancelled = await done(program, f"/orders/{order['id']}/cancel", {"reason": "changed_mind"})
    assert cancelled["status"] == "cancelled"
    refund = (await program.every(f"/refunds?order_id={order['id']}"))[0]
    assert (refund["amount_minor"], refund["status"], refund["parts"][0]["method"]) == (5490, "requested", "card")


async def test_what_is_allowed_is_told_with_its_reason(house: Parts, program: Program) -> None:
    order = await an_order(house, program)
    allowed = (await program("GET", f"/orders/{order['id']}/allowed", Accept_Language="en")).body
    assert allowed["cancel"] == {"allowed": True, "until": None, "reason": None, "why": None}
    assert (allowed["back"]["reason"], allowed["back"]["why"]) == (
        "not_delivered", "The order has not been delivered yet.",
    )  # fmt: skip
    await deliver(program, order)
    allowed = (await program("GET", f"/orders/{order['id']}/allowed", Accept_Language="fr")).body
    assert allowed["lines"][0]["returnable"] == 2 and allowed["back"]["until"]
    assert allowed["cancel"]["why"].startswith("La commande est partie le ") and allowed["refundable_minor"] == 5490


async def test_a_return_is_asked_for_inspected_and_paid_back(house: Parts, program: Program) -> None:
    async with house.sessions.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters=COMPANY)
    order = await an_order(house, program)
    await deliver(program, order)
    line = order["lines"][0]["id"]
    invoice = await done(program, f"/orders/{order['id']}/invoice")
    asked = {"lines": [{"line_id": line, "quantity": 1, "reason": "wrong_size"}]}
    made = await done(program, f"/orders/{order['id']}/returns", asked)
    slip = await program("GET", f"/returns/{made['id']}/slip?language=en")
    assert slip.status == 200 and "Return slip" in text_of(slip.raw)
    await done(program, f"/returns/{made['id']}/label", {"carrier": "Colis", "reference": "R1"})
    await done(program, f"/returns/{made['id']}/receive", {})
    verdict = {"lines": [{"line_id": line, "accepted": 1}]}
    assert (await done(program, f"/returns/{made['id']}/inspect", verdict))["status"] == "inspected"
    assert (await done(program, f"/returns/{made['id']}/refund"))["status"] == "refunded"
    assert [each["id"] for each in await program.every(f"/returns?order_id={order['id']}&status=refunded")] == [
        made["id"]
    ]
    refund = (await program.every(f"/refunds?return_id={made['id']}"))[0]
    part = refund["parts"][0]
    settled = {"payment_id": part["payment_id"], "reference": "re_1"}
    assert (await done(program, f"/refunds/{refund['id']}/settle", settled))["status"] == "done"
    note = await done(program, f"/refunds/{refund['id']}/credit-note")
    assert (note["kind"], note["corrects_id"], note["total_minor"]) == ("credit_note", invoice["id"], 2500)
    for language, word in (("fr", "Facture"), ("en", "Invoice")):
        printed = await program("GET", f"/invoices/{invoice['id']}/pdf?language={language}")
        assert word in text_of(printed.raw) and printed.headers["Content-Type"] == "application/pdf"
    assert len(await program.every(f"/invoices?order_id={order['id']}")) == 2


async def test_a_gift_card_is_issued_found_and_spent(house: Parts, program: Program) -> None:
    card = (await program("POST", "/gift-cards", {"amount_minor": 6000, "currency": "EUR"})).body
    order = await an_order(house, program)
    found = await done(program, "/gift-cards/find", {"code": card["code"].lower()})
    assert found["id"] == card["id"] and "code" not in found
    payment = await done(program, f"/orders/{order['id']}/gift-card", {"code": card["code"]})
    assert (payment["amount_minor"], payment["gift_card_id"]) == (5490, card["id"])
    entries = await program.every(f"/gift-cards/{card['id']}/entries")
    assert [each["amount_minor"] for each in entries] == [6000, -5490]
    blocked = await done(program, f"/gift-cards/{card['id']}/block")
    assert blocked["blocked_at"] and blocked["version"] > card["version"]
    refused = await program("POST", f"/orders/{order['id']}/gift-card", {"code": "0000"}, Accept_Language="en")
    assert refused.status in (409, 422)


async def test_a_policy_is_set_listed_and_checked(program: Program) -> None:
    rule = {"kind": "return", "category": "api-candles", "parameters": {"days": 0}}
    made = await program("POST", "/policies", rule)
    assert made.status == 201 and made.body["parameters"]["not_for"] == ["hygiene", "made_to_measure"]
    again = await program("POST", "/policies", rule)
    assert (again.status, again.body["reason"]) == (409, "policy_overlaps")
    wrong = await program("POST", "/policies", {**rule, "parameters": {"days": -1}})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "parameters.days")
    ended = await program("PATCH", f"/policies/{made.body['id']}", {"valid_to": "2100-01-01T00:00:00Z"}, If_Match='"1"')
    assert ended.status == 200 and ended.body["version"] == 2
    assert await program.every("/policies?category=api-candles&at=2099-01-01T00:00:00Z") == [ended.body]
    assert (await program("GET", "/policy-defaults")).body["kinds"]["return"]["days"] == 30
