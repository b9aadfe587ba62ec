"""Customers, as a supervisor finds, merges and sorts them; kept as pictures in var/artefacts/browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from crm_backend.access.actor import SYSTEM
from crm_backend.customers import duplicates, identities, profiles
from crm_backend.customers.model import Customer
from crm_backend.orders.model import Order
from server.app import Parts
from tests.browser.conftest import DESKTOP, PHONE, MakeContext
from tests.browser.desk import DeskPage
from tests.browser.test_accessibility import barriers
from tests.support import site
from tests.support.site import folder_of
from tests.support.stores import Stores


@pytest.fixture(scope="module")
async def house(stores: Stores, demo_template: str) -> AsyncIterator[Parts]:
    """The demo company without its assistant."""
    await stores.forget()
    async with stores.copy(demo_template) as url:
        settings = site.settings_for(url, stores.redis_url, bot_port=site.free_port(), roles=["web"])
        async with site.serving(settings) as parts:
            yield parts


async def twins(house: Parts) -> str:
    """Somebody who ordered, and the same person under another name; the first one's name."""
    async with house.sessions.begin() as session:
        ordered = select(Order.customer_id).group_by(Order.customer_id).order_by(Order.customer_id).limit(1)
        one = await session.scalar(select(Customer).where(Customer.id == ordered.scalar_subquery()))
        assert one is not None
        values = {"first_name": one.first_name, "last_name": f"{one.last_name}-Zola", "language": one.language}
        other = await profiles.create(session, actor=SYSTEM, values=values)
        other.demo = one.demo
        mail = f"{one.last_name}.zola@example.org"
        for each in (one, other):
            await identities.add(session, actor=SYSTEM, customer_id=each.id, kind="email", value=mail)
        await session.flush()
        while await duplicates.look(session):
            pass
        return other.name


async def kept(page: Page, name: str) -> None:
    """A picture, wide and light, narrow and dark; it fits both, and nothing in it keeps people out."""
    for shape, theme in ((DESKTOP, "light"), (PHONE, "dark")):
        await page.set_viewport_size(shape)
        await page.emulate_media(color_scheme=theme)
        wide = await page.locator(".page-scroll").evaluate("(it) => it.scrollWidth > it.clientWidth")
        assert not wide, f"{name} is wider than {shape['width']}"
        await page.screenshot(path=folder_of("browser") / f"customers-{name}-{shape['width']}.png")
    await page.set_viewport_size(DESKTOP)
    assert await barriers(page) == "", name


async def test_a_customer_is_found_merged_and_parted_again_and_a_segment_has_its_members(
    house: Parts, context: MakeContext
) -> None:
    name = await twins(house)
    page = await (await context()).new_page()
    desk = DeskPage(page, house.settings.address)
    await desk.sign_in("sophie@maison-tilleul.example")
    await page.keyboard.press("Shift+C")
    await expect(desk.part("cust-search")).to_be_focused()
    await page.keyboard.type(name.lower().replace("-", " "))
    await expect(desk.part("cust-found")).to_contain_text("résultat")
    await expect(desk.part("cust-hit").first).to_contain_text(name)
    await kept(page, "search")
    await desk.part("cust-search").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(desk.part("cust-name")).to_have_text(name)
    await expect(desk.part("cust-suspected")).to_be_visible()

    # What was typed stays when a colleague was quicker.
    await desk.part("cust-edit").click()
    await desk.part("field-company").fill("Atelier Zola")
    async with house.sessions.begin() as session:
        theirs = await session.scalar(select(Customer).where(Customer.last_name.like("%-Zola")))
        assert theirs is not None
        theirs.time_zone = "Europe/Paris"
    await page.keyboard.press("Enter")
    await expect(desk.part("cust-stale")).to_contain_text("Europe/Paris")
    await expect(desk.part("field-company")).to_have_value("Atelier Zola")
    await page.keyboard.press("Enter")
    await expect(desk.part("cust-details")).to_contain_text("Atelier Zola")
    await kept(page, "card")

    # The other record is suggested; what is kept is chosen; the merge is made, and undone.
    await desk.part("cust-merge").click()
    await desk.part("cust-compare").first.click()
    await desk.part("cust-swap").click()
    await expect(desk.part("cust-moves")).to_be_visible()
    await kept(page, "merge")
    await desk.part("cust-merge-do").click()
    await desk.part("cust-merge-done").get_by_role("link").click()
    await desk.part("cust-to-orders").click()
    await expect(desk.part("allowed").first).to_be_visible()
    await kept(page, "orders")
    await desk.part("cust-to-merges").click()
    await desk.part("cust-undo").click()
    await desk.part("sure").click()
    await desk.part("cust-undone").get_by_role("link").click()
    await expect(desk.part("cust-name")).to_have_text(name)

    # A segment by rule, with who matches as it is made; its members lead to their pages.
    await page.locator(".page-tab", has_text="Segments").click()
    await desk.part("cust-segment-add").click()
    await desk.part("field-name").fill("Anglophones")
    await desk.part("cust-add-rule").click()
    await desk.part("cust-field").select_option("language")
    await desk.part("cust-value-field").select_option("en")
    await expect(desk.part("cust-matching")).to_contain_text(re.compile(r"\d+\s+clients"))
    await kept(page, "segment-form")
    await desk.part("save").click()
    await expect(desk.part("cust-member").first).to_be_visible()
    await kept(page, "segment")
    table = await desk.part("cust-csv").get_attribute("href")
    taken = await page.request.get(f"{house.settings.address}{table}")
    assert taken.ok and "first_name" in await taken.text()
    await desk.part("cust-member").first.click()
    await expect(desk.part("cust-segments")).to_contain_text("Anglophones")
