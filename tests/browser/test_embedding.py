"""The chat in pages that are strict, that run the other way, or that have a look of their own."""

from __future__ import annotations

from playwright.async_api import FilePayload, Page, Route, expect

from server.app import Parts
from tests.browser.chat import Chat
from tests.browser.conftest import MakeContext
from tests.browser.test_accessibility import barriers
from tests.support.samples import picture

WATCH = """() => {
  window.broken = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.broken.push(event.violatedDirective + ' ' + event.blockedURI));
}"""
PAGE = """<!doctype html><html lang="fr" dir="{direction}"><meta charset="{charset}"><title>Boutique</title>
<body><main><h1>Boutique</h1></main><script src="{address}/widget/relais.js" async></script></html>"""


async def _shop(page: Page, address: str, *, policy: str = "", direction: str = "ltr", charset: str = "utf-8") -> Chat:
    """A shop's page with the chat on it."""

    async def answer(route: Route) -> None:
        text = PAGE.format(address=address, direction=direction, charset=charset)
        headers = {"Content-Security-Policy": policy} if policy else {}
        await route.fulfill(body=text, content_type=f"text/html; charset={charset}", headers=headers)

    await page.add_init_script(f"({WATCH})()")
    await page.route(f"{address}/shop", answer)
    await page.goto(f"{address}/shop")
    return Chat(page, address)


async def test_the_documented_policy_is_enough(server: Parts, context: MakeContext) -> None:
    address = server.settings.address
    socket = address.replace("http", "ws")
    policy = (
        f"default-src 'none'; script-src {address}; connect-src {address} {socket}; img-src {address};"
        " style-src 'none'; base-uri 'none'; form-action 'none'"
    )
    profile = await context()
    customer = await _shop(await profile.new_page(), address, policy=policy)
    await customer.open()
    content: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": picture(size=(300, 200))}
    await customer.part("file-input").set_input_files([content])
    await expect(customer.part("attached")).to_have_attribute("data-state", "kept")
    await customer.say("Sous une politique stricte")
    await customer.hears("echo:")
    await expect(customer.part("file").locator("img")).to_have_js_property("naturalWidth", 300)
    colour = "(node) => getComputedStyle(node).backgroundColor"
    assert await customer.part("send").evaluate(colour) != "rgba(0, 0, 0, 0)"
    assert await customer.page.evaluate("() => window.broken") == []


async def test_a_page_that_runs_the_other_way(server: Parts, context: MakeContext) -> None:
    profile = await context(viewport={"width": 320, "height": 640})
    customer = await _shop(await profile.new_page(), server.settings.address, direction="rtl")
    await customer.open()
    await customer.say("Bonjour")
    await customer.hears("echo:")
    mine = await customer.messages("customer").locator(".bubble").bounding_box()
    theirs = await customer.messages("bot").locator(".bubble").bounding_box()
    assert mine and theirs and mine["x"] < theirs["x"]
    assert await customer.overflow() == []
    assert await barriers(customer.page) == ""


async def test_a_page_in_another_encoding(server: Parts, context: MakeContext) -> None:
    profile = await context()
    customer = await _shop(await profile.new_page(), server.settings.address, charset="iso-8859-1")
    await customer.open()
    await expect(customer.part("status")).to_have_text("Répond tout de suite")


async def test_a_company_sets_tokens_of_its_own(server: Parts, context: MakeContext) -> None:
    profile = await context()
    customer = await _shop(await profile.new_page(), server.settings.address)
    await customer.page.add_style_tag(content="#relais-widget { --r-surface: rgb(1, 2, 3); --r-radius-l: 5px; }")
    await customer.open()
    panel = customer.part("panel")
    assert await panel.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(1, 2, 3)"
    assert await panel.evaluate("(node) => getComputedStyle(node).borderRadius") == "5px"


async def test_unread_messages_are_counted_on_the_button_and_in_the_title(server: Parts, context: MakeContext) -> None:
    profile = await context()
    customer = await _shop(await profile.new_page(), server.settings.address)
    await customer.open()
    await customer.part("composer").fill("Je reviens")
    await customer.part("send").click()
    await customer.page.keyboard.press("Escape")
    await expect(customer.part("launcher")).to_have_accessible_name("Ouvrir la discussion (1 nouveau message)")
    await expect(customer.page).to_have_title("(1) Boutique")
    await customer.open()
    await expect(customer.page).to_have_title("Boutique")
