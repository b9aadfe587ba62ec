"""The portal's door and one's own details in a browser: signing in by code and by link, on every size, without
JavaScript too."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from crm_backend.conversations.model import OutboxItem
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import new_id
from crm_backend.notifications.schema import Start
from server import public
from server.app import Parts
from tests.browser.conftest import MakeContext
from tests.browser.test_help import looked_at

EMAIL = "marie@example.fr"
UNDER_THE_CHAT = """async () => {
  const chat = document.querySelector("#relais-widget");
  const button = chat.shadowRoot.querySelector(".launcher");
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const under = (each) => {
    const [a, b] = [each.getBoundingClientRect(), button.getBoundingClientRect()];
    return a.width > 1 && a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
  };
  const found = [];
  for (const each of document.querySelectorAll("main :is(a, button, input, select), .foot a")) {
    each.focus();
    await drawn();
    if (document.activeElement === each && under(each)) found.push(each.outerHTML);
  }
  scrollTo(0, document.body.scrollHeight);
  await drawn();
  const ends = [...document.querySelectorAll("main *, .foot *")].filter((each) => !each.children.length && under(each));
  return [...found, ...ends.map((each) => each.outerHTML)];
}"""
"""What the chat's button lies on when it has the focus (WCAG 2.4.11), or at the page's end."""


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails may be written, and stay in the outbox."""
    monkeypatch.setattr(public, "may_begin", lambda _: [Start(kind="email", channel="mail", account="main")])


async def marie(server: Parts) -> None:
    """A customer with an address on file."""
    async with server.sessions.begin() as session:
        session.add(customer := Customer(id=new_id(), first_name="Marie", last_name="Durand"))
        await session.flush()
        session.add(Identity(kind="email", value=EMAIL, customer_id=customer.id, is_primary=True))
        session.add(Address(customer_id=customer.id, line1="1 rue A", postcode="69001", city="Lyon", country="FR"))


async def sent(server: Parts, many: int) -> tuple[str, str]:
    """The code and the link of the last mail, once there are so many."""
    for _ in range(300):
        async with server.sessions() as session:
            found = list(await session.scalars(select(OutboxItem.secret).order_by(OutboxItem.created_at)))
        if len(found) >= many:
            code, link = str(found[-1]).split("\n")
            return code, link
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was sent")


async def test_a_code_lets_in_without_javascript(mailbox: None, server: Parts, context: MakeContext) -> None:
    await marie(server)
    page = await (await context(phone=True, dark=True, java_script_enabled=False)).new_page()
    await page.goto(server.settings.address + "/fr/compte/donnees")
    who = page.get_by_label("Adresse e-mail ou numéro de téléphone")
    await who.fill("marie")
    await who.press("Enter")
    await expect(page.locator(".portal-wrong")).to_contain_text("Écrivez une adresse e-mail")
    await who.fill(EMAIL)
    await page.get_by_role("button", name="Recevoir un code").click()
    await page.get_by_label("Code à 6").fill((await sent(server, 1))[0])
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mes données")
    await page.get_by_role("link", name="Coordonnées").click()
    await page.get_by_role("link", name="Ajouter une adresse").click()
    await page.get_by_label("Numéro et rue").fill("2 rue B")
    await page.get_by_label("Code postal").fill("7")
    await page.get_by_label("Ville").fill("Paris")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_label("Numéro et rue")).to_have_value("2 rue B")
    await page.get_by_label("Code postal").fill("75011")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_role("status")).to_have_text("L’adresse est enregistrée.")
    await page.get_by_role("button", name="Se déconnecter").click()
    await expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté.")
    await page.goto(server.settings.address + "/fr/compte/donnees")
    await expect(who).to_be_visible()


async def test_a_link_lets_in_elsewhere_and_every_page_is_looked_at(
    mailbox: None, server: Parts, context: MakeContext
) -> None:
    await marie(server)
    page = await (await context(language="en")).new_page()
    await page.goto(server.settings.address + "/en/help")
    await page.get_by_role("link", name="My account").click()
    await looked_at(page)
    await page.get_by_label("E-mail address or phone number").fill(EMAIL)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("6-figure code")).to_be_focused()
    await page.keyboard.type("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("That isn’t the code")
    await looked_at(page)

    _, link = await sent(server, 1)
    reading = await (await context(language="en", phone=True)).new_page()
    await reading.goto(link)
    await expect(reading.locator(".portal-hint")).to_contain_text("in another browser")
    await looked_at(reading)
    await reading.get_by_role("button", name="Sign me in").click()
    await expect(reading.get_by_role("heading", level=1)).to_have_text("Hello Marie")
    await looked_at(reading)
    await _every_page(reading, server.settings.address)
    await reading.get_by_role("link", name="Français").click()
    await expect(reading.get_by_role("heading", level=1)).to_have_text("Mes données")


async def _every_page(page: Page, address: str) -> None:
    for path in ("details", "details/addresses/new", "data"):
        await page.goto(f"{address}/en/account/{path}")
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        await looked_at(page)
        assert await page.evaluate(UNDER_THE_CHAT) == []
    for path in ("nowhere", "find-an-order"):
        await page.goto(f"{address}/en/account/{path}")
        await looked_at(page)
    await page.goto(f"{address}/en/account/data")
    await page.emulate_media(media="print")
    await expect(page.locator(".portal-nav")).to_be_hidden()
    await page.emulate_media(media="screen")
