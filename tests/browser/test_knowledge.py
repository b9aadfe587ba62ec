"""Knowledge in the desk: an agent proposes, an editor reviews and publishes, the customer's page shows it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from crm_backend.knowledge import services
from crm_backend.knowledge.schema import Draft
from server.app import Parts
from tests.browser.conftest import MakeDesk
from tests.browser.test_accessibility import barriers
from tests.server.test_help import embed
from tests.support.stores import ROOT

PICTURES = ROOT / "var" / "artefacts" / "browser"
WIDE = "() => document.documentElement.scrollWidth <= innerWidth"


async def published(server: Parts) -> None:
    texts = [
        Draft(
            language="fr", slug="retour", title="Renvoyer un article", summary="Vous avez 30 jours.",
            body="Vous avez 30 jours.\n\n## Comment faire\n\nImprimez l’étiquette.", questions=["comment renvoyer ?"],
        ),
        Draft(language="en", slug="return", title="Return an item", summary="30 days.", body="You have 30 days."),
    ]  # fmt: skip
    wash = Draft(
        language="fr", slug="laver", title="Laver un bol", summary="À la main.", body="À la main, à l’eau tiède."
    )
    async with server.sessions.begin() as session:
        await services.publish(session, key="returns", category="returns", translations=texts, embed=embed)
        await services.publish(session, key="washing", category="care", translations=[wash], embed=embed)


async def kept(page: Page, name: str) -> None:
    """A picture of what is there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"knowledge-{name}.png")


async def test_an_agent_proposes_an_editor_publishes_and_customers_read_it(server: Parts, colleague: MakeDesk) -> None:
    await published(server)
    claire = await colleague()
    page = claire.page
    await page.keyboard.press("Shift+A")
    await expect(claire.part("kn-row")).to_have_count(2)
    assert await barriers(page) == ""
    await kept(page, "fr-shelf")

    # By keyboard: the article, the change, a link that cannot break.
    await page.get_by_role("link", name="Renvoyer un article").focus()
    await page.keyboard.press("Enter")
    await expect(claire.part("kn-shown")).to_contain_text("Imprimez l’étiquette.")
    await expect(claire.part("kn-figures")).to_be_visible()
    assert await barriers(page) == ""
    await kept(page, "fr-article")
    await claire.part("kn-edit").focus()
    await page.keyboard.press("Enter")
    await claire.part("kn-summary").fill("Vous avez 60 jours.")
    text = claire.part("kn-text")
    await text.focus()
    await page.keyboard.press("Control+End")
    await claire.part("kn-callout").select_option("tip")
    await page.keyboard.insert_text("Gardez la boîte. ")
    await page.get_by_role("button", name="Lien vers un article").click()
    await claire.part("kn-choose").fill("Laver un bol")
    await claire.part("kn-choice").first.click()
    added = "\n\n> [!TIP]\n> Gardez la boîte. [](/articles/washing)"
    await expect(text).to_have_value("Vous avez 30 jours.\n\n## Comment faire\n\nImprimez l’étiquette." + added)
    await expect(claire.part("kn-shown").get_by_role("link", name="Laver un bol")).to_be_visible()
    await expect(claire.part("kn-shown").locator(".callout-title")).to_have_text("Astuce")
    assert await barriers(page) == ""
    await page.emulate_media(color_scheme="dark")
    await kept(page, "fr-editor-dark")
    await claire.part("kn-note").fill("Le délai a changé.")
    await claire.part("kn-submit").click()
    await expect(claire.part("kn-open-told")).to_contain_text("attend une relecture")

    # Sent for review it rests; the editor sees what changed, and publishes.
    emma = await colleague("emma", "en", role="knowledge_editor")
    await emma.page.goto(f"{server.settings.address}/desk/#/knowledge/review")
    await emma.part("kn-waiting").get_by_role("link").click()
    await expect(emma.part("kn-difference").locator("ins").first).to_have_text("added: 60 ")
    assert await barriers(emma.page) == ""
    await emma.page.emulate_media(color_scheme="light")
    await kept(emma.page, "en-review")
    await emma.part("kn-publish").get_by_role("button", name="Publish now").click()
    await expect(emma.part("kn-drift-stale")).to_contain_text("English is behind")
    await emma.part("kn-edit").click()
    await emma.page.get_by_text("Side by side").click()
    await expect(emma.part("kn-text")).to_have_count(2)
    assert await barriers(emma.page) == ""
    await kept(emma.page, "en-both")

    # Whoever reads it finds the new words, and the link where the article stands today.
    await page.goto(f"{server.settings.address}/fr/aide/retour")
    await expect(page.locator(".callout")).to_contain_text("Gardez la boîte.")
    await expect(page.get_by_role("link", name="Laver un bol")).to_have_attribute("href", "/fr/aide/laver")
    assert await barriers(page) == ""

    # The editor makes a category, puts it first, fills it with another's articles and takes that one away.
    await emma.part("kn-tab-categories").click()
    await expect(emma.part("kn-category-row")).to_have_count(2)
    await emma.part("add").click()
    form = emma.part("kn-category-form")
    await form.get_by_label("Name in English").fill("Home care")
    await form.get_by_label("Name in French").fill("Entretien")
    assert await barriers(emma.page) == ""
    await kept(emma.page, "en-category-new")
    await emma.part("save").click()
    made = emma.part("kn-category-row").filter(has=emma.page.locator("strong", has_text="Home care"))
    await expect(made).to_contain_text("no articles")
    for place in (1, 0):
        await made.get_by_role("button", name="up").click()
        await expect(emma.part("kn-category-row").nth(place)).to_contain_text("Home care")
    old = emma.part("kn-category-row").filter(has=emma.page.get_by_role("button", name="Edit Care", exact=True))
    await old.get_by_role("button", name="Edit").click()
    await old.get_by_text("Move its articles").click()
    await old.get_by_role("button", name="Move 1 article").click()
    await expect(made).to_contain_text("1 article")
    await old.get_by_role("button", name="Edit").click()
    await expect(old.get_by_text("Delete")).to_be_visible()
    assert await barriers(emma.page) == ""
    await kept(emma.page, "en-category-open")
    await old.get_by_role("button", name="Delete").click()
    await emma.part("sure").click()
    await expect(emma.part("kn-category-row")).to_have_count(2)

    # All of it fits a phone.
    await emma.page.emulate_media(color_scheme="dark")
    await emma.page.set_viewport_size({"width": 320, "height": 640})
    for place, part in (
        ("", "kn-row"),
        ("/review", "kn-empty"),
        ("/gaps", "kn-empty"),
        ("/categories", "kn-category-row"),
        ("/article/returns", "kn-figures"),
        ("/article/returns/fr/edit", "kn-text"),
        ("/article/returns/fr/history", "kn-version"),
    ):
        await emma.page.goto(f"{server.settings.address}/desk/#/knowledge{place}")
        await expect(emma.part(part).first).to_be_visible()
        assert await emma.page.evaluate(WIDE), place
        await kept(emma.page, f"en-phone{place.replace('/', '-')}")
    assert await barriers(emma.page) == ""
