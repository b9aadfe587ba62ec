"""Reading the articles of the demo company."""

from __future__ import annotations

from pathlib import Path

import pytest

import server.demo
from server.commands.search_eval import read
from server.demo.articles import read_articles

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
