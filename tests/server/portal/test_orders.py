"""My orders at the portal: seen by whom they belong to, changed once, as policy lets one, and complained of."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.attachments.model import Attachment
from crm_backend.cases.model import Case, CaseFile, CaseOrder
from crm_backend.database import utc_now
from crm_backend.orders import moving, tracking
from crm_backend.orders.model import Order
from server.app import Parts
from server.portal.words.order_deeds import WORDS as DEEDS
from server.portal.words.orders import WORDS as ORDERS
from tests.server.portal.conftest import Portal
from tests.server.portal.orders import HOSTILE, LAMP, PLATES, delivered, fields, paid, send, with_company
from tests.support import days, shop
from tests.support.samples import picture


def test_every_word_is_there_in_both_languages() -> None:
    for words in (ORDERS, DEEDS):
        assert words["fr"].keys() == words["en"].keys()
        for key, said in words["fr"].items():
            assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", words["en"][key])), key


async def test_orders_are_listed_filtered_and_paged_and_nobody_elses_is_found(server: Parts, portal: Portal) -> None:
    order = await delivered(server)
    owner = order.customer_id
    others = [await paid(server, of=owner) for _ in range(11)]
    foreign = await delivered(server)
    browser = await portal(owner)
    first = await browser.get("orders")
    assert first.status == 200 and others[-1].number in first.text and order.number not in first.text
    assert "Lampe &lt;b&gt;Orée" in first.text and "<b>Orée" not in first.text
    assert order.number in (await browser.get("orders?page=2")).text
    over = await browser.get("orders?which=over")
    assert order.number in over.text and others[0].number not in over.text
    for query in ("page=999999999", "page=-1&which=x'", "page=%F0%9F%92%A9"):
        assert (await browser.get(f"orders?{query}")).status == 200
    assert others[-1].number in (await browser.get("")).text
    guest = await portal(owner, order_id=order.id)
    assert (await guest.get("orders")).to.endswith(f"/{order.id}")
    assert (await guest.get(f"orders/{order.id}")).status == 200
    for path in ("", "/cancel", "/address", "/return", "/exchange", "/problem", "/tracking", "/invoice/F1"):
        assert (await guest.get(f"orders/{others[0].id}{path}")).status == 404
        for wrong in (foreign.id, uuid4(), "0", "%27"):
            assert (await browser.get(f"orders/{wrong}{path}")).status == 404, path
            said = {"key": "k" * 20, "version": "1", "draft": "x", "reason": "other"}
            if path in ("/cancel", "/address"):
                assert (await browser.post(f"orders/{wrong}{path}", **said)).status == 404
    assert (await (await portal()).get(f"orders/{order.id}")).to.startswith("/fr/compte/entree")


async def test_an_order_tells_where_it_is_what_it_cost_and_has_its_invoice(server: Parts, portal: Portal) -> None:
    async with server.sessions.begin() as session:
        order = await shop.paid(session, LAMP, PLATES, discount_minor=500)
        await moving.ship(
            session, order.id, actor=SYSTEM, carrier="Colis & Co", tracking_number="6A123", shipped_at=utc_now()
        )
        parcel = order.shipments[0]
        parcel.expected_to = days.today() + timedelta(days=1)
    await with_company(server)
    browser = await portal(order.customer_id, language="en")
    page = await browser.get(f"orders/{order.id}")
    assert "It left today with Colis &amp; Co. Delivery is expected tomorrow." in page.text and "6A123" in page.text
    assert "€124.90" in page.text and "Paid by card" in page.text and "12 rue de la Part-Dieu" in page.text
    assert "Possible before it is shipped" not in page.text and "Once delivered, it can be returned for 30" in page.text
    async with server.sessions.begin() as session:
        await tracking.report(session, parcel.id, actor=SYSTEM, code="at_depot", place="<i>Lyon</i>")
    part = await browser.get(f"orders/{order.id}/tracking")
    assert "At the depot" in part.text and "&lt;i&gt;Lyon" in part.text and "<html" not in part.text
    await browser.get(f"orders/{order.id}")
    at = (await browser.post(f"orders/{order.id}/invoice")).to
    assert (await browser.post(f"orders/{order.id}/invoice")).to == at
    paper = await browser.get(at)
    assert paper.headers["Content-Type"] == "application/pdf" and paper.headers["Cache-Control"] == "no-store"
    assert "Invoice F" in (await browser.get(f"orders/{order.id}")).text
    assert (await (await portal((await delivered(server)).customer_id)).get(at)).status == 404


async def test_cancelling_is_told_before_and_done_once(server: Parts, portal: Portal) -> None:
    order = await paid(server)
    browser = await portal(order.customer_id)
    path = f"orders/{order.id}/cancel"
    page = await browser.get(path)
    assert "129,90" in page.text and "au plus tard le" in page.text
    said = {**fields(page), "reason": HOSTILE}
    answers = await asyncio.gather(*(browser.client.post(
        server.settings.address + f"/fr/compte/commandes/{order.id}/annuler", data=said, allow_redirects=False,
    ) for _ in range(2)))  # fmt: skip
    assert [each.status for each in answers] == [303, 303]
    shown = await browser.get(f"orders/{order.id}")
    assert "la commande est annulée" in shown.text and shown.text.count("Remboursement en cours") == 1
    assert "ne peut plus être annulée" in (await browser.get(path)).text
    again = await browser.post(path, **{**said, "key": "another-key-altogether"})
    assert again.status == 412 and "Rien n’a été fait" in again.text
    for wrong in ({"key": ""}, {"version": "x"}, {"version": "9" * 30}, {"key": "é" * 30}):
        assert (await browser.post(path, **{**said, **wrong})).status == 400
    assert (await browser.post(path, **{**said, "csrf": "other"})).status == 403


async def test_an_address_is_changed_after_a_yes_and_never_abroad(server: Parts, portal: Portal) -> None:
    order = await paid(server)
    browser = await portal(order.customer_id, language="en")
    path = f"orders/{order.id}/address"
    typed = {"name": HOSTILE, "line1": "1 rue Neuve", "line2": "", "postcode": "33000", "city": "Bordeaux"}
    await browser.get(path)
    wrong = await browser.post(path, **{**typed, "postcode": "SW1A 1AA"})
    assert wrong.status == 422 and "That postcode doesn’t fit" in wrong.text and "&lt;script&gt;" in wrong.text
    [french] = re.findall(r'href="(/fr/compte/commandes/[^"]*)" hreflang="fr"', wrong.text)
    there = await browser.get(french)
    assert 'value="Bordeaux"' in there.text and "Ce code postal" in there.text
    assert (await browser.post(path, **{**typed, "city": ""})).status == 422
    asked = await browser.post(path, **{**typed, "country": "BE"})
    assert asked.status == 303 and "Bordeaux" not in asked.to
    page = await browser.follow(asked)
    assert "Bordeaux" in page.text and "<script>alert" not in page.text
    other = await portal(order.customer_id, order_id=order.id)
    assert (await other.get(asked.to)).status == 303, "what was typed opens for the visit that typed it"
    said = fields(page)
    assert (await browser.post(f"{path}/check", **{**said, "draft": "forged"})).status == 400
    async with server.sessions.begin() as session:
        await moving.prepare(session, order.id, actor=SYSTEM)
    late = await browser.post(f"{path}/check", **said)
    assert late.status == 412 and "Nothing was done" in late.text
    second = await paid(server, of=order.customer_id)
    page = await browser.follow(await browser.post(f"orders/{second.id}/address", **typed))
    for _ in range(2):
        assert (await browser.post(f"orders/{second.id}/address/check", **fields(page))).status == 303
    async with server.sessions() as session:
        found = await session.get_one(Order, second.id)
        assert (found.ship_city, found.ship_country, found.version) == ("Bordeaux", "FR", second.version + 1)


@pytest.mark.parametrize("guest", [False, True])
async def test_a_problem_becomes_one_case_with_its_photos(server: Parts, portal: Portal, guest: bool) -> None:
    order = await delivered(server)
    browser = await portal(order.customer_id, order_id=order.id if guest else None)
    path = f"orders/{order.id}/problem"
    page = await browser.get(path)
    assert "kind=damaged_item" in page.text and "kind=late_parcel" not in page.text
    assert (await browser.get(f"{path}?kind=late_parcel")).text.count("<textarea") == 0
    said = {**fields(await browser.get(f"{path}?kind=damaged_item")), "text": f"Cassée {HOSTILE}"}
    nothing = await send(browser, path, said)
    assert nothing.status == 422 and "Choisissez l’article" in nothing.text and "Cassée" in nothing.text
    said[f"n-{order.lines[0].id}"] = "1"
    for _ in range(2):
        sent = await send(browser, path, said, ("a.jpg", picture()), ("b.jpg", picture(size=(50, 50))))
        assert sent.status == 303
    async with server.sessions() as session:
        [case] = await session.scalars(select(Case))
        files = (await session.scalars(select(Attachment).join(CaseFile, CaseFile.file_id == Attachment.id))).all()
        [about] = await session.scalars(select(CaseOrder.order_id))
    assert (case.tags, case.opened_by, about) == (["damaged_item"], f"customer:{order.customer_id}", order.id)
    assert "Lampe" in case.description and "Cassée" in case.description and len(files) == 2
    assert case.number in (await browser.get(f"orders/{order.id}")).text
    assert case.number in (await browser.get(path)).text
    twice = await send(browser, path, {**said, "key": "z" * 24})
    assert twice.status == 409 and case.number in twice.text
    wrong = await send(browser, path, {**said, "key": "y" * 24, "kind": "refund_me"})
    assert wrong.status == 422
    late = await send(browser, path, {**said, "key": "x" * 24, "kind": "late_parcel"})
    assert late.status == 409 and "livrée" in late.text
    assert isinstance(case.id, UUID)
