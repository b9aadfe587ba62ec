"""My orders at the portal: seen by whom they belong to, changed once, as policy lets one, and known everywhere else."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from sqlalchemy import func, select, update

from crm_backend.access.actor import SYSTEM
from crm_backend.attachments.model import Attachment
from crm_backend.cases.model import Case, CaseFile, CaseOrder
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.orders import moving, tracking
from crm_backend.orders.creating import NewLine
from crm_backend.orders.model import Order
from crm_backend.policies import services as policies
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import KeptForm
from crm_backend.returns.model import Return, ReturnFile
from server.app import Parts
from server.portal.words.order_deeds import WORDS as DEEDS
from server.portal.words.orders import WORDS as ORDERS
from tests.conftest import MakeAgent
from tests.server.portal.conftest import Portal
from tests.support import core, days, shop
from tests.support.pdf import text_of
from tests.support.portal import Answer, AtPortal
from tests.support.samples import picture
from tests.support.talking import Customer

LAMP = NewLine(1, 8000, names={"fr": "Lampe <b>Orée</b>", "en": "Orée <b>lamp</b>"})
PLATES = NewLine(3, 1500, names={"fr": "Assiette", "en": "Plate"})
HOSTILE = "<script>alert(1)</script>'\"; drop table orders --\u202e\0"


async def delivered(server: Parts, *lines: NewLine, **more: Any) -> Order:
    async with server.sessions.begin() as session:
        return await shop.delivered(session, *(lines or (LAMP, PLATES)), **more)


async def paid(server: Parts, **more: Any) -> Order:
    async with server.sessions.begin() as session:
        return await shop.paid(session, LAMP, PLATES, **more)


async def count(server: Parts, table: Any) -> int:
    async with server.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def fields(page: Answer) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.text[page.text.rindex("<form") :]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def send(browser: AtPortal, path: str, said: dict[str, str], *photos: tuple[str, bytes]) -> Answer:
    """A form with photos, its fields in the order of the page."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in said.items():
        form.add_field(name, value)
    for name, content in photos or (("", b""),):
        form.add_field("photos", content, filename=name, content_type="image/jpeg")
    return await browser._call("POST", path, data=form)


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


async def with_company(server: Parts) -> None:
    async with server.sessions.begin() as session:
        said = {"name": "Maison", "address": ["3 quai", "Lyon"]}
        await policies.add(session, actor=SYSTEM, kind="company", parameters=said)


async def test_a_return_is_foreseen_and_made_once_with_its_slip(server: Parts, portal: Portal) -> None:
    order = await delivered(server)
    await with_company(server)
    browser = await portal(order.customer_id, order_id=order.id)
    path, plates = f"orders/{order.id}/return", order.lines[1].id
    assert "Assiette" in (await browser.get(path)).text
    for query, why in (
        ("reason=other", "Choisissez au moins un article"),
        (f"n-{plates}=4&reason=other", "au plus 3"),
        (f"n-{plates}=1&reason=x", "Dites-nous pourquoi"),
        (f"n-{plates}=%C2%B2&reason=other", "au plus 3"),
    ):
        refused = await browser.get(f"{path}/check?{query}")
        assert refused.status == 422 and why in refused.text, query
    assert (await browser.get(f"{path}/check")).to.endswith("/retour")
    page = await browser.get(f"{path}/check?n-{plates}=2&reason=damaged")
    assert "2\u00a0× Assiette" in page.text and "30,00" in page.text
    said = fields(page)
    for content, why in ((b"GIF89a nonsense", "photo"), (b"just text", "pas une photo"), (b"\1\2\3", "pas une photo")):
        refused = await send(browser, f"{path}/check", {**said, "note": "Ébréchées"}, ("a.jpg", content))
        assert refused.status == 422 and why in refused.text and "Ébréchées" in refused.text
    assert await count(server, Return) == 0
    # A guest's photos are no part of the customer's allowance; of a form that is refused, the good ones stay.
    refused = await send(browser, f"{path}/check", said, ("bonne.jpg", picture()), ("notes.txt", b"just text"))
    assert refused.status == 422 and "«\u00a0notes.txt\u00a0»" in refused.text
    [(kept, name)] = re.findall(r'name="kept" value="([^"]+)" checked> <span dir="auto">([^<]+)', refused.text)
    async with server.sessions() as session:
        [loose] = await session.scalars(select(Attachment).where(Attachment.name == name))
    assert name.startswith("bonne.jpg") and loose.uploaded_by == f"guest:{order.id}"
    someone = await portal(order.customer_id)
    owner = fields(await someone.get(f"{path}/check?n-{plates}=2&reason=damaged"))
    stolen = await send(someone, f"{path}/check", {**owner, "kept": kept})
    assert stolen.status == 422 and await count(server, Return) == 0
    said |= {"note": HOSTILE, "kept": kept}
    sent = [await send(browser, f"{path}/check", said) for _ in range(2)]
    assert sent[0].to == sent[1].to and (await count(server, Return), await count(server, ReturnFile)) == (1, 1)
    made = await browser.follow(sent[0])
    assert "<svg" in made.text and "<script>alert" not in made.text and "Photo 1" in made.text
    assert "Assiette" in text_of(await _bytes(browser, f"{sent[0].to}/etiquette"))
    again = await browser.get(f"{path}/check?n-{plates}=1&reason=damaged")
    assert "Un retour de cet article est déjà demandé" in again.text
    too_many = await send(browser, f"{path}/check", {**fields(again), f"n-{plates}": "2"})
    assert too_many.status == 409 and "Rien n’a été fait" in too_many.text


async def test_a_return_is_known_at_the_desk_and_to_the_assistant_and_called_off(
    server: Parts, portal: Portal, agent: MakeAgent
) -> None:
    order = await delivered(server)
    await with_company(server)
    browser = await portal(order.customer_id)
    page = await browser.get(f"orders/{order.id}/return/check?n-{order.lines[0].id}=1&reason=damaged")
    sent = await send(browser, f"orders/{order.id}/return/check", fields(page), ("a.jpg", picture()))
    reference = sent.to.rpartition("/")[2].replace("-", "")[-8:].upper()
    claire = await agent()
    status, told = await claire.call("GET", f"/customers/{order.customer_id}/orders")
    [back] = told["items"][0]["returns"]
    assert status == 200 and (back["reference"], len(back["pictures"])) == (reference, 1)
    talk = (await core.write(server.sessions, visitor=new_id().hex)).conversation_id
    async with server.sessions.begin() as session:
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = order.customer_id, "verified"
    customer = Customer(talk)
    assert await customer.says("où en est mon retour ?", "return_status") == ["utter_return_status_requested_slip"]
    assert customer.messages[-1]["reference"] == reference
    off = await browser.post(f"{sent.to}/annuler", **fields(await browser.get(f"{sent.to}/annuler")))
    assert off.status == 303 and "ce retour est annulé" in (await browser.follow(off)).text
    assert (await browser.get(f"{sent.to}/annuler")).status == 200


async def test_what_was_chosen_before_a_visit_ended_joins_no_other_choice(server: Parts, portal: Portal) -> None:
    order = await delivered(server)
    lamp, plates = (line.id for line in order.lines)
    browser = await portal(order.customer_id)
    path = f"/fr/compte/commandes/{order.id}/retour/verifier"
    form = KeptForm(path, path, {f"n-{lamp}": "1", "reason": "damaged", "note": "Le pied est tordu."})
    async with server.sessions.begin() as session:
        await session.execute(update(PortalVisit).values(kept=asdict(form)))
    page = await browser.get(f"{path}?n-{plates}=2&reason=damaged")
    assert "Assiette" in page.text and "Lampe" not in page.text and "Le pied est tordu." in page.text


async def _bytes(browser: AtPortal, path: str) -> bytes:
    async with browser.client.get(browser.address + path) as answer:
        return await answer.read()


async def test_what_policy_forbids_says_why_and_what_is_left(server: Parts, portal: Portal) -> None:
    old = await delivered(server, at=utc_now() - timedelta(days=60))
    browser = await portal(old.customer_id, language="en")
    page = await browser.get(f"orders/{old.id}")
    assert "It could be returned until" in page.text and "If it’s faulty, until" in page.text
    form = await browser.get(f"orders/{old.id}/return")
    assert 'value="damaged"' in form.text and 'value="changed_mind"' not in form.text
    line = old.lines[0].id
    refused = await browser.get(f"orders/{old.id}/return/check?n-{line}=1&reason=changed_mind")
    assert refused.status == 422 and "doesn’t come back for that reason" in refused.text
    older = await delivered(server, at=utc_now() - timedelta(days=1000), of=old.customer_id)
    for path in ("return", "exchange"):
        page = await browser.get(f"orders/{older.id}/{path}")
        assert page.status == 200 and "It could be returned until" in page.text and "A person can look" in page.text
    young = await paid(server, of=old.customer_id)
    page = await browser.get(f"orders/{young.id}/return")
    assert "has not been delivered yet" in page.text and f"/orders/{young.id}/cancel" in page.text


async def test_an_exchange_is_for_a_version_that_can_be_had(server: Parts, portal: Portal) -> None:
    async with server.sessions.begin() as session:
        small = await shop.variant(session, price=2500)
        large = type(small)(product_id=small.product_id, price_minor=3000, currency="EUR", options={"colour": "navy"})
        session.add(large)
        await session.flush()
        order = await shop.delivered(session, NewLine(2, 2500, variant_id=small.id))
    browser = await portal(order.customer_id)
    path, line = f"orders/{order.id}/exchange", order.lines[0].id
    assert "bleu marine" in (await browser.get(path)).text
    same = await browser.get(f"{path}/check?n-{line}=1&instead=same")
    assert same.status == 422 and "Dites-nous pourquoi" in same.text
    assert (await browser.get(f"{path}/check?n-{line}=1&instead={uuid4()}")).status == 422
    page = await browser.get(f"{path}/check?n-{line}=2&instead={large.id}")
    assert "bleu marine" in page.text and "10,00" in page.text
    made = await browser.follow(await send(browser, f"{path}/check", fields(page)))
    assert "Échange " in made.text
    async with server.sessions() as session:
        [kept] = await session.scalars(select(Return))
    assert (kept.kind, kept.requested_by) == ("exchange", f"customer:{order.customer_id}")


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
