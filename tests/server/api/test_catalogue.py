"""Products and variants through the API."""

from __future__ import annotations

from tests.support.api import Program

PLATE = {"names": {"fr": "Assiette", "en": "Plate"}, "category": "tableware"}


async def test_a_product_is_made_read_listed_and_changed(program: Program) -> None:
    made = await program("POST", "/products", PLATE)
    assert made.status == 201, made.body
    assert made.headers["Location"] == f"/api/v1/products/{made.body['id']}" and made.headers["ETag"] == '"1"'
    read = await program("GET", made.headers["Location"])
    assert (read.status, read.body) == (200, made.body)
    assert made.body in await program.every("/products?category=tableware")
    changed = await program("PATCH", f"/products/{made.body['id']}", {"category": "glass"}, If_Match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"'), changed.body
    assert changed.body["names"] == PLATE["names"] and changed.body["category"] == "glass"
    listed = await program.every("/products?category=glass&fields=names")
    assert listed == [{"id": made.body["id"], "names": PLATE["names"]}]


async def test_a_variant_belongs_to_a_product_that_there_is(program: Program) -> None:
    product = (await program("POST", "/products", PLATE)).body["id"]
    price = {"price_minor": 3990, "currency": "EUR", "options": {"colour": "blue"}}
    made = await program("POST", "/variants", {"product_id": product, **price})
    assert made.status == 201, made.body
    assert await program.every(f"/variants?product_id={product}") == [made.body]
    lost = await program("POST", "/variants", {"product_id": made.body["id"], **price})
    assert (lost.status, lost.body["errors"][0]["field"]) == (422, "product_id")
    gone = await program(
        "PATCH",
        f"/variants/{made.body['id']}",
        {"available": False, "price_minor": 2990},
        If_Match=made.headers["ETag"],
    )
    assert gone.body["available"] is False and gone.body["price_minor"] == 2990 and gone.body["currency"] == "EUR"


async def test_two_products_cannot_have_one_external_id(program: Program) -> None:
    first = await program("POST", "/products", {**PLATE, "external_id": "P-1"})
    again = await program("POST", "/products", {**PLATE, "external_id": "P-1"})
    assert (first.status, again.status) == (201, 422)
    assert again.body["errors"] == [
        {"field": "external_id", "reason": "external_id_used", "detail": "That external identifier is taken already."}
    ]
