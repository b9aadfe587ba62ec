"""Articles come from the files of other help centres, and whoever asks for an address of theirs is led on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.database import Sessions
from crm_backend.knowledge import browsing, services
from crm_backend.knowledge.model import ArticleVersion, Category, Translation
from server.articles import bringing, reading
from server.files import file_store
from tests.crm_backend.knowledge.writing import embed_later
from tests.server.articles.conftest import Bring, what
from tests.support import site

ZENDESK = {
    "articles": [
        {
            "id": 360001, "title": "Renvoyer un article", "locale": "fr", "draft": False, "label_names": ["retour"],
            "html_url": "https://aide.example.com/hc/fr/articles/360001-Renvoyer-un-article", "section_id": 7,
            "body": '<h1>Comment</h1><p>Sous <b>30 jours</b>.</p><script>alert(1)</script><p onclick="x()">Voir'
            ' <a href="https://aide.example.com/hc/fr/articles/360002-Delai">le délai</a></p>'
            '<div class="callout-warning"><p>Gardez la boîte.</p></div><iframe src="https://www.youtube.com/embed/1">'
            "</iframe><table><tr><td>a</td><td>b</td></tr></table>",
        },
        {"id": 360001, "title": "Return an item", "locale": "en-gb", "draft": False, "body": "<p>30 days.</p>",
         "section_id": 7, "html_url": "https://aide.example.com/hc/en-gb/articles/360001"},
        {"id": 360002, "title": "Délai", "locale": "fr", "draft": True, "body": "<p>30 jours.</p>"},
        {"id": 360003, "title": "Rückgabe", "locale": "de", "body": "<p>x</p>"},
    ],
    "sections": [{"id": 7, "name": "Retours et échanges"}],
}  # fmt: skip
INTERCOM = {
    "type": "list",
    "data": [
        {"id": "55", "title": "Gift cards", "description": "How they work", "body": "<p>Valid <i>two</i> years.</p>",
         "state": "published", "default_locale": "en", "url": "https://x.example.com/en/articles/55-gift",
         "translated_content": {"type": "x", "fr": {"title": "Cartes cadeaux", "body": "<p>Deux ans.</p>",
                                                    "state": "draft"}}},
    ],
}  # fmt: skip
FRESHDESK = [
    {"id": 91, "title": "Invoices", "description": "<ul><li>In your account</li></ul>", "status": 2, "folder_id": 3},
    {"id": 92, "title": "Later", "description": "<p>x</p>", "status": 1, "folder_id": 3},
]
HTML = """<!doctype html><html lang="en-US"><head><title>Pay later – Shop</title>
<link rel="canonical" href="https://h.example.com/articles/77-pay-later"></head><body><nav>Home</nav>
<article><h1>Pay later</h1><div class="article-body"><h2>How</h2><p>In three parts, see
<a href="77-other.html">other</a>.</p><style>p{}</style></div></article></body></html>"""
CSV = (
    "Id;Title;Body;Locale;Section;Status;URL\n"
    '12;Livraison;"<p>Deux jours.</p>";fr-FR;Expédition;published;https://h.example.com/a/12\n'
    "13;Vide;;fr;;published;\n;;x;fr;;;\n14;Bad;x;fr;;somewhere;\n"
)


async def test_the_files_of_other_help_centres_are_read(sessions: Sessions, bring: Bring, tmp_path: Path) -> None:
    for name, content in (
        ("zendesk.json", json.dumps(ZENDESK)), ("intercom.json", json.dumps(INTERCOM)), ("page.html", HTML),
        ("freshdesk.json", json.dumps(FRESHDESK)), ("rows.csv", CSV), ("other.json", "{}"), ("broken.json", "{"),
    ):  # fmt: skip
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text(content, encoding="utf-8")
    report = await bring(tmp_path / "in", language="en")
    why = dict(report.refused)
    assert "neither French nor English" in why["zendesk.json, article 360003"]
    assert "form that is known" in why["other.json"] and "no JSON" in why["broken.json"]
    assert "no title" in why["rows.csv, row 4"] and "somewhere" in why["rows.csv, row 5"]
    async with sessions() as session:
        shown = {(row.language, row.title): row for row in await session.scalars(select(Translation))}
        kept = set(await session.scalars(select(ArticleVersion.title).where(ArticleVersion.status == "draft")))
        names = {row.key: row.names["fr"] for row in await session.scalars(select(Category))}
        listed = await services.listing(session, language="fr")
        assert await browsing.brought_from(session, path="/hc/en-gb/articles/360001") == "/en/help/return-an-item"
    assert kept == {"Délai", "Cartes cadeaux", "Later"}
    body = shown["fr", "Renvoyer un article"].body
    assert body.startswith("## Comment\n\nSous **30 jours**.\n\nVoir [le délai](/articles/article-360002)")
    assert "> [!WARNING]\n> Gardez la boîte." in body and "https://www.youtube.com/embed/1" in body
    assert "alert" not in body and "onclick" not in body and "| a | b |" in body
    assert shown["fr", "Renvoyer un article"].article_id == shown["en", "Return an item"].article_id
    assert shown["en", "Gift cards"].body == "Valid *two* years."
    assert shown["en", "Invoices"].body == "- In your account"
    assert shown["en", "Pay later"].body == "## How\n\nIn three parts, see\nother."
    assert shown["fr", "Livraison"].body == "Deux jours."
    assert names["retours-et-echanges"] == "Retours et échanges" and "expedition" in names
    assert {one.title for one in listed} == {"Renvoyer un article", "Livraison", "Vide"}
    assert set(what(await bring(tmp_path / "in", language="en")).values()) == {"same"}


async def test_whoever_asks_for_an_old_address_is_led_on(server: Any, tmp_path: Path) -> None:
    (tmp_path / "a.fr.md").write_text(
        "---\nurl: https://old.example.com/hc/fr/articles/1-Été/\n---\n# Été\n\nFermé.\n", encoding="utf-8"
    )
    found = reading.read(tmp_path / "a.fr.md", language=None)
    store = file_store(server.settings, server.sessions)
    await bringing.bring_all(server.sessions, found, actor=COMMAND_LINE, files=store, embed=embed_later)
    async with site.browser_session() as client:
        for path, status, to in (
            ("/hc/fr/articles/1-%C3%89t%C3%A9", 301, "/fr/aide/ete"),
            ("/hc/fr/articles/1-%C3%89t%C3%A9/?x=1", 301, "/fr/aide/ete"),
            ("/hc/fr/articles/2", 404, ""),
        ):
            async with client.get(server.settings.address + path, allow_redirects=False) as answer:
                assert (answer.status, answer.headers.get("Location", "")) == (status, to), path
