"""Measuring search: what a file of questions must hold, and what is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_backend.knowledge.measuring import Asked, Labelled, quality
from server.commands.search_eval import BadFile, read
from server.help.excerpts import excerpt


def test_a_file_names_questions_with_the_articles_that_answer(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text("question,article,language\nun retour ?,retour|echange,fr\n", encoding="utf-8-sig")
    assert read(file) == [Labelled("un retour ?", "fr", ("retour", "echange"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,language\na,fr\n", "missing: article"),
        ("question,article,language\na,b,de\n", "line 2: language"),
        ("question,article,language\n,b,fr\n", "line 2: question and article"),
        ("question,article,language\n", "no questions"),
        (None, "there is no such file"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "q.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=said):
        read(file)


def test_shares_are_counted_by_language() -> None:
    asked = [Asked(Labelled("q", language, ("a",)), rank, "a") for language, rank in
             (("fr", 1), ("fr", 4), ("en", 2), ("en", None))]  # fmt: skip
    told = {one.language: (one.hit_at_1, one.hit_at_3, one.mrr) for one in quality(asked)}
    assert told == {"fr": (0.5, 0.5, 0.625), "en": (0.0, 0.5, 0.25)}


def test_an_excerpt_is_the_sentence_with_the_words_and_marks_their_forms() -> None:
    pieces = excerpt("Bonjour à tous. Vos [articles](/x) seront **remboursés** sous 5 jours.", ["remboursé", "article"])
    assert "".join(piece.text for piece in pieces) == "Vos articles seront remboursés sous 5 jours."
    assert [piece.text for piece in pieces if piece.marked] == ["articles", "remboursés"]
    assert excerpt("***", ["x"]) == []
