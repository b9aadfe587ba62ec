"""My details and my data: the customer's own, changed by the rules that hold everywhere."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.model import AuditEntry
from crm_backend.cases.model import Case
from crm_backend.conversations.model import OutboxItem
from crm_backend.customers import consents, merging
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import new_id
from crm_backend.loyalty import services as loyalty
from crm_backend.portal.model import PortalVisit
from crm_backend.privacy import erasing
from server.app import Parts
from tests.server.portal.conftest import Portal
from tests.server.portal.test_talks import on_whatsapp
from tests.support import shop

pytestmark = pytest.mark.usefixtures("mailbox")


async def made(server: Parts, name: str = "Marie") -> UUID:
    """A customer with an address on file."""
    async with server.sessions.begin() as session:
        session.add(customer := Customer(id=new_id(), first_name=name, last_name="Durand"))
        await session.flush()
        session.add(Address(customer_id=customer.id, line1="1 rue A", postcode="69001", city="Lyon", country="FR"))
    return customer.id


async def rows(server: Parts, model: type, customer: UUID) -> list[object]:
    async with server.sessions() as session:
        return list(await session.scalars(select(model).where(model.customer_id == customer).order_by(model.id)))


async def secret(server: Parts) -> str:
    for _ in range(200):
        async with server.sessions() as session:
            found = await session.scalar(select(OutboxItem.secret).where(OutboxItem.secret.is_not(None)))
        if found:
            return str(found)
        await asyncio.sleep(0.02)
    raise AssertionError("no code was sent")


async def test_a_new_address_counts_once_its_code_is_typed(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    browser = await portal(owner)
    asked = (await browser.post("details/email", email="Neuve@Example.fr")).to
    page = await browser.get(asked)
    # In the other language it is the same page, and nobody else's.
    assert re.search(r'href="(/en/account/details/email/code\?draft=[^"]+)"', page.text)
    assert (await (await portal(await made(server, "Paul"))).get(asked)).to == "/fr/compte/coordonnees"
    assert page.status == 200 and "Confirmer neuve@example.fr" in page.text
    assert len(await rows(server, Identity, owner)) == 1
    code = await secret(server)
    wrong = await browser.post(asked, code=f"{(int(code) + 1) % 10**6:06}")
    assert wrong.status == 422 and "Confirmer neuve@example.fr" in wrong.text
    assert len(await rows(server, Identity, owner)) == 1
    done = await browser.follow(await browser.post(asked, code=code))
    assert "cette adresse est la première" in done.text
    first = next(each for each in await rows(server, Identity, owner) if each.is_primary)  # type: ignore[attr-defined]
    assert (first.value, first.proof) == ("neuve@example.fr", "verified")  # type: ignore[attr-defined]


async def test_details_are_changed_and_told_as_the_customers_own_doing(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    browser = await portal(owner, language="en")
    await browser.get("details")
    assert (await browser.post("details/language", language="en")).status == 303
    assert (await browser.post("details/language", language="de")).status == 422
    assert (await browser.post("details/phone", phone="07700 900123")).status == 303
    wrong = await browser.post("details/phone", phone="12")
    assert wrong.status == 422 and 'value="12"' in wrong.text and "aria-invalid" in wrong.text
    for _ in range(2):
        assert (await browser.post("details/name", name="Marie Dupont")).status == 303
    wished = {"purpose_marketing": "1", "purpose_notices": "1", "hours_from": "09:00", "hours_until": "18:00"}
    assert (await browser.post("details/messages", **wished)).status == 303
    assert (await browser.post("details/messages", hours_from="25:99")).status == 422
    async with server.sessions() as session:
        customer = await session.get_one(Customer, owner)
        holds = {each: await consents.allowed(session, owner, each) for each in consents.PURPOSES}
        [case] = await session.scalars(select(Case).where(Case.customer_id == owner))
        doers = set(await session.scalars(select(AuditEntry.actor).where(AuditEntry.origin == "portal")))
    assert (customer.language, customer.last_name) == ("en", "Durand"), "a name is for people to check"
    assert holds == {"notices": True, "marketing": True, "offers": False, "surveys": False, "profiling": False}
    assert case.description.endswith("Marie Dupont") and doers == {f"customer:{owner}"}
    page = (await browser.get("details")).text
    assert "+44\u00a07700\u00a0900123" in page and 'name="purpose_marketing" value="1" checked' in page


async def test_a_number_that_is_only_typed_gives_nobody_what_its_owner_writes(server: Parts, portal: Portal) -> None:
    browser = await portal(await made(server))
    await on_whatsapp(server, "Avant", "+33699999999")
    assert (await browser.post("details/phone", phone="+33699999999")).status == 303
    await on_whatsapp(server, "Mon secret", "+33699999999")
    listed = (await browser.get("conversations")).text
    assert "Avant" not in listed and "Mon secret" not in listed


async def test_addresses_are_added_once_changed_and_removed_and_nobody_elses(server: Parts, portal: Portal) -> None:
    owner, stranger = await made(server), await made(server, "Paul")
    [theirs] = await rows(server, Address, stranger)
    browser = await portal(owner)
    form = {"line1": "2 rue B", "postcode": "75011", "city": "Paris", "country": "FR", "key": "k" * 24}
    bad = await browser.post("details/addresses/new", **{**form, "postcode": "7"})
    assert bad.status == 422 and 'value="2 rue B"' in bad.text and 'id="postcode-wrong"' in bad.text
    for _ in range(2):
        assert (await browser.post("details/addresses/new", **form)).status == 303
    first, second = await rows(server, Address, owner)
    one = f"details/addresses/{second.id}"  # type: ignore[attr-defined]
    assert (await browser.post(one, **{**form, "city": "Lille", "version": "1"})).status == 303
    assert (await browser.post(one, **{**form, "city": "Nice", "version": "1"})).status == 412, "it has changed since"
    usual = f"details/addresses/{first.id}"  # type: ignore[attr-defined]
    assert (await browser.post(f"{usual}/remove", version="1")).status == 303
    [left] = await rows(server, Address, owner)
    assert (left.city, left.is_default) == ("Lille", True)  # type: ignore[attr-defined]
    for path in (f"details/addresses/{theirs.id}", "details/addresses/x", f"details/addresses/{new_id()}"):  # type: ignore[attr-defined]
        assert (await browser.get(path)).status == 404
        assert (await browser.post(path, **form, version="1")).status == 404
        assert (await browser.post(f"{path}/remove", version="1")).status == 404
    assert len(await rows(server, Address, stranger)) == 1


async def test_forms_of_elsewhere_are_refused(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    browser, other = await portal(owner), await portal(await made(server, "Paul"))
    for csrf in ("", "x" * 10_000, "é", other.csrf):
        assert (await browser.post("details/language", csrf=csrf, language="en")).status == 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await browser.post("details/language", headers=headers, language="en")).status == 403
    async with server.sessions() as session:
        assert (await session.get_one(Customer, owner)).language == "fr"


async def test_a_copy_holds_what_is_theirs_and_no_key(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    await made(server, "Paul")
    browser = await portal(owner)
    url = browser.address + "/fr/compte/donnees/copie"
    async with browser.client.post(url, data={"csrf": browser.csrf}) as response:
        body = await response.read()
        assert response.status == 200 and "mes-donnees-" in response.headers["Content-Disposition"]
    data = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("data.json"))
    text = json.dumps(data)
    assert data["customer"] == str(owner) and "Paul" not in text and "1 rue A" in text
    assert data["tables"]["portal_visits"][0]["device"] == "tests" and browser.csrf not in text


async def test_erasure_is_asked_for_once_and_ends_every_visit_when_it_comes(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    browser, phone = await portal(owner), await portal(owner)
    assert (await browser.post("data/erasure")).status == 422
    for _ in range(2):
        assert (await browser.post("data/erasure", sure="1")).status == 303
    [case] = await rows(server, Case, owner)
    page = (await browser.get("data")).text
    assert case.number in page and "Demander l’effacement" not in page  # type: ignore[attr-defined]
    # One date, here and where the request stands.
    [told] = re.findall(r"Réponse au plus tard [^.<]+, comme la loi le prévoit\.", page)
    assert told in (await browser.get(f"requests/{case.id}")).text  # type: ignore[attr-defined]
    async with server.sessions.begin() as session:
        await erasing.erase(session, owner, actor=SYSTEM, regardless=True)
    for one in (browser, phone):
        assert (await one.get("details")).to.startswith("/fr/compte/entree")
    assert await rows(server, PortalVisit, owner) == []


async def test_visits_are_listed_and_ended_and_a_merge_ends_them(server: Parts, portal: Portal) -> None:
    owner, gone = await made(server), await made(server, "Mary")
    browser, phone, tablet = await portal(owner), await portal(owner), await portal(owner)
    stranger = await portal(gone)
    ids = [each.id for each in await rows(server, PortalVisit, owner)]  # type: ignore[attr-defined]
    assert (await browser.get("data")).text.count("par un code") == 3
    [theirs] = await rows(server, PortalVisit, gone)
    for wrong in (theirs.id, new_id(), "x"):  # type: ignore[attr-defined]
        assert (await browser.post(f"visits/{wrong}/sign-out")).status == 404
    assert (await browser.post(f"visits/{ids[1]}/sign-out")).status == 303
    assert (await phone.get("")).status == 303 and (await tablet.get("")).status == 200
    assert (await browser.post("visits/others/sign-out")).status == 303
    assert (await tablet.get("")).status == 303 and (await browser.get("")).status == 200
    async with server.sessions.begin() as session:
        await merging.merge(session, actor=SYSTEM, kept_id=owner, gone_id=gone)
    assert (await browser.get("")).status == 303 and (await stranger.get("")).status == 303


async def test_points_are_shown_and_the_programme_is_joined_and_left(server: Parts, portal: Portal) -> None:
    owner = await made(server)
    async with server.sessions.begin() as session:
        await loyalty.change_programme(session, actor=SYSTEM, version=None, enabled=True)
    browser = await portal(owner)
    assert "Chaque achat rapporte" in (await browser.get("details")).text
    assert "Bienvenue" in (await browser.follow(await browser.post("details/loyalty", do="join"))).text
    assert "Points à dépenser" in (await browser.get("details")).text
    assert (await browser.post("details/loyalty", do="leave")).status == 422
    assert (await browser.post("details/loyalty", do="leave", sure="1")).status == 303


async def test_a_guest_gets_no_further_than_the_order(server: Parts, portal: Portal) -> None:
    async with server.sessions.begin() as session:
        customer = await shop.customer(session)
        order = await shop.order(session, of=customer.id)
    guest = await portal(customer.id, order_id=order.id)
    for path in ("", "details", "data", "details/addresses/new"):
        assert (await guest.get(path)).to.startswith("/fr/compte/entree"), path
    assert (await guest.post("data/erasure", sure="1")).to == "/fr/compte/entree"
