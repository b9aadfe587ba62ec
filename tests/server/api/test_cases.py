"""Cases by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiohttp import FormData
from sqlalchemy import event

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.orders.model import Order
from server.app import Parts
from tests.server.api.conftest import MakeProgram
from tests.support.api import Program
from tests.support.samples import picture


async def people(house: Parts) -> dict[str, Any]:
    """A customer with an order and a conversation, and an agent."""
    async with house.sessions.begin() as session:
        customer = Customer(first_name="Léa", last_name="Martin")
        identity = Identity(kind="browser", value=uuid4().hex)
        agent = Agent(email=f"{uuid4().hex}@example.com", name="Claire Martin", password_hash="!")
        session.add_all([customer, identity, agent])
        await session.flush()
        number = uuid4().hex[:8].upper()
        order = Order(
            number=number, number_key=number, customer_id=customer.id, status="paid", total_minor=1, currency="EUR"
        )
        conversation = Conversation(
            channel="webchat", address="x", identity_id=identity.id, customer_id=customer.id, language="en"
        )
        session.add_all([order, conversation])
        await session.flush()
        return {
            "customer": str(customer.id),
            "agent": str(agent.id),
            "order": str(order.id),
            "conversation": str(conversation.id),
        }


async def opened(program: Program, **given: Any) -> dict[str, Any]:
    made = await program("POST", "/cases", {"type_key": "request", "subject": "Broken lamp", **given})
    assert made.status == 201, made.body
    body: dict[str, Any] = made.body
    assert made.headers["Location"].endswith(body["id"])
    return body


async def test_a_case_from_its_beginning_to_its_end(house: Parts, program: Program) -> None:
    known = await people(house)
    case = await opened(
        program, type_key="complaint", customer_id=known["customer"], order_ids=[known["order"]], urgency="high"
    )
    assert (case["status"], case["stage"], case["priority"], case["version"]) == ("new", "active", "high", 1)
    there = f"/cases/{case['id']}"
    changed = await program("PATCH", there, {"agent_id": known["agent"], "tags": ["VIP"]}, If_Match='"1"')
    assert (changed.body["tags"], changed.headers["ETag"]) == (["vip"], '"2"')
    assert (await program("PATCH", there, {"subject": "x"}, If_Match='"1"')).status == 412
    assert (await program("PATCH", there, {"subject": "x"})).status == 428
    item = await program("POST", f"{there}/checklist", {"texts": {"fr": "Photo", "en": "Photo"}, "required": True})
    refused = await program(
        "POST", f"{there}/move", {"to": "resolved", "resolution_code": "refunded", "resolution_summary": "Done"}
    )
    assert (refused.status, refused.body["reason"]) == (409, "case_needs_checklist")
    steps = (await program("GET", f"{there}/steps")).body["items"]
    assert next(step for step in steps if step["to"] == "resolved")["missing"] == ["checklist"]
    done = await program("PATCH", f"{there}/checklist/{item.body['id']}", {"done": True})
    assert done.body["done_by"].startswith("key:")
    needed = await program("POST", f"{there}/move", {"to": "resolved"})
    assert (needed.status, needed.body["errors"][0]["field"]) == (422, "resolution_code")
    ended = await program(
        "POST", f"{there}/move", {"to": "resolved", "resolution_code": "refunded", "resolution_summary": "Done"}
    )
    assert (ended.body["stage"], ended.body["resolution_key"]) == ("resolved", "refunded")
    history = await program.every(f"{there}/history?limit=2")
    assert [each["action"] for each in history][::-1] == [
        "opened",
        "changed",
        "item_added",
        "item_changed",
        "status_changed",
    ]
    assert history[0]["changes"]["status"] == {"old": "new", "new": "resolved"}


async def test_a_conversation_opens_a_case_and_carries_its_replies(house: Parts, program: Program) -> None:
    known = await people(house)
    case = await opened(program, conversation_id=known["conversation"], subject=None, type_key="question")
    assert (case["customer_id"], case["language"], case["channel"]) == (known["customer"], "en", "webchat")
    there = f"/cases/{case['id']}"
    reply = await program("POST", f"{there}/replies", {"text": "It is on its way.", "then": "waiting_on_customer"})
    assert (reply.status, reply.body["body"]) == (201, "It is on its way.")
    comment = await program("POST", f"{there}/comments", {"body": "Called the depot"})
    mark = f"{there}/comments/{comment.body['id']}"
    edited = await program("PATCH", mark, {"body": "Called the depot twice"}, If_Match=comment.headers["ETag"])
    assert [each["body"] for each in await program.every(f"{there}/comments")] == [
        "It is on its way.",
        "Called the depot twice",
    ]
    elsewhere = await opened(program)
    assert (await program("DELETE", mark.replace(case["id"], elsewhere["id"]), If_Match="*")).status == 404
    assert (await program("DELETE", mark, If_Match=edited.headers["ETag"])).status == 204
    assert (await program("GET", there)).body["status"] == "waiting_on_customer"


async def test_what_hangs_on_a_case(house: Parts, program: Program) -> None:
    known = await people(house)
    case, other, part = [await opened(program, customer_id=known["customer"]) for _ in range(3)]
    there = f"/cases/{case['id']}"
    for path in (f"orders/{known['order']}", f"conversations/{known['conversation']}", f"related/{other['id']}"):
        assert (await program("PUT", f"{there}/{path}")).status == 200
    watched = await program("PUT", f"{there}/watchers/{known['agent']}")
    assert watched.body["watchers"][0]["name"] == "Claire Martin"
    below = await program("PUT", f"/cases/{part['id']}/parent", {"parent_id": case["id"]}, If_Match="*")
    assert below.body["parent_id"] == case["id"]
    loop = await program("PUT", f"{there}/parent", {"parent_id": part["id"]}, If_Match="*")
    assert (loop.status, loop.body["reason"]) == (409, "case_parent_loop")
    twin = await program("PUT", f"/cases/{other['id']}/duplicate-of", {"duplicate_of_id": case["id"]}, If_Match="*")
    assert twin.body["duplicate_of_id"] == case["id"]
    links = (await program("GET", f"{there}/links")).body
    assert {name: len(found) for name, found in links.items()} == dict.fromkeys(links, 1)
    for path in (f"orders/{known['order']}", f"conversations/{known['conversation']}", f"related/{other['id']}"):
        assert (await program("DELETE", f"{there}/{path}")).status == 204
    assert (await program("DELETE", f"{there}/watchers/{known['agent']}")).status == 204
    links = (await program("GET", f"{there}/links")).body
    assert sorted(name for name, found in links.items() if found) == ["children", "duplicates"]
    stranger = await people(house)
    crossed = await program("PUT", f"{there}/orders/{stranger['order']}")
    assert (crossed.status, crossed.body["reason"]) == (409, "case_other_customer")


async def test_files_are_kept_with_a_case(program: Program) -> None:
    case = await opened(program)
    form = FormData()
    form.add_field("file", picture(), filename="photo.png", content_type="image/png")
    there = f"/cases/{case['id']}/files"
    kept = await program("POST", there, form)
    assert (kept.status, kept.body["media_type"]) == (201, "image/png")
    (listed,) = (await program("GET", there)).body["items"]
    assert listed["path"].startswith(f"/files/{kept.body['id']}?")
    assert (await program("DELETE", f"{there}/{kept.body['id']}")).status == 204
    assert (await program("GET", there)).body["items"] == []
    torn = b'--x\r\nContent-Disposition: form-data; name="\xc2\x82\x10"\r\n\r\n1\r\n--x--\r\n'
    broken = await program("POST", there, torn, Content_Type="multipart/form-data; boundary=x")
    assert broken.status == 400


async def test_lists_are_filtered_sorted_counted_and_cost_the_same_however_long(house: Parts, program: Program) -> None:
    tag = uuid4().hex[:8]
    due = (utc_now() + timedelta(days=1)).isoformat()
    for number in range(6):
        given: dict[str, Any] = {"urgency": ("low", "medium", "high")[number % 3], "tags": [tag, f"n{number}"]}
        await opened(program, subject=f"Colis égaré {number}", **given, **({"due_at": due} if number == 4 else {}))
    base = f"tag={tag}&open=true&type_key=request&status=new&status=open&text=egare&team=support"
    found = await program.every(f"/cases?{base}&sort=priority&limit=2")
    assert [case["priority"] for case in found] == ["high"] * 2 + ["normal"] * 2 + ["low"] * 2
    assert [case["due_at"] is None for case in await program.every(f"/cases?{base}&sort=due_at&limit=4")][:2] == [
        False,
        True,
    ]
    newest = await program.every(f"/cases?{base}&limit=4")
    assert [case["subject"][-1] for case in newest] == list("543210")
    counted = await program("GET", f"/cases/counts?{base}")
    assert counted.body == {"total": 6, "by_status": {"new": 6}, "by_team": {"support": 6}}
    asked = []
    engine = house.sessions.kw["bind"].sync_engine
    for limit in (1, 5):
        statements: list[str] = []

        def note(*told: Any, kept: list[str] = statements) -> None:
            kept.append(told[2])

        event.listen(engine, "before_cursor_execute", note)
        await program("GET", f"/cases?{base}&limit={limit}")
        event.remove(engine, "before_cursor_execute", note)
        asked.append(len(statements))
    assert asked[0] == asked[1]


async def test_settings_are_data(program: Program) -> None:
    key = f"type_{uuid4().hex[:8]}"
    names = {"fr": "Garantie", "en": "Warranty"}
    made = await program("POST", "/case-types", {"key": key, "names": names, "close_after_days": None})
    assert (made.status, made.body["names"]) == (201, names)
    assert (await program("POST", "/case-types", {"key": key, "names": names})).body["reason"] == "case_key_taken"
    changed = await program("PATCH", f"/case-types/{key}", {"team": "orders"}, If_Match='"1"')
    assert (changed.status, changed.body["team"]) == (200, "orders")
    steps = {"steps": [{"from_status": "new", "to_status": "closed", "needs": ["reason"]}]}
    assert (await program("PUT", f"/case-types/{key}/steps", steps)).status == 200
    assert len((await program("GET", f"/case-types/{key}/steps")).body["items"]) == 1
    assert len((await program("GET", "/case-steps")).body["items"]) == 21
    assert (await program("GET", "/case-types/none/steps")).status == 404
    case = await opened(program, type_key=key)
    assert case["team"] == "orders"
    assert (await program("DELETE", f"/case-types/{key}", If_Match="*")).body["reason"] == "case_setting_used"
    matrix = (await program("GET", "/case-priorities")).body["impact"]
    assert (await program("PUT", "/case-priorities", matrix)).body["impact"] == matrix
    for kind in ("case-statuses", "case-resolutions"):
        more = {"stage": "active"} if kind == "case-statuses" else {}
        assert (await program("POST", f"/{kind}", {"key": key, "names": names, **more})).status == 201
        assert (await program("PATCH", f"/{kind}/{key}", {"position": 9}, If_Match="*")).body["position"] == 9
        assert (await program("DELETE", f"/{kind}/{key}", If_Match="*")).status == 204
        assert key not in {each["key"] for each in (await program("GET", f"/{kind}")).body["items"]}


async def test_categories_move_and_templates_fill(program: Program) -> None:
    names = {"fr": "Livraison", "en": "Delivery"}
    top = (await program("POST", "/case-categories", {"names": names})).body
    low = (await program("POST", "/case-categories", {"names": names, "parent_id": top["id"]})).body
    loop = await program("PATCH", f"/case-categories/{top['id']}", {"parent_id": low["id"]}, If_Match="*")
    assert (loop.status, loop.body["reason"]) == (409, "case_category_loop")
    key = f"t_{uuid4().hex[:8]}"
    template = {
        "key": key,
        "names": names,
        "type_key": "incident",
        "category_id": low["id"],
        "subjects": {"fr": "Colis abîmé", "en": "Damaged parcel"},
        "fields": [{"key": "carrier", "names": {"fr": "Transporteur", "en": "Carrier"}, "required": True}],
        "checklist": [{"texts": {"fr": "Photos", "en": "Photos"}}],
    }
    assert (await program("POST", "/case-templates", template)).status == 201
    missing = await program("POST", "/cases", {"template_key": key, "language": "en"})
    assert (missing.status, missing.body["errors"][0]["field"]) == (422, "fields.carrier")
    made = await program("POST", "/cases", {"template_key": key, "language": "en", "fields": {"carrier": "DHL"}})
    assert (made.body["subject"], made.body["category_id"]) == ("Damaged parcel", low["id"])
    assert [case["id"] for case in await program.every(f"/cases?category_id={top['id']}")] == [made.body["id"]]
    assert (await program("PATCH", f"/case-templates/{key}", {"due_days": 3}, If_Match='"1"')).body["due_days"] == 3
    assert (await program("DELETE", f"/case-templates/{key}", If_Match="*")).status == 204
    assert (await program("DELETE", f"/case-categories/{top['id']}", If_Match="*")).body[
        "reason"
    ] == "case_category_used"


async def test_who_only_reads_changes_nothing(program: Program, make_program: MakeProgram) -> None:
    case = await opened(program)
    reader = await make_program(["cases.read"])
    assert (await reader("GET", f"/cases/{case['id']}")).status == 200
    assert (await reader("POST", f"/cases/{case['id']}/move", {"to": "open"})).status == 403
    assert (await reader("POST", "/cases", {"type_key": "request", "subject": "x"})).status == 403
    worker = await make_program(["cases.read", "cases.write"])
    assert (await worker("PUT", "/case-priorities", {})).status == 403
    assert (await worker("POST", f"/cases/{case['id']}/replies", {"text": "x"})).status == 403
    privacy = await opened(program, type_key="privacy_request")
    assert privacy["due_at"] is not None
    extended = await worker("POST", f"/cases/{privacy['id']}/extend", {"reason": "Many documents"})
    assert extended.body["due_at"] > privacy["due_at"]
