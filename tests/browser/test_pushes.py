"""A browser that tells its agent while the desk is closed, as far as no push service of others is needed for it."""

from __future__ import annotations

import json
from unittest.mock import patch

from playwright.async_api import expect

from server.app import Parts
from server.pushes import endpoints
from server.pushes.endpoints import Endpoints
from tests.browser.conftest import MakeContext
from tests.browser.desk import DeskPage
from tests.support.push_service import Browser, push_service

# The push service of a browser's maker is elsewhere; what the desk does with its answer is what is looked at.
PLAYED = """
given => {
  const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = (text) => Uint8Array.from(plain(text), (each) => each.charCodeAt(0)).buffer;
  const made = (key) => ({
    endpoint: given.endpoint,
    options: { applicationServerKey: bytes(key) },
    getKey: (name) => bytes(given[name]),
    unsubscribe: async () => { localStorage.removeItem("played"); return true; },
  });
  PushManager.prototype.getSubscription = async () => {
    const key = localStorage.getItem("played");
    return key ? made(key) : null;
  };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem("played", applicationServerKey);
    return made(applicationServerKey);
  };
}
"""
SHOWN = """async () => {
  const there = await navigator.serviceWorker.getRegistration("/desk/");
  return (await there.getNotifications()).map(({ body, lang, data }) => ({ body, lang, data }));
}"""


async def opened(context: MakeContext, company: Parts, browser: Browser) -> DeskPage:
    profile = await context(language="fr")
    await profile.grant_permissions(["notifications"])
    await profile.add_init_script(f"({PLAYED})({json.dumps(browser.given)})")
    page = DeskPage(await profile.new_page(), company.settings.address)
    await page.sign_in("claire@maison-tilleul.example")
    await page.page.goto(f"{company.settings.address}/desk/#/account")
    return page


async def test_a_browser_tells_while_the_desk_is_closed_and_opens_what_is_chosen(
    company: Parts, context: MakeContext
) -> None:
    async with push_service() as service:
        with patch.object(endpoints, "PUBLIC", Endpoints(loopback=True)):
            claire = await opened(context, company, service.browser())
            await expect(claire.part("push-state")).to_have_attribute("data-state", "off")
            await claire.part("push-turn").click()
            await expect(claire.part("push-state")).to_have_attribute("data-state", "on")
            await claire.page.reload()
            await expect(claire.part("push-state")).to_have_attribute("data-state", "on")
    page, where = claire.page, "0192f0c1-2a5c-7e3e-9f30-000000000001"
    told = {"id": "1", "kind": "message", "conversation": where, "text": "Un nouveau message.", "language": "fr"}
    worker = page.context.service_workers[0]

    async def push() -> None:
        await worker.evaluate("(told) => show({ json: () => told })", told)

    await push()
    # Somebody looks at the desk: it says so there.
    assert await page.evaluate(SHOWN) == []
    await worker.evaluate("(where) => open(where).catch(() => {})", f"#/mine/{where}")
    await page.wait_for_url(f"**/desk/#/mine/{where}")
    await page.goto(f"{company.settings.address}/fr/aide/")
    await push()
    await page.wait_for_function(f"async () => (await ({SHOWN})()).length === 1")
    assert await page.evaluate(SHOWN) == [{"body": told["text"], "lang": "fr", "data": f"#/mine/{where}"}]
