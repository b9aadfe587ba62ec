"""Files between a customer and an agent, by every way in."""

from __future__ import annotations

import base64
from typing import Any

from aiohttp import web
from playwright.async_api import FilePayload, Route, expect

from tests.browser.chat import Chat
from tests.browser.conftest import MakeChat, MakeDesk
from tests.browser.test_accessibility import barriers
from tests.support.assistant import ScriptedBot, said
from tests.support.samples import PDF, picture

PHOTO: FilePayload = {"name": "lampe.png", "mimeType": "image/png", "buffer": picture(size=(400, 300))}
INVOICE: FilePayload = {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": PDF}
PROGRAM: FilePayload = {"name": "setup.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(200)}
GIVE = """(node, [kind, text]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], kind + '.png', {type: 'image/png'}));
  const event = kind === 'paste'
    ? new ClipboardEvent('paste', {clipboardData: carried, bubbles: true, cancelable: true})
    : new DragEvent('drop', {dataTransfer: carried, bubbles: true, cancelable: true});
  node.dispatchEvent(event);
}"""


async def _with_a_person(customer: Chat) -> None:
    await customer.part("person").click()
    await expect(customer.part("status")).to_have_attribute("data-state", "queue")


async def test_a_photo_goes_out_and_an_invoice_and_a_contact_come_back(
    visitor: MakeChat, colleague: MakeDesk, scripted: ScriptedBot
) -> None:
    async def show(turn: dict[str, Any]) -> web.Response:
        if turn["text"].startswith("/"):
            return await scripted.echo(turn)
        answer = said("Voici.")
        answer["replies"][0]["cards"] = [{"kind": "product", "title": "Théière", "picture": "/demo/art/teapot.svg"}]
        return web.json_response(answer)

    customer, agent = await visitor(), await colleague()
    scripted.script = show
    await customer.say("Et la théière ?")
    await customer.hears("Voici.")
    await _with_a_person(customer)
    await customer.part("file-input").set_input_files([PHOTO])
    await expect(customer.part("attached")).to_have_attribute("data-state", "kept")
    await customer.part("composer").fill("Elle est cassée")
    await customer.part("send").click()
    await customer.stored("Elle est cassée")
    shown = customer.messages("customer", "Elle est cassée").get_by_test_id("file")
    await expect(shown.locator("img")).to_have_js_property("naturalWidth", 400)
    await expect(customer.part("attached")).to_have_count(0)

    await agent.open()
    picture_there = agent.messages("customer", "Elle est cassée").locator("img")
    await expect(picture_there).to_have_js_property("naturalWidth", 400)
    await expect(agent.part("card").locator("img")).to_have_js_property("complete", True)
    await agent.take()
    await agent.part("file-input").set_input_files([INVOICE])
    await expect(agent.part("attached")).to_have_attribute("data-state", "kept")
    await agent.part("person").press("Enter")
    assert await barriers(agent.page) == ""
    await agent.page.keyboard.type("Camille Martin")
    await agent.page.keyboard.press("Enter")
    await expect(agent.part("person-phones")).to_be_focused()
    await agent.page.keyboard.type("04 72 00 00 00")
    await agent.page.keyboard.press("Enter")
    await expect(agent.part("person-chip")).to_contain_text("Camille Martin")
    await expect(agent.composer).to_be_focused()
    await agent.part("send").click()
    await expect(customer.messages("agent").get_by_test_id("contact")).to_contain_text("Camille Martin")
    row = customer.messages("agent").get_by_test_id("file")
    await expect(row).to_contain_text("facture.pdf")
    fetched = await customer.page.request.get(await row.get_attribute("href") or "")
    assert await fetched.body() == PDF


async def test_dropped_and_pasted_pictures_wait_beside_the_draft(visitor: MakeChat) -> None:
    customer = await visitor()
    content = base64.b64encode(picture()).decode()
    await expect(customer.part("attach")).to_be_visible()
    await customer.part("panel").evaluate(GIVE, ["drop", content])
    await customer.part("composer").evaluate(GIVE, ["paste", content])
    await expect(customer.part("attached")).to_have_count(2)
    for position in range(2):
        await expect(customer.part("attached").nth(position)).to_have_attribute("data-state", "kept")
    await customer.part("composer").fill("Voici")
    await customer.page.reload()
    await customer.open()
    await expect(customer.part("attached")).to_have_count(2)
    await customer.part("send").click()
    await customer.stored("Voici")
    await expect(customer.messages("customer", "Voici").get_by_test_id("file")).to_have_count(2)


async def test_what_the_server_refuses_stays_beside_the_draft_and_says_why(visitor: MakeChat) -> None:
    customer = await visitor()
    await customer.part("file-input").set_input_files([PROGRAM])
    chip = customer.part("attached")
    await expect(chip).not_to_have_attribute("data-state", "sending")
    await expect(chip).not_to_have_attribute("data-state", "kept")
    await expect(customer.part("send")).to_be_disabled()
    assert await barriers(customer.page) == ""
    await customer.say("Sans le fichier")
    await expect(chip).to_have_count(1)
    await chip.get_by_role("button").last.click()
    await expect(chip).to_have_count(0)


async def test_a_message_waits_for_its_file(visitor: MakeChat) -> None:
    customer = await visitor()
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await customer.page.route("**/chat/files", hold)
    await customer.part("file-input").set_input_files([PHOTO])
    await expect(customer.part("attached")).to_have_attribute("data-state", "sending")
    await customer.part("composer").fill("Avec la photo")
    await customer.part("send").click()
    await expect(customer.part("send")).to_be_disabled()
    await expect(customer.messages("customer")).to_have_count(0)
    for route in held:
        await route.continue_()
    await customer.stored("Avec la photo")
    await expect(customer.messages("customer", "Avec la photo").get_by_test_id("file")).to_have_count(1)
