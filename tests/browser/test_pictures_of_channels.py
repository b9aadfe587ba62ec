"""Every state that files, mail and channels bring, kept as pictures in var/artefacts/browser."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import FilePayload, Route, expect

from server.app import Parts
from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE, MakeChat, MakeDesk
from tests.browser.desk import DeskPage
from tests.browser.letters import broken_lamp, shared_things, undelivered
from tests.browser.test_conversations import CARDS
from tests.browser.test_pictures import Album
from tests.support.assistant import ScriptedBot, said
from tests.support.channels import PRODUCT
from tests.support.samples import PDF, picture

FILES: list[FilePayload] = [
    {"name": "lampe-ondine.png", "mimeType": "image/png", "buffer": picture(size=(800, 600))},
    {"name": "facture-10860.pdf", "mimeType": "application/pdf", "buffer": PDF},
]
REFUSED: FilePayload = {"name": "programme.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(200)}
SAYS = {
    "fr": {"photo": "Voici la photo et la facture", "cards": "Vos trois dernières commandes :"},
    "en": {"photo": "Here are the photo and the invoice", "cards": "Your last three orders:"},
}
WAYS = [{"channel": "telegram", "label": "Telegram"}, {"channel": "whatsapp", "label": "WhatsApp"}]
ASIDES = {
    "fr": ("Il n’a pas d’expéditeur.", "L’enregistrer a échoué (KeyError)\u00a0; le journal du serveur en dit plus."),
    "en": ("It has no sender.", "Storing it failed (KeyError); the server’s log says more."),
}
PASSAGE = {
    "link": "https://t.me/maison?start=ABCD",
    "code": "ABCD-EFGH-JKLM",
    "expires": "2026-11-22T10:30:00Z",
}


def _account(name: str, **more: Any) -> dict[str, Any]:
    """An account as the server would tell of it."""
    return {
        "name": name,
        "source": "desk",
        "enabled": True,
        "settings": {},
        "secrets": ["token"],
        "hook": f"https://aide.maison-tilleul.example/hooks/telegram/{name}",
        "shown_as": None,
        "link": None,
        "ok": True,
        "detail": None,
        "checked_at": "2026-11-22T09:30:00Z",
        "last_in_at": "2026-11-22T09:12:00Z",
        "last_out_at": "2026-11-22T09:14:00Z",
        "last_error": None,
        "last_error_at": None,
        "paused_until": None,
        "undelivered": 0,
        "set_aside": 0,
    } | more


ACCOUNTS = [
    _account("main", shown_as="@maison_tilleul_bot", undelivered=3, set_aside=2),
    _account("lyon", ok=False, detail="401 Unauthorized", last_error="401 Unauthorized", last_in_at=None),
    _account("paris", paused_until="2099-11-22T10:00:00Z"),
    _account("lille", enabled=False, checked_at=None),
    _account("press", source="environment", ok=None, checked_at=None),
]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_files_and_cards(language: str, visitor: MakeChat, scripted: ScriptedBot) -> None:
    words, album = SAYS[language], Album(language)

    async def show(turn: dict[str, Any]) -> web.Response:
        answer = said(words["cards"])
        answer["replies"][0]["cards"] = [PRODUCT.model_dump(mode="json", exclude={"picture"}), *CARDS]
        return web.json_response(answer)

    customer = await visitor(language)
    await customer.part("file-input").set_input_files([*FILES, REFUSED])
    await expect(customer.page.locator("#relais-widget [data-testid=attached][data-state=kept]")).to_have_count(2)
    await expect(customer.page.locator("#relais-widget [data-testid=attached][data-state=sending]")).to_have_count(0)
    await album.keep(customer.page, "widget-tray")
    await customer.say(words["photo"])
    await customer.hears("echo:")
    await customer.part("attached").get_by_role("button").last.click()
    await customer.messages("customer").first.scroll_into_view_if_needed()
    await album.keep(customer.page, "widget-files")
    scripted.script = show
    await customer.say("…")
    await expect(customer.part("carousel")).to_be_visible()
    await album.keep(customer.page, "widget-cards")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_conversations_and_ways_on(language: str, visitor: MakeChat) -> None:
    album = Album(language)
    customer = await visitor(language, opened=False)
    await _ways_on(customer)
    await customer.visit(f"/demo/{language}/")
    await customer.open()
    for text in ("Bonjour", "Une autre question, plus longue, sur la livraison de ma commande"):
        await customer.part("menu").click()
        await customer.part("new").click()
        customer.said = 0
        await customer.say(text)
        await customer.hears("echo:")
    await customer.part("menu").click()
    await album.keep(customer.page, "widget-menu")
    await customer.part("conversations").click()
    await expect(customer.part("conversation")).to_have_count(2)
    await album.keep(customer.page, "widget-conversations")
    await customer.part("back").click()
    await customer.part("menu").click()
    await customer.part("elsewhere").click()
    await customer.part("way").first.click()
    await expect(customer.part("passage")).to_be_visible()
    await album.keep(customer.page, "widget-elsewhere")
    await customer.part("back").click()
    await customer.page.route("**/chat/conversations", lambda route: route.abort())
    await customer.part("menu").click()
    await customer.part("conversations").click()
    await expect(customer.part("sheet-retry")).to_be_visible()
    await album.keep(customer.page, "widget-conversations-error")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_mail(language: str, server: Parts, colleague: MakeDesk) -> None:
    album, agent = Album(language), await colleague(language=language)
    await broken_lamp(server)
    await agent.view("assistant")
    await agent.open()
    await agent.messages("customer").first.get_by_test_id("addresses").click()
    await album.keep(agent.page, "desk-mail")
    await agent.messages("customer").last.scroll_into_view_if_needed()
    await album.keep(agent.page, "desk-mail-automatic")
    await agent.part("original").first.click()
    await expect(agent.part("letter")).to_be_visible()
    await album.keep(agent.page, "desk-original")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_other_channels(language: str, server: Parts, colleague: MakeDesk) -> None:
    album, agent = Album(language), await colleague(language=language, role="supervisor")
    await agent.page.keyboard.press("u")
    await expect(agent.part("all-delivered")).to_be_visible()
    await album.keep(agent.page, "desk-undelivered-empty")
    await agent.page.keyboard.press("Escape")
    conversation = await shared_things(server)
    await agent.view("assistant")
    await agent.open()
    await expect(agent.messages("bot").first).to_be_visible()
    await expect(agent.row("Marie D.")).to_be_visible()
    await undelivered(server, conversation, "the platform said no")
    await server.wakes.delivery(conversation, seq=2, state="failed")
    await expect(agent.part("not-delivered")).to_contain_text("the platform said no")
    await agent.take()
    await agent.part("person").click()
    await agent.part("person-name").fill("Camille Martin")
    await agent.part("person-add").click()
    await album.keep(agent.page, "desk-person")
    await agent.part("person-phones").fill("04 72 00 00 00")
    await agent.part("person-add").click()
    await agent.part("file-input").set_input_files([*FILES, REFUSED])
    await expect(agent.page.locator("[data-testid=attached][data-state=sending]")).to_have_count(0)
    await album.keep(agent.page, "desk-shared")
    await agent.page.set_viewport_size(PHONE)
    await agent.conversation.locator(".not-three").click()
    await expect(agent.part("beforehand")).to_be_visible()
    await album.keep(agent.page, "desk-beforehand")
    await agent.page.set_viewport_size(DESKTOP)
    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("u")
    await expect(agent.part("delivery").first).to_be_visible()
    await album.keep(agent.page, "desk-undelivered")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_pictures_of_the_channels_page(language: str, colleague: MakeDesk) -> None:
    album, admin = Album(language), await colleague(language=language, role="admin")
    await _accounts(admin)
    await admin.page.keyboard.press("c")
    telegram = admin.page.locator("[data-channel=telegram]")
    await expect(telegram.get_by_test_id("channel-account")).to_have_count(len(ACCOUNTS))
    await telegram.scroll_into_view_if_needed()
    await album.keep(admin.page, "desk-channels")
    await _aside(admin, language)
    await telegram.get_by_test_id("set-aside").click()
    await expect(telegram.get_by_test_id("aside")).to_have_count(3)
    await album.keep(admin.page, "desk-channels-aside")
    await telegram.get_by_test_id("set-aside").click()
    await telegram.locator("[data-account=lyon]").scroll_into_view_if_needed()
    await album.keep(admin.page, "desk-channels-health")
    await telegram.get_by_test_id("settings").first.click()
    await admin.part("settings-form").scroll_into_view_if_needed()
    await album.keep(admin.page, "desk-channels-settings")
    await admin.page.route("**/desk/api/channels", lambda route: route.abort())
    await admin.page.reload()
    await expect(admin.part("page-failed")).to_be_visible()
    await album.keep(admin.page, "desk-channels-error")
    agent = await colleague("emma", language)
    await agent.page.goto(f"{agent.address}/desk/#/channels")
    await expect(agent.part("no-rights")).to_be_visible()
    await album.keep(agent.page, "desk-channels-no-rights")


async def _ways_on(customer: Chat) -> None:
    """Other channels to go on with, as if they were connected."""

    async def config(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(json=await answer.json() | {"elsewhere": WAYS})

    await customer.page.route("**/chat/config*", config)
    await customer.page.route("**/chat/elsewhere", lambda route: route.fulfill(json=PASSAGE))


async def _aside(admin: DeskPage, language: str) -> None:
    """Something set aside for each reason, and one that is being tried again."""
    at = "2026-11-22T09:30:00Z"
    items = [
        {"id": str(uid), "name": f"UID {uid}", "why": why, "at": at, "again": uid == 4}
        for uid, why in zip((4, 2, 1), (ASIDES[language][1], *ASIDES[language]), strict=True)
    ]
    listed = {"items": items, "count": 2}
    await admin.page.route("**/asides", lambda route: route.fulfill(json=listed))


async def _accounts(admin: DeskPage) -> None:
    """Accounts in every state that one can be in, with the real channels and their real settings."""

    async def channels(route: Route) -> None:
        answer = await (await route.fetch()).json()
        for channel in answer["channels"]:
            if channel["name"] == "telegram":
                channel["accounts"] = ACCOUNTS
        await route.fulfill(json=answer)

    await admin.page.route("**/desk/api/channels", channels)
