"""Administration, one's own account and the ways in, as people meet them; kept as pictures in var/artefacts/browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import delete, update

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.agents import links, rules, totp
from crm_backend.agents.model import Agent, SignInTries
from server.app import Parts
from tests.browser.conftest import DESKTOP, PHONE, MakeContext
from tests.browser.desk import DeskPage
from tests.browser.test_accessibility import barriers
from tests.support import site
from tests.support.oidc import CLIENT, identity_provider
from tests.support.site import folder_of
from tests.support.stores import PASSWORD, Stores

NEW = "ours-givre-marelle"
PARTS = ["users", "roles", "keys", "webhooks", "retention", "hours", "levels", "canned", "case-types", "rules", "audit"]
SORTING = ["teams", "holding", "tags", "macros", "closing"]
"""Parts with journeys of their own elsewhere: here they are looked at."""
SIDES = {"fr": (("desktop", "light"), ("phone", "dark")), "en": (("desktop", "dark"), ("phone", "light"))}


@pytest.fixture(scope="module")
async def house(stores: Stores, demo_template: str, password_hash: str) -> AsyncIterator[Parts]:
    """The demo company, without its assistant: Ada manages it, and an identity provider is set."""
    await stores.forget()
    async with stores.copy(demo_template) as url, identity_provider() as provider:
        settings = site.settings_for(
            url, stores.redis_url, bot_port=site.free_port(), roles=["web"], oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT, oidc_name="Maison ID",
        )  # fmt: skip
        async with site.serving(settings) as parts:
            async with parts.sessions.begin() as session:
                for name, language in (("Ada Roche", "fr"), ("Ann Rock", "en")):
                    address = f"{name.split()[0].lower()}@example.com"
                    made = Agent(email=address, name=name, role="admin", language=language, password_hash=password_hash)
                    session.add(made)
            yield parts


@asynccontextmanager
async def signed_in(house: Parts, context: MakeContext, language: str) -> AsyncIterator[DeskPage]:
    profile = await context(language=language)
    made = DeskPage(await profile.new_page(), house.settings.address)
    await made.sign_in("ada@example.com" if language == "fr" else "ann@example.com")
    yield made


async def kept(page: Page, name: str, language: str, *, looked_at: bool = True) -> None:
    """A picture of a state, wide and narrow, one light and one dark; and nothing in it keeps people out."""
    for width, theme in SIDES[language]:
        await page.set_viewport_size(DESKTOP if width == "desktop" else PHONE)
        await page.emulate_media(color_scheme=theme)
        scrolled = page.locator(".page-scroll")
        if await scrolled.count():
            wide = await scrolled.evaluate("(it) => it.scrollWidth > it.clientWidth")
            assert not wide, f"{name} is wider than its {width}"
        await page.screenshot(
            path=folder_of("browser") / f"{name}-{language}-{width}-{theme}.png", animations="disabled"
        )
    await page.set_viewport_size(DESKTOP)
    if looked_at:
        found = await barriers(page)
        assert found == "", f"{name}: {found}"


FILLED = {
    "roles": {"name.fr": "Équipe retours", "name.en": "Returns team"},
    "webhooks": {"url": "https://shop.example/relais"},
    "hours": {"name": "Atelier"},
    "levels": {"name": "Atelier", "first_response": "90"},
    "case-types": {"names.fr": "Fraude possible", "names.en": "Suspected fraud"},
    "canned": {"shortcut": "bonjour", "titles.fr": "Bonjour", "texts.fr": "Bonjour {customer.first_name},"},
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_of_administration(language: str, house: Parts, context: MakeContext) -> None:
    async with signed_in(house, context, language) as desk:
        page, first = desk.page, language == "fr"
        await page.keyboard.press("s")
        await expect(desk.part("page-admin")).to_be_visible()
        for part in PARTS:
            await page.locator(f".admin-link[href='#/admin/{part}']").click()
            await expect(page.locator(".admin-section h2").first).to_be_visible()
            await kept(page, f"admin-{part}", language, looked_at=first)
            if await desk.part("add").count():
                await page.keyboard.press("Tab")
                await desk.part("add").focus()
                await page.keyboard.press("Enter")
                await expect(page.locator(".admin-form input:focus").first).to_be_visible()
                await kept(page, f"admin-{part}-new", language, looked_at=first)
            if first and part in FILLED:
                await _made(desk, part, FILLED[part])
            if part == "retention":
                await desk.part("dry-run").click()
                await expect(desk.part("dues")).to_be_visible()
                await kept(page, "admin-dry-run", language, looked_at=first)
        for part in SORTING if first else ():
            await page.locator(f".admin-link[href='#/admin/{part}']").click()
            await expect(page.locator(".admin-section h2").first).to_be_visible()
            await kept(page, f"admin-{part}", language)
        await page.keyboard.press("Escape")
        await page.goto(f"{house.settings.address}/desk/#/account")
        await expect(desk.part("session").first).to_be_visible()
        await kept(page, "account", language)


async def _made(desk: DeskPage, part: str, values: dict[str, str]) -> None:
    """Makes one of its kind by the form that is open, opens it again, and saves it as it is."""
    rows = desk.page.locator(".admin-row")
    before = await rows.count()
    for name, value in values.items():
        await desk.part(f"field-{name}").fill(value)
    if part == "roles":
        await desk.page.locator(".tick input").first.check()
    await desk.page.keyboard.press("Enter")
    if part == "canned":
        await desk.part("save").click()
    await expect(rows).to_have_count(before + 1)
    if part == "webhooks":
        await expect(desk.part("secret")).to_contain_text("whsec_")
        await desk.part("secret-done").click()
    made = rows.filter(has_text=next(iter(values.values()))).first
    await made.locator(".admin-row-top").click()
    await kept(desk.page, f"admin-{part}-open", "fr", looked_at=part == "webhooks")
    await desk.part("save").click()
    await expect(desk.page.locator(".admin-form")).to_have_count(0)


async def test_an_invited_colleague_gets_in_by_keyboard_sets_up_a_second_factor_and_is_shown_out(
    house: Parts, context: MakeContext
) -> None:
    async with house.sessions.begin() as session:
        lea, token = await links.invite(
            session, actor=COMMAND_LINE, email="lea@example.com", name="Léa Petit", role="supervisor", language="fr"
        )
        await rules.change_rules(session, actor=COMMAND_LINE, second_factor_roles=["supervisor"])
    profile = await context()
    page = await profile.new_page()
    desk = DeskPage(page, house.settings.address)
    await page.goto(f"{house.settings.address}/desk/#/password/{token}")
    await expect(page.get_by_role("heading", name="Bienvenue, Léa Petit")).to_be_visible()
    await desk.part("field-password").fill("lea petit 12")
    await page.keyboard.press("Enter")
    await expect(page.locator(".problem")).to_contain_text("nom")
    await kept(page, "choose-password", "fr")
    await desk.part("field-password").fill(NEW)
    await page.keyboard.press("Enter")
    await _past_the_door(desk, NEW)
    await expect(desk.part("enrol")).to_be_visible()
    await desk.part("field-password").fill(NEW)
    await page.keyboard.press("Enter")
    await expect(page.locator(".qr")).to_be_visible()
    await kept(page, "enrol", "fr")
    secret = (await page.locator(".secret-text").inner_text()).replace(" ", "")
    await desk.part("field-code").fill(code_of(secret))
    await page.keyboard.press("Enter")
    await expect(desk.part("secret")).to_be_visible()
    await kept(page, "recovery-codes", "fr")
    await desk.part("secret-done").click()
    await desk.connected()
    async with house.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == lea.id).values(totp_step=0))
    again = await context()
    other = DeskPage(await again.new_page(), house.settings.address)
    await other.page.goto(f"{house.settings.address}/desk/")
    await _past_the_door(other, NEW)
    await expect(other.part("signin-code")).to_be_focused()
    await kept(other.page, "signin-code", "fr")
    await other.part("signin-code").fill(code_of(secret))
    await other.page.keyboard.press("Enter")
    await other.connected()
    async with signed_in(house, context, "en") as boss:
        await boss.page.goto(f"{house.settings.address}/desk/#/admin/users")
        await boss.part("user").filter(has_text="Léa Petit").locator("button").first.click()
        await boss.part("close-account").click()
        await boss.part("sure").click()
        await expect(boss.part("user").filter(has_text="Léa Petit")).to_contain_text("Closed")
    for each in (desk, other):
        await expect(each.part("signin-email")).to_be_visible()


async def test_a_key_is_shown_once_and_a_page_of_an_older_version_says_so(house: Parts, context: MakeContext) -> None:
    async with signed_in(house, context, "en") as desk:
        page = desk.page
        await page.goto(f"{house.settings.address}/desk/#/admin/keys")
        await desk.part("add").click()
        await desk.part("field-name").fill("Warehouse")
        await desk.part("save").click()
        await page.locator(".tick").first.click()
        await desk.part("save").click()
        await expect(desk.part("secret")).to_contain_text("relais_")
        await kept(page, "admin-key-made", "en")
        await desk.part("secret-done").click()
        await expect(page.get_by_text("relais_", exact=False).first).to_contain_text("…")
    profile = await context(language="en")
    page = await profile.new_page()
    # The part that an older page asks for is gone from the server.
    await page.route("**/desk/assets/index-*.js", lambda route: route.abort() if loaded else route.continue_())
    loaded: list[bool] = []
    desk = DeskPage(page, house.settings.address)
    await desk.sign_in("ann@example.com")
    loaded.append(True)
    await page.keyboard.press("s")
    await expect(desk.part("stale")).to_be_visible()
    await kept(page, "stale", "en")


async def test_the_sign_in_page_and_what_it_says(house: Parts, context: MakeContext) -> None:
    async with house.sessions.begin() as session:
        await session.execute(delete(SignInTries))
    profile = await context()
    page = await profile.new_page()
    desk = DeskPage(page, house.settings.address)
    await page.goto(f"{house.settings.address}/desk/#/sso/no_account")
    await expect(desk.part("signin-error")).to_contain_text("Aucun compte")
    await expect(desk.part("signin-sso")).to_be_visible()
    await kept(page, "signin", "fr")
    await page.locator("a[href='#/forgotten']").click()
    await desk.part("field-email").fill("nobody@example.com")
    await page.keyboard.press("Enter")
    await expect(desk.part("forgotten")).to_contain_text("Consultez vos e-mails")
    await kept(page, "forgotten", "fr")
    await page.goto(f"{house.settings.address}/desk/#/password/{'x' * 43}")
    await expect(desk.part("choose-password")).to_contain_text("ne fonctionne plus")


def code_of(secret: str) -> str:
    return totp.code_of(secret, totp.step_at(datetime.now(UTC)))


async def _past_the_door(desk: DeskPage, password: str = PASSWORD) -> None:
    await desk.part("signin-email").fill("lea@example.com")
    await desk.part("signin-password").fill(password)
    await desk.page.keyboard.press("Enter")
