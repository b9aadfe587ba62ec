"""Every page of the customer's account: the door, one's own pages, orders and what may be done about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from playwright.async_api import Page, expect
from sqlalchemy import select

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.model import OutboxItem
from crm_backend.orders.model import Order
from tests.support import shop
from tests.support.studio import Shot, Studio

OPEN_ALL = "for (const each of document.querySelectorAll('main details')) each.open = true"
UNCHECKED = "for (const each of document.querySelectorAll('form')) each.noValidate = true"
STRANGE = "for (const each of document.querySelectorAll('[name=csrf]')) each.value = 'x'"
SEND = "main form button:not(.portal-quiet)"


async def door(studio: Studio) -> AsyncIterator[Shot]:
    """Before one is signed in."""
    page, who, email = await studio.page(), studio.who, f"camille.{studio.language}@example.org"
    await studio.newcomer(email)
    await page.goto(studio.account())
    yield "portal-door", page
    await page.locator("[name=who]").fill(who.first_name)
    await page.locator("[name=who]").press("Enter")
    await expect(page.locator(".portal-wrong")).to_be_visible()
    yield "portal-door-wrong", page
    await page.locator("[name=who]").fill(email)
    await page.locator("[name=who]").press("Enter")
    await expect(page.locator("[name=code]")).to_be_visible()
    yield "portal-code", page
    await page.locator("[name=code]").fill("000000")
    await page.locator("[name=code]").press("Enter")
    await expect(page.locator(".portal-wrong")).to_be_visible()
    yield "portal-code-wrong", page
    elsewhere = await studio.page()
    await elsewhere.goto(await _link(studio))
    yield "portal-link", elsewhere
    await elsewhere.goto(studio.account("/lien/nothing", "/link/nothing"))
    yield "portal-link-over", elsewhere
    await elsewhere.goto(studio.account("/entree?token=x", "/door?token=x"))
    yield "portal-door-unknown", elsewhere
    find = studio.account("/retrouver-une-commande", "/find-an-order")
    await elsewhere.goto(find)
    yield "portal-find", elsewhere
    for name, value in (("number", "10999"), ("email", who.email), ("postcode", who.postcode)):
        await elsewhere.locator(f"[name={name}]").fill(value)
    await elsewhere.keyboard.press("Enter")
    await expect(elsewhere.locator(".portal-wrong")).to_be_visible()
    yield "portal-find-wrong", elsewhere
    await elsewhere.locator("[name=number]").fill(studio.either("10860", "10852"))
    await elsewhere.keyboard.press("Enter")
    await expect(elsewhere.locator("h1")).to_contain_text(studio.either("10860", "10852"))
    yield "portal-guest", elsewhere


async def _link(studio: Studio) -> str:
    newest = select(OutboxItem.secret).where(OutboxItem.secret.contains("\n")).order_by(OutboxItem.created_at.desc())
    for _ in range(200):
        async with studio.parts.sessions() as session:
            if secret := await session.scalar(newest.limit(1)):
                return str(secret).split("\n")[1]
        await asyncio.sleep(0.05)
    raise AssertionError("no code was sent")


async def own(studio: Studio) -> AsyncIterator[Shot]:
    """One's own pages, of somebody who is known and of somebody who is new."""
    page = await studio.customer_page(await studio.newcomer())
    for name, path in (
        ("home", ("", "")),
        ("orders", ("/commandes", "/orders")),
        ("cases", ("/demandes", "/requests")),
    ):
        await page.goto(studio.account(*path))
        yield f"portal-{name}-empty", page
    await page.goto(studio.account("/conversations", "/conversations"))
    yield "portal-talks-empty", page
    page = await studio.customer_page(await studio.known())
    await page.goto(studio.account("/coordonnees", "/details"))
    await page.evaluate(OPEN_ALL)
    yield "portal-details", page
    await page.evaluate(UNCHECKED)
    await page.locator("#phone").fill("12")
    await page.locator("#phone").press("Enter")
    await expect(page.locator(".portal-wrong")).to_be_visible()
    yield "portal-details-wrong", page
    await page.locator("summary").nth(1).click()
    await page.locator("#email").fill("marie.new@example.fr")
    await page.locator("#email").press("Enter")
    await expect(page.locator("[name=code]")).to_be_visible()
    yield "portal-details-code", page
    await page.goto(studio.account("/coordonnees/adresses/nouveau", "/details/addresses/new"))
    yield "portal-address-new", page
    await page.locator("#line1").fill(studio.either("2 rue B", "2 B Street"))
    await page.locator("#postcode").fill("7")
    await page.locator("#city").fill("Paris")
    await page.locator("#city").press("Enter")
    await expect(page.locator(".portal-wrong")).to_be_visible()
    yield "portal-address-wrong", page
    await page.goto(studio.account("/donnees", "/data"))
    yield "portal-data", page
    await page.locator("form:has([name=sure]) button").click()
    await expect(page.locator(".portal-wrong")).to_be_visible()
    yield "portal-data-wrong", page
    await page.goto(studio.account("/rien", "/nothing"))
    yield "portal-missing", page
    await page.goto(studio.account("/donnees", "/data"))
    await page.evaluate(STRANGE)
    await page.locator("form:has([name=sure]) button").click()
    await page.wait_for_load_state()
    yield "portal-refused", page


async def talks(studio: Studio) -> AsyncIterator[Shot]:
    """Requests and conversations."""
    customer = await studio.known()
    async with studio.parts.sessions.begin() as session:
        new = NewCase(type_key="complaint", customer_id=customer, subject="x", acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
    page = await studio.customer_page(customer)
    await page.goto(studio.account("/demandes", "/requests"))
    yield "portal-cases", page
    await page.goto(studio.account(f"/demandes/{case.id}", f"/requests/{case.id}"))
    yield "portal-case", page
    await page.goto(studio.account("/conversations/nouveau", "/conversations/new"))
    yield "portal-talk-new", page
    await page.evaluate(UNCHECKED)
    await page.locator(SEND).first.click()
    await expect(page.get_by_role("alert")).to_be_visible()
    yield "portal-talk-new-wrong", page
    await page.locator("#talk-text").fill(
        studio.either("Quels sont vos délais de livraison ?", "How long does delivery take?")
    )
    await page.locator(SEND).first.click()
    await expect(page.locator(".talk-bot").first).to_be_visible()
    yield "portal-talk", page
    await page.goto(studio.account("/conversations", "/conversations"))
    yield "portal-talks", page
    await page.goto(studio.account())
    yield "portal-home", page


async def orders(studio: Studio) -> AsyncIterator[Shot]:
    """An order at every point of its way, and each thing that may be done about it."""
    customer = await studio.known()
    async with studio.parts.sessions.begin() as session:
        await shop.paid(session, of=customer, currency=studio.either("EUR", "GBP"))
        of_them = select(Order.id, Order.status).where(Order.customer_id == customer).order_by(Order.placed_at)
        found: dict[str, UUID] = {status: one for one, status in (await session.execute(of_them)).tuples()}
    page = await studio.customer_page(customer)
    await page.goto(studio.account("/commandes", "/orders"))
    yield "portal-orders", page
    for status, one in found.items():
        await page.goto(_order(studio, one))
        yield f"portal-order-{status.replace('_', '-')}", page
    ahead, there = found["preparing"], found["delivered"]
    await page.goto(_order(studio, ahead, "/annuler", "/cancel"))
    yield "portal-cancel", page
    await page.goto(_order(studio, there, "/annuler", "/cancel"))
    yield "portal-cancel-not", page
    async for shot in _address(studio, page, found["paid"]):
        yield shot
    async for shot in _return(studio, page, there):
        yield shot
    async for shot in _problem(studio, page, there):
        yield shot


def _order(studio: Studio, order: UUID, fr: str = "", en: str = "") -> str:
    return studio.account(f"/commandes/{order}{fr}", f"/orders/{order}{en}")


async def _address(studio: Studio, page: Page, order: UUID) -> AsyncIterator[Shot]:
    await page.goto(_order(studio, order, "/adresse", "/address"))
    yield "portal-order-address", page
    await page.locator("#postcode").fill("7")
    await page.locator(SEND).first.click()
    await expect(page.locator(".orders-wrong").first).to_be_visible()
    yield "portal-order-address-wrong", page
    await page.locator("#postcode").fill(str(shop.LYON["postcode"]))
    await page.locator("#line1").fill(studio.either("1 rue Neuve", "1 New Street"))
    await page.locator(SEND).first.click()
    await expect(page.locator(".orders-two")).to_be_visible()
    yield "portal-order-address-check", page


async def _return(studio: Studio, page: Page, order: UUID) -> AsyncIterator[Shot]:
    await page.goto(_order(studio, order, "/echange", "/exchange"))
    yield "portal-exchange", page
    await page.goto(_order(studio, order, "/retour", "/return"))
    yield "portal-return", page
    # What was delivered may be past its time by now.
    if await page.locator(SEND).count() == 0:
        return
    await page.evaluate(UNCHECKED)
    await page.locator(SEND).first.click()
    await page.wait_for_load_state()
    yield "portal-return-wrong", page
    picked = page.locator(".orders-pick").first
    if await picked.locator("select").count():
        await picked.locator("select").first.select_option(index=1)
    else:
        await picked.locator("[type=checkbox]").first.check()
    await page.locator("[name=reason]").first.check()
    await page.locator(SEND).first.click()
    await expect(page.locator(".orders-happens").last).to_be_visible()
    yield "portal-return-check", page
    await page.locator(SEND).first.click()
    await expect(page.locator(".orders-code")).to_be_visible()
    yield "portal-return-made", page
    await page.goto(page.url.partition("?")[0] + studio.either("/annuler", "/cancel"))
    yield "portal-return-off", page


async def _problem(studio: Studio, page: Page, order: UUID) -> AsyncIterator[Shot]:
    at = _order(studio, order, "/probleme", "/problem")
    await page.goto(at)
    yield "portal-problem", page
    await page.goto(at + "?kind=damaged_item")
    yield "portal-problem-kind", page
    await page.evaluate(UNCHECKED)
    await page.locator(SEND).first.click()
    await page.wait_for_load_state()
    yield "portal-problem-wrong", page
