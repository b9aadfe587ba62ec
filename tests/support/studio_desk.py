"""Every page of the desk: what its menus lead to, what opens from there, what is empty and what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

from playwright.async_api import Page, Route, expect

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from tests.browser.chat import Chat
from tests.browser.desk import DeskPage
from tests.browser.letters import broken_lamp, shared_things
from tests.browser.rooms import rooms
from tests.support.studio import Shot, Studio

LINES = """window.lines = []; window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.lines.push(this); }
};"""
CUT = "() => window.lines.forEach((line) => line.close())"
BUSY = "[aria-busy=true], .skeleton"


async def menus(studio: Studio) -> AsyncIterator[Shot]:
    """What an administrator may open."""
    await broken_lamp(studio.parts)
    desk = await studio.desk("sophie", "admin")
    await desk.view("assistant")
    await desk.open()
    async for name in rooms(desk):
        yield name, desk.page


async def doors(studio: Studio) -> AsyncIterator[Shot]:
    """Before one is in."""
    page = await studio.page()
    await page.goto(f"{studio.address}/desk/")
    await expect(page.get_by_test_id("signin-email")).to_be_focused()
    yield "desk-signin", page
    await page.get_by_test_id("signin-submit").click()
    await expect(page.get_by_test_id("signin-error")).to_be_visible()
    yield "desk-signin-wrong", page
    await page.goto(f"{studio.address}/desk/#/forgotten")
    await page.wait_for_timeout(200)
    yield "desk-forgotten", page
    await page.goto(f"{studio.address}/desk/?1#/password/nothing")
    await page.wait_for_timeout(500)
    yield "desk-password", page


async def day(studio: Studio) -> AsyncIterator[Shot]:
    """An agent's conversations, from the empty list to the wrap-up, with the dialogs on the way."""
    desk = await studio.desk("thomas", "agent", script=LINES)
    await desk.view("waiting")
    yield "desk-list-empty", desk.page
    await _asks(studio)
    await shared_things(studio.parts)
    await expect(desk.row(studio.who.last_name)).to_be_visible()
    yield "desk-list", desk.page
    await desk.open(studio.who.last_name)
    await expect(desk.part("take")).to_be_visible()
    yield "desk-waiting", desk.page
    await desk.take()
    await desk.say(studio.either("Bonjour Marie, je regarde cela tout de suite.", "Hello Emma, I’m on it."))
    yield "desk-taken", desk.page
    async for shot in _dialogs(desk):
        yield shot
    async for shot in _context(desk):
        yield shot
    async for shot in _ends(studio, desk):
        yield shot


async def _asks(studio: Studio) -> Chat:
    """Somebody who is known waits for a person."""
    chat, who = Chat(await studio.page(), studio.address), studio.who
    await chat.visit(f"/demo/{studio.language}/")
    await chat.open()
    number = studio.either("10860", "10852")
    where = studio.either("Bonjour, où est ma commande", "Hello, where is my order")
    await chat.say(f"{where} {number} ? {who.email}, {who.postcode}")
    await chat.hears(number)
    await chat.part("person").click()
    await expect(chat.part("status")).to_have_attribute("data-state", "queue")
    return chat


KEYS = {"note": "n", "snooze": "z", "remind": "d", "pass": "p", "hand-back": "e", "sheet": "?", "filters": "f"}


async def _dialogs(desk: DeskPage) -> AsyncIterator[Shot]:
    keys = desk.page.keyboard
    for name, key in KEYS.items():
        await desk.composer.focus()
        await keys.press("Escape")
        await keys.press(key)
        await desk.page.wait_for_timeout(400)
        yield f"desk-{name}", desk.page
        await keys.press("Escape")
        await keys.press("Escape")
        await expect(desk.page.locator("dialog[open]")).to_have_count(0)
    for name, text in (("palette", ""), ("palette-found", "dup"), ("palette-nothing", "xyzzyxyzzy")):
        await keys.press("Control+k")
        await keys.type(text)
        await desk.page.wait_for_timeout(600)
        yield f"desk-{name}", desk.page
        await desk.part("palette-field").press("Escape")
        await expect(desk.part("palette-field")).to_have_count(0)


async def _context(desk: DeskPage) -> AsyncIterator[Shot]:
    here = await desk.page.evaluate("() => location.hash")
    await desk.page.evaluate(f"() => {{ location.hash = '{here}/context'; }}")
    yield "desk-context", desk.page
    await desk.page.evaluate(f"() => {{ location.hash = '{here}'; }}")


async def _ends(studio: Studio, desk: DeskPage) -> AsyncIterator[Shot]:
    page = desk.page
    await desk.part("close").click()
    await expect(desk.part("close-confirm")).to_be_visible()
    yield "desk-close", page
    await desk.part("close-confirm").click()
    await expect(desk.part("wrap-up")).to_be_visible()
    yield "desk-wrap-up", page
    for view in ("mine", "closed"):
        await desk.view(view)
        await expect(page.locator(BUSY)).to_have_count(0)
        yield f"desk-view-{view}", page
    yield "desk-refused", await _at(desk, "#/admin/users")
    await page.route("**/desk/api/cases**", _fails)
    yield "desk-failed", await _at(desk, "#/cases")
    await _at(desk, "#/assistant")
    await page.context.set_offline(True)
    await page.evaluate(CUT)
    await expect(page.locator(".connection-down")).to_be_visible()
    yield "desk-offline", page


async def _fails(route: Route) -> None:
    await route.fulfill(status=500, json={"code": "internal_error"})


async def _at(desk: DeskPage, address: str) -> Page:
    await desk.page.evaluate("(address) => { location.hash = address; }", address)
    await desk.page.wait_for_timeout(800)
    await expect(desk.page.locator(BUSY)).to_have_count(0)
    return desk.page


async def things(studio: Studio) -> AsyncIterator[Shot]:
    """A case, a customer, an article and a report, opened; and what stands where nothing is found."""
    customer = await studio.known()
    desk = await studio.desk("sophie", "admin")
    yield "cases-empty", await _at(desk, "#/cases?q=xyzzyxyzzy")
    async with studio.parts.sessions.begin() as session:
        for subject in (
            studio.either("Vase arrivé ébréché", "Vase arrived chipped"),
            studio.either("Facture", "Invoice"),
        ):
            new = NewCase(type_key="complaint", customer_id=customer, subject=subject, acknowledge=False)
            case = await cases.open_case(session, new, actor=COMMAND_LINE)
    yield "cases-list", await _at(desk, "#/cases?scope=open")
    yield "cases-board", await _at(desk, "#/cases/board")
    yield "cases-new", await _at(desk, "#/cases/new")
    yield "cases-one", await _at(desk, f"#/cases/{case.id}")
    yield "cases-missing", await _at(desk, "#/cases/10000000-0000-7000-8000-000000000000")
    yield "customers-found", await _at(desk, f"#/customers?q={studio.who.last_name}")
    yield "customers-nothing", await _at(desk, "#/customers?q=xyzzyxyzzy")
    for part in ("", "/orders", "/conversations", "/cases", "/details"):
        yield f"customers-one{part.replace('/', '-')}", await _at(desk, f"#/customers/{customer}{part}")
    yield "customers-missing", await _at(desk, "#/customers/10000000-0000-7000-8000-000000000000")
    async for shot in _knowledge(desk):
        yield shot


async def _knowledge(desk: DeskPage) -> AsyncIterator[Shot]:
    page = await _at(desk, "#/knowledge")
    await page.locator("[data-testid=kn-row] a").first.click()
    await expect(page.locator(".kn-text h2").first).to_be_visible()
    yield "knowledge-article", page
    await desk.part("kn-edit").click()
    await expect(desk.part("kn-text")).to_be_visible()
    yield "knowledge-editor", page
    yield "knowledge-new", await _at(desk, "#/knowledge/new")


async def forms(studio: Studio) -> AsyncIterator[Shot]:
    """What opens under "add" on each page of administration."""
    desk = await studio.desk("sophie", "admin")
    await _at(desk, "#/admin")
    links = desk.page.locator("main nav a[href^='#/admin/']")
    for address in [str(await one.get_attribute("href")) for one in await links.all()]:
        await _at(desk, address)
        if await desk.part("add").count():
            await desk.part("add").first.click()
            await desk.page.wait_for_timeout(300)
            yield f"admin-{address.rpartition('/')[2]}-new", desk.page
