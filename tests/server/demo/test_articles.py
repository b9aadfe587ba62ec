"""Reading the articles of the demo company."""

from __future__ import annotations

from pathlib import Path

import pytest

import server.demo
from server.demo.articles import read_articles

SHIPPED = Path(server.demo.__file__).parent / "articles"


def test_every_article_exists_in_both_languages_in_one_category():
    articles = read_articles(SHIPPED)
    assert articles
    for key, translations in articles.items():
        assert set(translations) == {"fr", "en"}, key
        assert len({text["category"] for text in translations.values()}) == 1, key


@pytest.mark.parametrize("text", ["", "no front matter", "---\nkey: a\n---\nbody", "---\n- a\n---\nbody"])
def test_file_that_is_no_article_is_named(tmp_path, text):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "odd.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.md does not begin with the front matter"):
        read_articles(tmp_path)


def test_missing_folder_holds_no_articles(tmp_path):
    assert read_articles(tmp_path / "nowhere") == {}
