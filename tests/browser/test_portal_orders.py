"""From signing in at the portal to a return with its slip, seen at the desk; on a phone, and without JavaScript."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.catalogue.model import Product
from crm_backend.conversations.model import OutboxItem
from crm_backend.customers.model import Identity
from crm_backend.orders import moving, tracking
from crm_backend.orders.creating import NewLine
from crm_backend.orders.model import Order
from crm_backend.policies import services as policies
from server.app import Parts
from tests.browser.conftest import MakeContext, MakeDesk
from tests.browser.test_help import looked_at
from tests.server.portal.conftest import mailbox  # noqa: F401
from tests.support import shop

EMAIL = "marie@example.com"
COMPANY = {"name": "Maison", "address": ["3 quai du Rhône", "69001 Lyon"]}


async def bought(server: Parts) -> tuple[Order, Order]:
    """What arrived and what is under way, of a customer with an address on file."""
    async with server.sessions.begin() as session:
        mug = await shop.variant(session)
        (await session.get_one(Product, mug.product_id)).image = "/static/icon.svg"
        await policies.add(session, actor=SYSTEM, kind="company", parameters=COMPANY)
        lines = NewLine(2, 2500, variant_id=mug.id), NewLine(1, 8000, names={"fr": "Lampe Orée", "en": "Orée lamp"})
        there = await shop.delivered(session, *lines)
        session.add(Identity(customer_id=there.customer_id, kind="email", value=EMAIL, is_primary=True))
        ahead = await shop.paid(session, of=there.customer_id)
    return there, ahead


async def code(server: Parts) -> str:
    """The code that was sent."""
    for _ in range(200):
        async with server.sessions() as session:
            secret = await session.scalar(select(OutboxItem.secret).where(OutboxItem.secret.is_not(None)))
        if secret:
            return str(secret).split("\n")[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no code was sent")


async def signed_in(server: Parts, page: Page) -> None:
    """By a code, on the way to the orders."""
    await page.goto(server.settings.address + "/fr/compte/commandes")
    await page.get_by_label("Adresse e-mail ou numéro").fill(EMAIL)
    await page.get_by_role("button", name="Recevoir un code").click()
    await page.locator("[name=code]").fill(await code(server))
    await page.locator("[name=code]").press("Enter")
    await expect(page.get_by_role("heading", name="Mes commandes")).to_be_visible()


@pytest.mark.usefixtures("mailbox")
async def test_signed_in_on_a_phone_a_return_is_made_with_its_slip_and_seen_at_the_desk(
    server: Parts, context: MakeContext, colleague: MakeDesk
) -> None:
    there, ahead = await bought(server)
    page = await (await context(phone=True)).new_page()
    await signed_in(server, page)
    await looked_at(page)
    for each in ("annuler", "adresse"):
        await page.goto(f"{server.settings.address}/fr/compte/commandes/{ahead.id}/{each}")
        await looked_at(page)
    await page.get_by_label("Numéro et rue").fill("1 rue Neuve")
    await page.get_by_role("button", name="Continuer").click()
    await looked_at(page)
    await page.get_by_role("link", name=f"Commande {ahead.number}").click()
    await expect(page.locator(".orders-refresh")).to_be_hidden()
    async with server.sessions.begin() as session:
        sent = await moving.ship(session, ahead.id, actor=SYSTEM, carrier="Colis", tracking_number="6A1")
        await tracking.report(session, sent.shipments[0].id, actor=SYSTEM, code="out_for_delivery")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator(".orders-reports li")).to_contain_text("En tournée de livraison")
    await looked_at(page)

    await page.goto(f"{server.settings.address}/fr/compte/commandes/{there.id}")
    await looked_at(page)
    for each in (f"echange?line={there.lines[0].id}", "probleme?kind=damaged_item"):
        await page.goto(f"{server.settings.address}/fr/compte/commandes/{there.id}/{each}")
        await looked_at(page)
    await page.goto(f"{server.settings.address}/fr/compte/commandes/{there.id}")
    await page.get_by_role("link", name="Renvoyer des articles", exact=True).click()
    await looked_at(page)
    await page.get_by_label("Combien de").select_option("1")
    await page.get_by_label("Il est arrivé abîmé").check()
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.locator(".orders-happens").last).to_contain_text("25,00")
    photo = {"name": "mug.png", "mimeType": "image/png", "buffer": await page.screenshot()}
    await page.locator("#photos").set_input_files(files=[photo])  # type: ignore[list-item]
    await page.get_by_label("Voulez-vous préciser").fill("L’anse est <b>cassée</b>.")
    await looked_at(page)
    await page.get_by_role("button", name="Demander le retour").dblclick()
    await expect(page.locator(".portal-notice")).to_contain_text("le retour est enregistré")
    await expect(page.get_by_role("img", name="Code QR")).to_be_visible()
    await looked_at(page)
    slip = page.get_by_role("link", name="Bon de retour (PDF)")
    paper = await page.request.get(server.settings.address + str(await slip.get_attribute("href")))
    assert (await paper.body()).startswith(b"%PDF")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("link", name="Annuler ce retour")).to_be_hidden()
    await expect(page.get_by_role("img", name="Code QR")).to_be_visible()
    await page.emulate_media(media="screen")
    reference = (await page.locator("h1").inner_text()).rpartition(" ")[2]
    await page.go_back()
    await expect(page.locator(".orders-there")).to_contain_text(reference)

    claire = await colleague("claire")
    await claire.page.goto(f"{server.settings.address}/desk/#/customers/{there.customer_id}/orders")
    made = claire.page.locator(f'[data-testid="return"][data-reference="{reference}"]')
    await claire.page.locator(f'[data-testid="order"][data-number="{there.number}"] summary').click()
    await expect(made).to_contain_text("L’anse est <b>cassée</b>.")
    await expect(made.locator("img")).to_be_visible()


async def test_a_guest_does_it_all_by_keyboard_and_without_javascript(server: Parts, context: MakeContext) -> None:
    there, _ = await bought(server)
    page = await (await context(language="en", dark=True, java_script_enabled=False)).new_page()
    await page.goto(server.settings.address + "/en/account/find-an-order")
    for name, value in (("number", there.number), ("email", EMAIL), ("postcode", "69003")):
        await page.locator(f"[name={name}]").fill(value)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=f"Order {there.number}")).to_be_visible()
    await page.get_by_role("link", name="Exchange an item").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Orée lamp").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Return it").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Orée lamp")).to_be_checked()
    await page.get_by_label("I’ve changed my mind").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Ask for the return").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".portal-notice")).to_contain_text("the return is set up")
    await expect(page.locator(".orders-code")).to_be_visible()
    await page.get_by_role("link", name=f"Order {there.number}").click()
    await page.get_by_role("button", name="Get the invoice").focus()
    async with page.expect_response(lambda answer: "/invoice/" in answer.url) as answered:
        await page.keyboard.press("Enter")
    assert (await answered.value).headers["content-type"] == "application/pdf"
