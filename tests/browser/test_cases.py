"""Cases without a mouse: the list, one case, the board; kept as pictures in var/artefacts/browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from playwright.async_api import Page, expect

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.cases import categories, checklist, templates
from crm_backend.cases.model import Case
from crm_backend.database import utc_now
from server.app import Parts
from tests.browser.conftest import MakeDesk
from tests.browser.desk import DeskPage
from tests.browser.test_accessibility import barriers
from tests.crm_backend.service_levels import house
from tests.support.samples import HTML, picture
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
    await _put_right(claire)
    await _with_files(claire)
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
    await keys.press("Escape")
    await _by_finger(claire)


async def _put_right(claire: DeskPage) -> None:
    """One's own comment is corrected where it stands, from two windows at once: what the other made of it is told."""
    await claire.part("said-edit").click()
    await claire.part("said-text").fill("Le fournisseur en a trois.")
    await claire.page.evaluate(
        """async () => {
          const {csrf} = await (await fetch('/desk/api/session')).json();
          const at = `/api/v1/cases/${location.hash.split('/').pop()}/comments`;
          const {items: [one]} = await (await fetch(at)).json();
          const headers = {'Content-Type': 'application/json', 'If-Match': `"${one.version}"`, 'X-CSRF-Token': csrf};
          const body = JSON.stringify({body: 'Il en a cinq.'});
          await fetch(`${at}/${one.id}`, {method: 'PATCH', headers, body});
        }"""
    )
    await expect(claire.part("said-clash")).to_contain_text("Il en a cinq.")
    await claire.part("said-mine").click()
    await claire.part("said-text").press("Control+Enter")
    await expect(claire.part("case-said")).to_contain_text("en a trois.")
    await expect(claire.part("said-edited")).to_be_visible()


async def _with_files(claire: DeskPage) -> None:
    """A picture with a comment, a file with the case; what only says that it is a picture is refused, and told."""
    form = claire.part("talk-form")
    await form.locator("input[type=file]").set_input_files(
        [
            {"name": "vase.png", "mimeType": "image/png", "buffer": picture()},
            {"name": "faux.png", "mimeType": "image/png", "buffer": HTML},
        ]
    )
    await expect(claire.page.locator("[data-testid=attached][data-state=kept]")).to_have_count(1)
    await expect(claire.page.locator("[data-testid=attached][data-state=failed]")).to_contain_text("faux.png")
    await claire.part("talk-send").click()
    await expect(claire.part("case-said").last.get_by_role("link", name="vase.png")).to_be_visible()
    await claire.page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(['Bonjour'], 'note.txt', {type: 'text/plain'}));
          for (const kind of ['dragenter', 'dragover', 'drop']) {
            const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried});
            document.querySelector('[data-testid=case-facts]').dispatchEvent(event);
          }
        }"""
    )
    await expect(claire.part("case-files").get_by_role("link", name="note.txt")).to_be_visible()
    await claire.part("said-remove").last.click()
    await claire.part("said-remove-sure").click()
    await expect(claire.part("case-said")).to_have_count(1)


async def _by_finger(claire: DeskPage) -> None:
    """A finger that rests on a card carries it, past the edge of a telephone; one that moves at once scrolls."""
    page = claire.page
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{page.url.partition('#')[0]}#/cases/board?scope=all")
    hand = await page.context.new_cdp_session(page)
    await hand.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    async def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        await hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    card = claire.part("case-card").filter(has_text="Vase").first
    await expect(card).to_be_visible()
    box = await card.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 60
    board = claire.part("cases-board")
    # It glides on for a while after the finger has gone.
    await board.evaluate("(box) => { box.rests = new Promise((done) => { box.onscrollend = done; }); }")
    await asyncio.gather(touch("touchStart", x, y), touch("touchMove", x - 25, y))
    for step in range(2, 8):
        await touch("touchMove", x - 25 * step, y)
    await touch("touchEnd")
    await board.evaluate("(box) => box.rests")
    await expect(page.locator(".cases-ghost")).to_have_count(0)
    assert await board.evaluate("(box) => box.scrollLeft") > 0
    await board.evaluate("(box) => { box.scrollLeft = 0; }")

    box = await card.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 60
    await touch("touchStart", x, y)
    await expect(page.locator(".cases-ghost")).to_be_visible()
    opened = page.locator("[data-status=open]")
    for step in range(1, 6):
        await touch("touchMove", x + (380 - x) * step / 5, y)
    # Held at the edge, the board goes on by itself.
    await page.wait_for_function(
        "() => document.querySelector('[data-status=open]').getBoundingClientRect().left < 150"
    )
    await touch("touchMove", 220, y)
    await expect(opened).to_have_attribute("data-over", "yes")
    await touch("touchEnd")
    await expect(opened).to_contain_text("Vase")
    await hand.detach()
