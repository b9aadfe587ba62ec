"""The desk's pages about channels and undelivered messages."""

from __future__ import annotations

from playwright.async_api import expect

from server.app import Parts
from tests.browser.conftest import MakeDesk
from tests.browser.letters import shared_things, undelivered
from tests.browser.test_accessibility import barriers

TOKEN = "a-token-of-the-tests"


async def test_an_administrator_connects_an_account_and_takes_it_away(colleague: MakeDesk) -> None:
    admin = await colleague(role="admin")
    page = admin.page
    await page.keyboard.press("c")
    console = page.locator("[data-channel=console]")
    await expect(console).to_be_visible()
    assert await barriers(page) == ""
    await console.get_by_test_id("add-account").click()
    form = admin.part("settings-form")
    await expect(form.get_by_test_id("setting-name")).to_have_value("main")
    await form.get_by_test_id("setting-token").fill("short")
    await form.get_by_test_id("save").click()
    await expect(form.get_by_test_id("setting-token")).to_have_attribute("aria-invalid", "true")
    await expect(form).to_contain_text("au moins 16 caractères")
    await form.get_by_test_id("setting-token").fill(TOKEN)
    await form.get_by_test_id("save").click()
    account = console.get_by_test_id("channel-account")
    await expect(account).to_contain_text("/hooks/console/main")
    assert TOKEN not in await page.content()

    await account.get_by_test_id("check").click()
    await expect(account.get_by_test_id("health")).to_have_attribute("data-health", "ok")
    await account.get_by_test_id("test").click()
    await account.get_by_test_id("test-to").fill("claire")
    await account.get_by_test_id("test-send").click()
    await expect(account.get_by_test_id("test-answer")).to_have_text("La plateforme l’a accepté.")
    assert await barriers(page) == ""

    await account.get_by_test_id("settings").click()
    await expect(form.get_by_test_id("setting-token")).to_have_value("")
    await expect(form).to_contain_text("Renseigné")
    await form.get_by_test_id("save").click()
    await expect(form).to_have_count(0)

    await account.get_by_test_id("switch").click()
    await expect(account.get_by_test_id("health")).to_have_attribute("data-health", "off")
    await account.get_by_test_id("delete").click()
    await account.get_by_test_id("delete-confirm").click()
    await expect(account).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(admin.part("view-waiting")).to_be_visible()


async def test_the_pages_are_for_those_they_are_for(colleague: MakeDesk) -> None:
    agent = await colleague()
    await agent.page.keyboard.press("c")
    await expect(agent.part("view-waiting")).to_be_visible()
    for page in ("channels", "undelivered"):
        await agent.page.goto(f"{agent.address}/desk/#/{page}")
        await expect(agent.part("no-rights")).to_be_visible()
    supervisor = await colleague("thomas", role="supervisor")
    await supervisor.page.keyboard.press("u")
    await expect(supervisor.part("all-delivered")).to_be_visible()


async def test_a_page_that_cannot_be_loaded_says_so(colleague: MakeDesk) -> None:
    admin = await colleague(role="admin")
    await admin.page.route("**/desk/api/channels", lambda route: route.abort())
    await admin.page.keyboard.press("c")
    await expect(admin.part("page-failed")).to_be_visible()
    await admin.page.unroute("**/desk/api/channels")
    await admin.part("page-failed").get_by_role("button").click()
    await expect(admin.page.locator("[data-channel=webchat]")).to_be_visible()


async def test_a_supervisor_sends_undelivered_messages_again(server: Parts, colleague: MakeDesk) -> None:
    supervisor = await colleague("thomas", role="supervisor")
    conversation = await shared_things(server)
    await supervisor.view("assistant")
    await supervisor.open()
    await expect(supervisor.messages("bot").first).to_be_visible()
    await undelivered(server, conversation, "the platform said no")
    await supervisor.page.keyboard.press("u")
    item = supervisor.part("delivery").first
    await expect(item).to_contain_text("the platform said no")
    assert await barriers(supervisor.page) == ""
    await item.get_by_test_id("replay").click()
    await expect(item).to_have_attribute("data-state", "queued")
    await item.get_by_role("button", name="Ouvrir la conversation").click()
    await expect(supervisor.conversation).to_have_attribute("data-id", str(conversation))
