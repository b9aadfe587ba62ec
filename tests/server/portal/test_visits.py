"""Visits to the portal: who gets in, how long, and what ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import utc_now
from crm_backend.portal.model import PortalVisit
from server.app import Parts
from tests.server.portal.conftest import Portal


async def test_a_customer_is_greeted_and_leaves(server: Parts, portal: Portal) -> None:
    async with server.sessions.begin() as session:
        session.add(customer := Customer(first_name="Marie", last_name="Durand"))
    browser = await portal(customer.id)
    page = await browser.get("")
    assert page.status == 200 and "Bonjour Marie" in page.text
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Hello Marie" in (await browser.get("/en/account")).text
    gone = await browser.follow(await browser.post("sign-out"))
    assert gone.status == 200 and "Vous êtes déconnecté" in gone.text
    assert (await browser.get("")).to == "/fr/compte/entree?to=%2Ffr%2Fcompte"


@pytest.mark.parametrize("what", ["idle", "too long", "address gone", "address another's"])
async def test_a_visit_ends_by_itself(server: Parts, portal: Portal, what: str) -> None:
    async with server.sessions.begin() as session:
        session.add_all([customer := Customer(first_name="Marie"), other := Customer(first_name="Paul")])
    browser = await portal(customer.id)
    theirs = Identity.customer_id == customer.id
    ends = {
        "idle": update(PortalVisit).values(seen_at=utc_now() - timedelta(minutes=31)),
        "too long": update(PortalVisit).values(expires_at=utc_now()),
        "address gone": delete(Identity).where(theirs),
        "address another's": update(Identity).where(theirs).values(customer_id=other.id),
    }
    async with server.sessions.begin() as session:
        await session.execute(ends[what])
    assert (await browser.get("details")).to == "/fr/compte/entree?to=%2Ffr%2Fcompte%2Fcoordonnees"
    assert (await browser.post("details/language", language="en")).to.startswith("/fr/compte/entree")


async def test_no_form_of_another_shape_goes_round_the_check(server: Parts, portal: Portal) -> None:
    async with server.sessions.begin() as session:
        session.add(customer := Customer(first_name="Marie"))
    browser = await portal(customer.id)

    async def send(path: str, *parts: bytes) -> int:
        body = b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=X"}
        return (await browser._call("POST", path, data=body, headers=kind)).status

    assert await send("sign-out") == 400, "one with files has its secret in it, which nobody would read"
    field = b'Content-Disposition: form-data; name="%s"\r\n\r\nx'
    assert await send("conversations/new", *[field % f"f{number}".encode() for number in range(1_001)]) == 400
    for part in (b"x\r\n\r\nhi", b"X: " + b"x" * 20_000 + b"\r\n\r\nhi", field % b"_charset_"):
        assert await send("conversations/new", part) == 400
    assert (await browser.get("")).status == 200


async def test_addresses_that_are_none_get_a_page(server: Parts, portal: Portal) -> None:
    browser = await portal()
    assert (await browser.get("/fr/compte/")).to == "/fr/compte"
    page = await browser.get("/en/account/nowhere/at/all")
    assert page.status == 404 and "This page doesn’t exist" in page.text
    wrong = await browser.post("/en/help")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET,HEAD") and "This page doesn’t exist" in wrong.text
