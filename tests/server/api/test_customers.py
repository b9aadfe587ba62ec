"""Customers through the API."""

from __future__ import annotations

from tests.support.api import Program


async def made(program: Program, **values: object) -> str:
    answer = await program("POST", "/customers", {"first_name": "Zoé", "last_name": "Lefèvre", **values})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def test_a_customer_with_all_that_belongs_to_them(program: Program) -> None:
    zoe = await made(program, external_id="API-1", channel="email", hours_from="18:00", hours_until="20:30")
    here = f"/customers/{zoe}"
    home = {"line1": "12 rue des Lilas", "postcode": "69 003", "city": "Lyon", "country": "FR"}
    address = await program("POST", f"{here}/addresses", home)
    assert (address.status, address.body["postcode"], address.body["is_default"]) == (201, "69003", True)
    wrong = await program("POST", f"{here}/addresses", {**home, "country": "GB"})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "postcode")
    phone = await program("POST", f"{here}/identities", {"kind": "phone", "value": "06 39 98 01 77", "country": "FR"})
    assert (phone.status, phone.body["value"], phone.body["is_primary"]) == (201, "+33639980177", True)
    no = await program("POST", f"{here}/identities", {"kind": "phone", "value": "123", "country": "FR"})
    assert (no.status, no.body["errors"][0]["reason"]) == (422, "phone")
    agreed = await program("POST", f"{here}/consents", {"purpose": "marketing", "given": True, "how": "form"})
    assert agreed.status == 200, agreed.body
    tagged = await program("POST", f"{here}/tags", {"tags": ["VIP", "vip", "Fidèle"]})
    assert tagged.body["tags"] == ["Fidèle", "VIP"]
    note = await program("POST", f"{here}/notes", {"text": "Appelle le soir.", "pinned": True})
    assert note.status == 201 and note.body["author"].startswith("key:")
    whole = (await program("GET", here)).body
    assert whole["wishes"] == {"channel": "email", "hours_from": "18:00", "hours_until": "20:30"}
    assert {each["purpose"]: each["given"] for each in whole["consents"]}["marketing"] is True
    assert whole["tags"] == ["Fidèle", "VIP"] and whole["counts"]["notes"] == 1
    kinds = {entry["kind"] for entry in await program.every(f"{here}/timeline?limit=1")}
    assert kinds == {"note", "consent"}
    found = await program("GET", "/customer-search?q=0639980177")
    assert [hit["id"] for hit in found.body["items"]] == [zoe]
    stale = await program("PATCH", here, {"company": "Tilleul"}, If_Match='"1"')
    assert stale.status == 412
    changed = await program("PATCH", here, {"company": "Tilleul"}, If_Match=f'"{whole["version"]}"')
    assert changed.status == 200 and changed.body["company"] == "Tilleul"


async def test_attributes_are_defined_filled_and_removed(program: Program) -> None:
    labels = {"fr": "Pointure", "en": "Shoe size"}
    size = await program(
        "POST", "/attributes", {"key": "shoe_size", "kind": "number", "labels": labels, "limits": {"most": 60}}
    )
    assert size.status == 201, size.body
    zoe = await made(program)
    wrong = await program("POST", f"/customers/{zoe}/attributes", {"attributes": {"shoe_size": 99}})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "attributes.shoe_size")
    right = await program("POST", f"/customers/{zoe}/attributes", {"attributes": {"shoe_size": 38.5}})
    assert right.body == {"attributes": {"shoe_size": 38.5}}
    one = f"/attributes/{size.body['id']}"
    renamed = await program("PATCH", one, {"key": "pointure"}, If_Match=size.headers["ETag"])
    assert renamed.status == 200
    assert (await program("GET", f"/customers/{zoe}")).body["attributes"] == {"pointure": 38.5}
    kept = await program("DELETE", one, If_Match=renamed.headers["ETag"])
    assert (kept.status, kept.body["reason"]) == (409, "values_in_the_way")
    gone = await program("DELETE", f"{one}?values_too=true", If_Match=renamed.headers["ETag"])
    assert gone.status == 204


async def test_two_customers_are_merged_and_parted_again(program: Program) -> None:
    kept, gone = await made(program), await made(program, last_name="Le Fèvre", external_id="API-2")
    await program("POST", f"/customers/{gone}/notes", {"text": "Deuxième fiche."})
    seen = await program("POST", f"/customers/{kept}/merge-preview", {"gone_id": gone})
    assert {each["name"]: each["wins"] for each in seen.body["fields"]} == {"last_name": "kept", "external_id": "gone"}
    assert seen.body["moved"]["customer_notes"] == 1
    assert (await program("GET", f"/customers/{gone}")).status == 200
    merged = await program("POST", f"/customers/{kept}/merge", {"gone_id": gone, "choices": {"last_name": "gone"}})
    assert merged.status == 200, merged.body
    lost = await program("GET", f"/customers/{gone}")
    assert (lost.status, lost.body["reason"]) == (409, "merged")
    whole = (await program("GET", f"/customers/{kept}")).body
    assert (whole["last_name"], whole["external_id"], whole["counts"]["notes"]) == ("Le Fèvre", "API-2", 1)
    undone = await program("POST", f"/merges/{merged.body['id']}/undo")
    assert undone.status == 200 and undone.body["undone_at"], undone.body
    again = (await program("GET", f"/customers/{gone}")).body
    assert (again["last_name"], again["external_id"], again["counts"]["notes"]) == ("Le Fèvre", "API-2", 1)
    assert [each["id"] for each in await program.every(f"/merges?customer_id={gone}")] == [merged.body["id"]]


async def test_groups_have_members_with_roles(program: Program) -> None:
    zoe = await made(program)
    group = await program("POST", "/groups", {"kind": "company", "name": "Maison Tilleul"})
    assert group.status == 201
    here = f"/groups/{group.body['id']}/members"
    wrong = await program("POST", here, {"customer_id": zoe, "role": "child"})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, "role")
    joined = await program("POST", here, {"customer_id": zoe, "role": "buyer"})
    assert [member["role"] for member in joined.body["items"]] == ["buyer"]
    assert (await program("DELETE", f"{here}/{zoe}")).status == 204
    assert await program.every("/duplicates") == []
