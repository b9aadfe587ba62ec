"""Returns and exchanges asked for at the portal: foreseen, made once, known everywhere else, and called off."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, update

from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.orders.creating import NewLine
from crm_backend.portal.model import PortalVisit
from crm_backend.portal.schema import KeptForm
from crm_backend.returns.model import Return, ReturnFile
from server.app import Parts
from tests.conftest import MakeAgent
from tests.server.portal.conftest import Portal
from tests.server.portal.orders import HOSTILE, count, delivered, fields, paid, send, with_company
from tests.support import core, shop
from tests.support.pdf import text_of
from tests.support.portal import AtPortal
from tests.support.samples import picture
from tests.support.talking import Customer


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


async def _bytes(browser: AtPortal, path: str) -> bytes:
    async with browser.client.get(browser.address + path) as answer:
        return await answer.read()
