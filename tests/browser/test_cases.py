"""Cases without a mouse: the list, one case, the board; kept as pictures in var/artefacts/browser."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import Page, expect

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import categories, checklist, templates
from crm_backend.cases.model import Case
from crm_backend.database import utc_now
from server.app import Parts
from tests.browser.conftest import MakeDesk
from tests.browser.test_accessibility import barriers
from tests.crm_backend.service_levels import house
from tests.support.stores import ROOT

PICTURES = ROOT / "var" / "artefacts" / "browser"
STORIES = (
    ("Colis annoncé livré, jamais reçu", timedelta(hours=3), "high"),
    ("Vase arrivé ébréché", timedelta(minutes=55), "medium"),
    ("Facture au nom de la société", timedelta(minutes=20), "medium"),
    ("Taille non conforme au guide, échange demandé avant samedi", timedelta(minutes=12), "low"),
    ("Remboursement partiel attendu", timedelta(minutes=4), "high"),
)


async def some_cases(server: Parts) -> list[Case]:
    """Five cases of one customer under a promise of an hour and of eight; the second with a list and a conversation."""
    now = utc_now()
    async with server.sessions.begin() as session:
        calendar = await house.calendar(session)
        await house.policy(session, calendar.id)
        kept = await categories.add(session, actor=COMMAND_LINE, names={"fr": "Livraison", "en": "Delivery"})
        marie = await house.customer(session)
        asked = {"key": "carrier", "names": {"fr": "Transporteur", "en": "Carrier"}, "kind": "text", "required": True}
        given = {
            "names": {"fr": "Colis abîmé", "en": "Damaged parcel"},
            "type_key": "complaint",
            "subjects": {"fr": "Colis abîmé à l’arrivée", "en": "Parcel damaged on arrival"},
            "fields": [asked],
        }
        await templates.add(session, actor=COMMAND_LINE, key="damaged", given=given)
        told = "Le vase est arrivé ébréché.\nElle voudrait le même, pas un remboursement."
        made = [
            await house.case(
                session, now - ago, subject=subject, customer_id=marie.id, urgency=urgency, impact="medium",
                category_id=kept.id, description=told, tags=["transport"],
            )
            for subject, ago, urgency in STORIES
        ]  # fmt: skip
        for text, required in (("Photo reçue", True), ("Stock vérifié", False)):
            both = {"fr": text, "en": text}
            await checklist.add(session, made[1].id, actor=COMMAND_LINE, texts=both, required=required)
        await house.link(session, made[1], await house.conversation(session, marie))
        await house.move(session, made[2], "open", now)
        await house.move(session, made[3], "waiting_on_customer", now)
    return made


async def kept(page: Page, name: str) -> None:
    """A picture of what is there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"cases-{name}.png")


async def test_an_agent_works_on_cases_without_a_mouse(server: Parts, colleague: MakeDesk) -> None:
    made = await some_cases(server)
    claire = await colleague("claire")
    page, keys = claire.page, claire.page.keyboard
    await keys.press("Shift+O")
    await expect(claire.part("case-row")).to_have_count(5)
    await expect(claire.part("cases-scope-late")).to_contain_text("1")
    assert await barriers(page) == ""
    await page.emulate_media(color_scheme="light")
    await kept(page, "list")

    # Into a case by keys; it is taken, ticked off, commented on.
    await keys.press("/")
    await keys.type("vase")
    await expect(claire.part("case-row")).to_have_count(1)
    await keys.press("Escape")
    await keys.press("j")
    await keys.press("Enter")
    await expect(claire.part("case-clocks")).to_contain_text("encore")
    await keys.press("t")
    await expect(claire.part("fact-agent_id").locator("option:checked")).to_have_text("Claire Martin")
    await claire.part("case-item").first.get_by_role("checkbox").focus()
    await keys.press("Space")
    await expect(claire.part("case-items")).to_contain_text("1 sur 2")
    await keys.press("o")
    await expect(claire.part("talk-text")).to_be_focused()
    await keys.type("Le fournisseur en a deux.")
    await keys.press("Control+Enter")
    await expect(claire.part("case-said")).to_contain_text("Le fournisseur")
    assert await barriers(page) == ""
    await page.emulate_media(color_scheme="light")
    await kept(page, "one")

    # Back where one was; over to the board, where a card is carried by keys, and a reason asked for.
    await claire.part("talk-text").blur()
    await keys.press("Escape")
    await expect(claire.part("case-row")).to_be_focused()
    await claire.part("cases-search").fill("")
    await expect(claire.part("case-row")).to_have_count(5)
    await claire.part("cases-search").blur()
    await keys.press("b")
    card = claire.part("case-card").filter(has_text="Remboursement")
    await card.get_by_role("link").focus()
    await keys.press("m")
    await expect(page.locator("[data-status=reopened]")).to_have_attribute("data-barred", "true")
    await kept(page, "board")
    await keys.press("ArrowRight")
    await keys.press("Enter")
    opened = page.locator("[data-status=open]")
    await expect(opened).to_contain_text("Remboursement")
    assert await barriers(page) == ""
    await expect(card.get_by_role("link")).to_be_focused()
    await keys.press("m")
    await expect(page.locator("[data-status=new]")).to_have_attribute("data-barred", "true")
    await keys.press("ArrowRight")
    await keys.press("ArrowRight")
    await keys.press("Enter")
    await expect(claire.part("move-form")).to_be_visible()
    await keys.type("Attend le transporteur")
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    third = page.locator("[data-status=waiting_on_third_party]")
    await expect(third).to_contain_text("Remboursement")
    # A pointer may carry it too; where no step leads it goes back, and is told why.
    await card.drag_to(page.locator("[data-status=new]"))
    await expect(claire.part("board-refused")).to_contain_text("Nouveau")
    await expect(third).to_contain_text("Remboursement")

    # What a colleague does comes by itself.
    async with server.sessions.begin() as session:
        await house.move(session, made[0], "open", utc_now())
    await server.wakes.case(made[0].id)
    await expect(opened).to_contain_text("jamais reçu")

    await keys.press("n")
    await claire.part("new-template").select_option("damaged")
    await claire.part("new-create").click()
    await expect(claire.part("detail-carrier")).to_be_focused()
    await keys.type("Colissimo")
    assert await barriers(page) == ""
    await page.set_viewport_size({"width": 320, "height": 900})
    await kept(page, "opening-phone")
    await keys.press("Enter")
    await expect(claire.part("page-case")).to_contain_text("Colis abîmé à l’arrivée")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await kept(page, "one-phone")
    await claire.never_reloaded()

    emma = await colleague("emma", "en", role="knowledge_editor")
    await emma.page.goto(f"{emma.address}/desk/#/cases")
    await expect(emma.part("no-rights")).to_be_visible()
