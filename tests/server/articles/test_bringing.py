"""Articles come from files of many kinds, once however often they come, and go out as files that come in again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import delete, select

from crm_backend.access.actor import COMMAND_LINE, SYSTEM, Actor
from crm_backend.attachments.model import Attachment
from crm_backend.database import Sessions
from crm_backend.knowledge import browsing, drafts, reviewing, services
from crm_backend.knowledge.model import DIMENSIONS, Article, ArticleVersion, Category, Translation
from server.articles import bringing, reading, writing
from server.articles.bringing import Report
from server.articles.document import Refused
from server.commands import articles
from server.files import file_store
from tests.support import site

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
CLAIRE = Actor("agent:claire", SYSTEM.permissions, "desk")
Bring = Callable[..., Any]


async def embed(texts: list[str]) -> list[list[float]]:
    return [[byte / 128 - 1 for byte in hashlib.shake_256(text.encode()).digest(DIMENSIONS)] for text in texts]


@pytest.fixture
def store(sessions: Sessions, tmp_path: Path) -> Any:
    settings = site.settings_for("postgresql://x/y", "redis://x", files_url=str(tmp_path / "kept"))
    return file_store(settings, sessions)


@pytest.fixture
def bring(sessions: Sessions, store: Any) -> Bring:
    async def run(path: Path, *, dry: bool = False, language: str | None = None) -> Report:
        found = reading.read(path, language=language)
        return await bringing.bring_all(sessions, found, actor=COMMAND_LINE, files=store, embed=embed, dry=dry)

    return run


def what(report: Report) -> dict[str, str]:
    return {f"{source.rpartition('/')[2]} {language}": done for source, language, done in report.done}


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        if path.suffix in (".md", ".yml")
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def a_folder(folder: Path) -> Path:
    (folder / "retours" / "images").mkdir(parents=True)
    (folder / "retours" / "images" / "bol.png").write_bytes(PNG)
    head = "key: return-an-item\ntags: [retour]\nquestions: ['Quel délai\u00a0?']\nurl: https://old.example.com/hc/fr/articles/360001-Renvoyer\n"
    (folder / "retours" / "renvoyer.fr.md").write_text(
        f"---\n{head}---\n# Renvoyer un article\n\nVous avez 30 jours.\n\n## Comment\n\n"
        "![Un bol](images/bol.png) Voyez [le délai](delai.fr.md) ou [dehors](https://example.com/x).\n"
        "![espion](https://example.com/p.png) [rien](perdu.md) ![non](../../secret.png)\n",
        encoding="utf-8",
    )
    (folder / "retours" / "return.en.md").write_text(
        "---\nkey: return-an-item\ntitle: Return an item\n---\nYou have 30 days.\n", encoding="utf-8"
    )
    (folder / "retours" / "delai.fr.md").write_text("# Le délai\n\n30 jours.\n", encoding="utf-8")
    (folder / "brouillon.fr.md").write_text("---\ndraft: true\n---\n# Pas fini\n\nPas fini.\n", encoding="utf-8")
    for name, text in (("sans.fr.md", "Rien.\n"), ("cassé.fr.md", "---\na: [\n---\n# A\n"), ("x.md", "# A\n\nB")):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "octets.fr.md").write_bytes(b"# \xff\xfe")
    return folder


async def test_a_folder_comes_in_once_with_its_pictures_and_links(
    sessions: Sessions, bring: Bring, tmp_path: Path
) -> None:
    folder = a_folder(tmp_path / "in")
    tried = await bring(folder, dry=True)
    async with sessions() as session:
        assert (await session.scalars(select(Article))).all() == []
    report = await bring(folder)
    assert tried.done == report.done and tried.refused == report.refused
    assert what(report) == {
        "brouillon.fr.md fr": "draft", "delai.fr.md fr": "new", "renvoyer.fr.md fr": "new", "return.en.md en": "new",
    }  # fmt: skip
    why = dict(report.refused)
    assert "no title" in why["sans.fr.md"] and "no YAML" in why["cassé.fr.md"] and "--language" in why["x.md"]
    assert "UTF-8" in why["octets.fr.md"]
    warned = " ".join(words for _, words in report.warnings)
    assert "example.com/p.png is elsewhere" in warned and "perdu.md leads nowhere" in warned
    async with sessions() as session:
        text = (await session.scalars(select(Translation).where(Translation.title == "Renvoyer un article"))).one()
        file = (await session.scalars(select(Attachment))).one()
        article = await session.get_one(Article, text.article_id)
        assert (article.key, article.category, article.tags) == ("return-an-item", "retours", ["retour"])
        assert f"![Un bol](/files/{file.id}) Voyez [le délai](/articles/delai)" in text.body
        assert "espion rien non" in text.body and "[dehors](https://example.com/x)" in text.body
        assert text.slug == "renvoyer-un-article" and text.summary == "Vous avez 30 jours."
        old = await browsing.brought_from(session, path="/hc/fr/articles/360001-Renvoyer")
        assert old == "/fr/aide/renvoyer-un-article"
        assert (await session.scalars(select(Translation.title).where(Translation.title == "Pas fini"))).all() == []
        before = [(row.id, row.version) for row in await session.scalars(select(ArticleVersion))]
    again = await bring(folder)
    assert set(what(again).values()) == {"same"}
    async with sessions() as session:
        assert [(row.id, row.version) for row in await session.scalars(select(ArticleVersion))] == before
        assert len((await session.scalars(select(Attachment))).all()) == 1
    with pytest.raises(Refused, match="no such file"):
        await bring(tmp_path / "nowhere")


async def test_what_people_wrote_here_since_is_never_written_over(
    sessions: Sessions, bring: Bring, tmp_path: Path
) -> None:
    source = tmp_path / "delai.fr.md"
    source.write_text("# Le délai\n\n30 jours.\n", encoding="utf-8")
    await bring(source)
    source.write_text("# Le délai\n\n31 jours.\n", encoding="utf-8")
    assert what(await bring(source)) == {"delai.fr.md fr": "changed"}
    async with sessions.begin() as session:
        article = (await session.scalars(select(Article))).one()
        given = {"body": "45 jours, écrit ici."}
        mine = await drafts.begin(session, actor=CLAIRE, article_id=article.id, language="fr", texts=given)
    # Somebody is writing: nothing is put in their draft.
    assert what(await bring(source)) == {"delai.fr.md fr": "same"}
    source.write_text("# Le délai\n\n32 jours.\n", encoding="utf-8")
    assert "draft" in dict((await bring(source)).refused)["delai.fr.md"].lower()
    async with sessions.begin() as session:
        await reviewing.submit(session, actor=CLAIRE, version_id=mine.id)
        await reviewing.approve(session, actor=COMMAND_LINE, version_id=mine.id, embed=embed)
    assert what(await bring(source)) == {"delai.fr.md fr": "beside"}
    assert what(await bring(source)) == {"delai.fr.md fr": "kept"}
    other = tmp_path / "autre.fr.md"
    other.write_text("# Autre\n\nAutre.\n", encoding="utf-8")
    await bring(other)
    async with sessions.begin() as session:
        shown = (await session.scalars(select(ArticleVersion).where(ArticleVersion.title == "Autre"))).one()
        await reviewing.withdraw(session, actor=CLAIRE, version_id=shown.id)
    # What was withdrawn here stays so.
    assert what(await bring(other)) == {"autre.fr.md fr": "kept"}
    async with sessions() as session:
        rows = await session.scalars(select(ArticleVersion).order_by(ArticleVersion.number))
        told = [(row.status, row.body) for row in rows]
    assert ("published", "45 jours, écrit ici.") in told and ("draft", "32 jours.") in told


async def test_what_goes_out_comes_in_again_the_same(
    sessions: Sessions, bring: Bring, store: Any, tmp_path: Path
) -> None:
    await bring(a_folder(tmp_path / "in"))
    out, again = tmp_path / "out", tmp_path / "again"
    async with sessions() as session:
        written = await writing.write(session, out, actor=COMMAND_LINE, files=store)
    assert (written.texts, written.files, written.gone) == (4, 1, [])
    assert "Quel délai\u00a0?" in files_of(out)["retours/return-an-item.fr.md"]
    # Into the same base: nothing changes. Into an empty one: the same articles.
    assert set(what(await bring(out)).values()) == {"same"}
    async with sessions.begin() as session:
        await session.execute(delete(Article))
        await session.execute(delete(Category))
    report = await bring(out)
    assert report.refused == [] and sorted(set(what(report).values())) == ["draft", "new"]
    async with sessions() as session:
        await writing.write(session, again, actor=COMMAND_LINE, files=store)
    assert files_of(again) == files_of(out)


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
    await bringing.bring_all(server.sessions, found, actor=COMMAND_LINE, files=store, embed=embed)
    async with site.browser_session() as client:
        for path, status, to in (
            ("/hc/fr/articles/1-%C3%89t%C3%A9", 301, "/fr/aide/ete"),
            ("/hc/fr/articles/1-%C3%89t%C3%A9/?x=1", 301, "/fr/aide/ete"),
            ("/hc/fr/articles/2", 404, ""),
        ):
            async with client.get(server.settings.address + path, allow_redirects=False) as answer:
                assert (answer.status, answer.headers.get("Location", "")) == (status, to), path


async def test_what_cannot_be_read_is_skipped_and_told(
    bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside.md"
    (folder / "more").mkdir(parents=True)
    outside.write_text("# Ailleurs\n\nSecret.")
    (folder / "good.fr.md").write_text("# Bon\n\nVoici ![une image](locked.png).")
    (folder / "locked.fr.md").write_text("# Fermé\n\nNon.")
    (folder / "locked.png").write_bytes(PNG)
    (folder / "link.fr.md").symlink_to(outside)
    (folder / "loop.fr.md").symlink_to(folder / "loop.fr.md")
    (folder / "gone.fr.md").symlink_to(folder / "nothing.md")
    (folder / "round").symlink_to(folder)
    whole = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        if path.name.startswith("locked"):
            raise PermissionError(13, "Permission denied")
        return whole(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    report = await bring(folder)
    assert what(report) == {"good.fr.md fr": "new"}
    told = dict(report.refused)
    assert set(told) == {"link.fr.md", "loop.fr.md", "gone.fr.md", "round", "locked.fr.md"}
    assert told["link.fr.md"] == reading.LINK and "Permission denied" in told["locked.fr.md"]
    assert ("good.fr.md", "the file locked.png cannot be read: Permission denied") in report.warnings
    assert what(await bring(tmp_path / "in" / "good.fr.md")) == {"good.fr.md fr": "same"}


def test_a_file_whose_name_is_no_text_is_told_of() -> None:
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    articles._tell(Console(file=told), Report(refused=[("caf\udce9.md", "it has no title")]), dry=False)
    told.seek(0)
    assert "caf?.md" in told.read()
