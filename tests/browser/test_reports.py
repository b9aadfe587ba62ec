"""Reports, as a supervisor reads them; kept as pictures in var/artefacts/browser."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect
from sqlalchemy import insert

from crm_backend.agents.model import Agent
from crm_backend.customers.model import Customer, Identity
from crm_backend.reports import following
from server.app import Parts
from server.demo.company import tables_on
from server.demo.history import tell
from tests.browser.conftest import DESKTOP, MakeDesk
from tests.browser.test_accessibility import barriers
from tests.support.stores import ROOT

PICTURES = ROOT / "var" / "artefacts" / "browser"


async def some_weeks(server: Parts) -> date:
    """The demo company's past, counted; today."""
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    tables = tables_on(today, password_hash="none")
    async with server.sessions.begin() as session:
        for model in (Agent, Customer, Identity):
            await session.execute(insert(model), list(tables[model]))
        await tell(session, today)
        while await following.follow(session, now=datetime.now(UTC)):
            pass
    return today


async def kept(page: Page, name: str) -> None:
    """A picture of what is there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"reports-{name}.png", full_page=False)


async def test_a_supervisor_reads_the_weeks_looks_behind_a_figure_and_has_it_mailed(
    server: Parts, colleague: MakeDesk
) -> None:
    await some_weeks(server)
    thomas = await colleague("thomas", role="supervisor")
    page = thomas.page
    await page.keyboard.press("Shift+R")
    await expect(thomas.part("rep-tile-contacts")).to_be_visible()
    await expect(thomas.part("rep-divided-table")).to_be_visible()
    assert await barriers(page) == ""
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 1280, "height": 1700})
    await kept(page, "fr-light-desktop")

    # What a figure means is one press away; its course is walked by keys, and a point opens what is behind it.
    await thomas.part("rep-info-durable_resolution").click()
    await expect(thomas.part("rep-definition")).to_contain_text("aucun canal")
    await page.keyboard.press("Escape")
    await thomas.part("rep-tile-durable_resolution").get_by_role("button").first.click()
    await thomas.part("rep-chart").focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await kept(page, "fr-light-point")
    await page.keyboard.press("Enter")
    await expect(thomas.part("rep-rows")).to_be_visible()
    await thomas.part("rep-which-all").click()
    assert await barriers(page) == ""
    await kept(page, "fr-light-behind")
    await page.keyboard.press("Escape")

    # The address holds what was asked for; on a phone, in the dark, it is all there.
    await thomas.part("rep-filter-channel").select_option("mail")
    await expect(page).to_have_url(re.compile("channel=mail&figure=durable_resolution"))
    await page.reload()
    await expect(thomas.part("rep-filter-channel")).to_have_value("mail")
    await thomas.part("rep-as-table").click()
    await expect(thomas.part("rep-course-table")).to_be_visible()
    await thomas.part("rep-as-table").click()
    await page.set_viewport_size({"width": 320, "height": 2600})
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await kept(page, "fr-dark-phone")
    assert await barriers(page) == ""
    await page.set_viewport_size(DESKTOP)

    await thomas.part("rep-mailed").click()
    await thomas.part("rep-mail-add").click()
    await thomas.part("rep-mail-name").fill("Bilan des mails")
    await kept(page, "fr-dark-mailing")
    assert await barriers(page) == ""
    await thomas.part("rep-mail-save").click()
    await expect(thomas.part("rep-mailing")).to_contain_text("Bilan des mails")
    await page.keyboard.press("Escape")

    # A row opens its conversation.
    await thomas.part("rep-behind").click()
    await thomas.part("rep-rows").get_by_role("link").first.click()
    await expect(thomas.conversation.get_by_test_id("message").first).to_be_visible()

    agent = await colleague("claire")
    await agent.page.goto(f"{agent.address}/desk/#/reports")
    await expect(agent.part("no-rights")).to_be_visible()
