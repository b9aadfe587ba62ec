"""The articles of the demo company: read, loaded, and renewed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import server.demo
from crm_backend.knowledge import browsing, drafts
from crm_backend.knowledge.model import Article, ArticleVersion
from server.commands.search_eval import read
from server.demo.articles import load_articles, read_articles, renew_articles
from server.demo.readers import read_lately
from tests.crm_backend.knowledge.writing import AUTHOR, embed

SHIPPED = Path(server.demo.__file__).parent / "articles"


def test_every_article_exists_in_both_languages_in_one_category():
    articles = read_articles(SHIPPED)
    assert articles
    for key, translations in articles.items():
        assert set(translations) == {"fr", "en"}, key
        assert len({text["category"] for text in translations.values()}) == 1, key


def test_every_known_question_says_which_articles_answer_it():
    public = {key: texts for key, texts in read_articles(SHIPPED).items() if "audience" not in texts["fr"]}
    known = [
        (language, line) for texts in public.values() for language, text in texts.items() for line in text["questions"]
    ]
    labelled = read(SHIPPED / "questions.csv")
    assert sorted((one.language, one.question) for one in labelled) == sorted(known)
    assert all(set(one.articles) <= set(public) for one in labelled)


@pytest.mark.parametrize("text", ["", "no front matter", "---\nkey: a\n---\nbody", "---\n- a\n---\nbody"])
def test_file_that_is_no_article_is_named(tmp_path, text):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "odd.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.md does not begin with the front matter"):
        read_articles(tmp_path)


def test_missing_folder_holds_no_articles(tmp_path):
    assert read_articles(tmp_path / "nowhere") == {}


def _write(folder: Path, key: str, body: str) -> None:
    for language in ("fr", "en"):
        (folder / language).mkdir(exist_ok=True)
        head = f"key: {key}\ncategory: delivery\ntitle: T {key}\nslug: {key}\nsummary: S\nquestions:\n  - q ?\n"
        (folder / language / f"{key}.md").write_text(f"---\n{head}---\n\n{body}\n", encoding="utf-8")


async def test_a_newer_version_of_the_demo_brings_its_articles_but_for_those_changed_by_hand(
    crm: AsyncSession, tmp_path: Path
) -> None:
    for key in ("kept", "edited", "track-parcel"):
        _write(tmp_path, key, "Before.")
    await load_articles(crm, tmp_path, embed)
    await read_lately(crm, date(2026, 11, 23))
    read = await browsing.popular(crm, language="fr", today=date(2026, 11, 23))
    assert (read[0].key, len(read)) == ("track-parcel", 3)
    edited = await crm.scalar(select(Article.id).where(Article.key == "edited"))
    assert edited is not None
    await drafts.begin(crm, actor=AUTHOR, article_id=edited, language="fr", texts={"body": "By hand."})
    for key in ("kept", "edited", "new"):
        _write(tmp_path, key, "After.")
    assert await renew_articles(crm, tmp_path, embed) == 2
    shown = select(Article.key, ArticleVersion.body).join(ArticleVersion, ArticleVersion.article_id == Article.id)
    found = set((await crm.execute(shown.where(ArticleVersion.status == "published"))).tuples())
    assert found == {("kept", "After."), ("edited", "Before."), ("track-parcel", "Before."), ("new", "After.")}
    assert await renew_articles(crm, tmp_path, embed) == 0
