"""Requests and conversations in the portal, in a browser: read, answered with a photo, and the answer to it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, Page, expect

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import services as cases
from crm_backend.cases.schema import NewCase
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id
from crm_backend.portal import visits
from crm_backend.portal.visits import Lasting
from server.app import Parts
from server.portal.frame import COOKIES
from tests.browser.chat import Chat
from tests.browser.conftest import MakeContext, MakeDesk
from tests.browser.test_help import looked_at

DAY = timedelta(days=1)


async def signed_in(server: Parts, profile: BrowserContext, customer: UUID) -> Page:
    """A page of somebody who has signed in."""
    async with server.sessions.begin() as session:
        address = Identity(customer_id=customer, kind="email", value=f"{new_id()}@example.com", proof="verified")
        session.add(address)
        await session.flush()
        token = await visits.begin(
            session, customer_id=customer, way="code", identity_id=address.id, lasting=Lasting(DAY, DAY)
        )
    url = server.settings.address
    await profile.add_cookies([{"name": name, "value": token, "url": url} for name in COOKIES.values()])
    return await profile.new_page()


async def a_case(server: Parts, language: str) -> tuple[UUID, UUID]:
    async with server.sessions.begin() as session:
        session.add(customer := Customer(first_name="Marie", last_name="Durand", language=language))
        await session.flush()
        new = NewCase(type_key="complaint", customer_id=customer.id, subject="x", acknowledge=False)
        case = await cases.open_case(session, new, actor=COMMAND_LINE)
    return customer.id, case.id


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_request_is_answered_with_a_photo_and_its_people_answer(
    server: Parts, context: MakeContext, colleague: MakeDesk, language: str
) -> None:
    fr = language == "fr"
    customer, case = await a_case(server, language)
    home = server.settings.address + ("/fr/compte" if fr else "/en/account")
    page = await signed_in(server, await context(phone=fr, language=language), customer)
    await page.goto(home + ("/demandes" if fr else "/requests"))
    await looked_at(page)
    await page.get_by_role("link", name="Réclamation" if fr else "Complaint").click()
    await expect(page.locator(".case-now")).to_contain_text("Nous nous en occupons" if fr else "We’re on it")
    await page.get_by_label("Ajouter quelque chose" if fr else "Add something").fill("Le vase <b>bleu</b> est fêlé.")
    photo = {"name": "vase.png", "mimeType": "image/png", "buffer": await page.screenshot()}
    await page.locator("#talk-files").set_input_files(files=[photo])  # type: ignore[list-item]
    await page.get_by_role("button", name="Envoyer" if fr else "Send").click()
    await expect(page.locator("#last .talk-bubble")).to_have_text("Le vase <b>bleu</b> est fêlé.")
    await expect(page.locator("#last img")).to_be_visible()
    await looked_at(page)

    claire = await colleague("claire")
    await claire.page.goto(f"{server.settings.address}/desk/#/cases/{case}")
    await expect(claire.part("case-said")).to_contain_text("Le vase <b>bleu</b> est fêlé.")
    await claire.page.keyboard.press("r")
    answer = claire.part("talk-text")
    await expect(answer).to_have_attribute("aria-label", "Réponse au client")
    await answer.fill("Nous vous en envoyons un autre.")
    await answer.press("Control+Enter")
    await expect(claire.part("case-said").last).to_contain_text("Nous vous en envoyons")

    await page.get_by_role("link", name="Toute la conversation" if fr else "The whole conversation").click()
    theirs = page.locator(".talk-theirs", has_text="Nous vous en envoyons un autre.")
    await expect(theirs.locator(".talk-name")).to_contain_text("Claire")
    await looked_at(page)
    await page.locator("#talk-text").focus()
    await page.keyboard.type("Merci beaucoup !")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".talk-mine", has_text="Merci beaucoup !")).to_be_visible()


async def test_it_all_works_without_javascript_and_with_it_an_answer_comes_by_itself(
    server: Parts, context: MakeContext, colleague: MakeDesk
) -> None:
    customer, _ = await a_case(server, "en")
    plain = await signed_in(server, await context(language="en", java_script_enabled=False), customer)
    await plain.goto(server.settings.address + "/en/account/conversations/new")
    await plain.get_by_role("button", name="Send").click()
    await expect(plain.get_by_role("alert")).to_contain_text("Write a few words first")
    await plain.locator("#talk-text").fill("Where is my parcel?")
    await plain.get_by_role("button", name="Send").click()
    await expect(plain.locator(".talk-bot")).to_be_visible()

    page = await signed_in(server, await context(language="en"), customer)
    await page.goto(server.settings.address + "/en/help?q=parcel+lost")
    await page.goto(plain.url.partition("#")[0])
    await page.locator("#talk-text").fill("Still nothing.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".talk-bot")).to_have_count(2)
    await page.locator("#talk-text").fill("not sent yet")
    claire = await colleague("claire")
    await claire.view("assistant")
    await claire.open()
    await expect(claire.part("page").first).to_contain_text("Customer account")
    await expect(claire.part("read-before")).to_contain_text("parcel lost")
    await claire.take()
    await claire.say("It is in Lyon.")
    await expect(page.locator(".talk-theirs", has_text="It is in Lyon.")).to_be_visible()
    await expect(page.locator(".talk-state")).to_contain_text("Claire")
    await expect(page.locator("#talk-text")).to_have_value("not sent yet")

    chat = Chat(page, server.settings.address)
    await chat.open()
    await expect(chat.messages("agent")).to_contain_text("It is in Lyon.")
    await page.goto(server.settings.address + "/en/account")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    await chat.open()
    await expect(chat.part("composer")).to_be_visible()
    await expect(chat.messages("agent")).to_have_count(0)
    await expect(chat.messages("customer")).to_have_count(0)
