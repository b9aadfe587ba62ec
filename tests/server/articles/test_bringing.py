"""Articles come from folders and files, once however often they come, and go out as files that come in again."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import delete, select

from crm_backend.access.actor import COMMAND_LINE, SYSTEM, Actor
from crm_backend.attachments.model import Attachment
from crm_backend.database import Sessions
from crm_backend.knowledge import browsing, drafts, reviewing
from crm_backend.knowledge.model import Article, ArticleVersion, Category, Translation
from server.articles import reading, writing
from server.articles.bringing import Report
from server.articles.document import Refused
from server.commands import articles
from tests.crm_backend.knowledge.writing import embed_later
from tests.server.articles.conftest import PNG, Bring, what

CLAIRE = Actor("agent:claire", SYSTEM.permissions, "desk")


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
        await reviewing.approve(session, actor=COMMAND_LINE, version_id=mine.id, embed=embed_later)
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
    (folder / "categories.yml").symlink_to(outside)
    whole = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        if path.name.startswith("locked"):
            raise PermissionError(13, "Permission denied")
        return whole(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    report = await bring(folder)
    assert what(report) == {"good.fr.md fr": "new"}
    told = dict(report.refused)
    assert set(told) == {"link.fr.md", "loop.fr.md", "gone.fr.md", "round", "locked.fr.md", "categories.yml"}
    assert told["link.fr.md"] == told["categories.yml"] == reading.LINK and "Permission denied" in told["locked.fr.md"]
    assert ("good.fr.md", "the file locked.png cannot be read: Permission denied") in report.warnings
    assert what(await bring(tmp_path / "in" / "good.fr.md")) == {"good.fr.md fr": "same"}


def test_a_file_whose_name_is_no_text_is_told_of() -> None:
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    articles._tell(Console(file=told), Report(refused=[("caf\udce9.md", "it has no title")]), dry=False)
    told.seek(0)
    assert "caf?.md" in told.read()
