"""The benchmark of replies counts what it says it counts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "benchmarks/mail_replies.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("mail_replies", PROGRAM)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mail_replies"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mail_replies"]


CASES = [
    {
        "id": "ours/one", "kind": "text", "fr": True, "match": "exact", "expect": "Oui.",
        "raw": "Oui.\n\nLe 3 mars 2025 à 10:12, A <a@b.example> a écrit :\n> Voulez-vous ?\n",
    },
    {
        "id": "ours/two", "kind": "html", "match": "exact", "expect": "Yes.",
        "raw": "<p>Yes.</p><blockquote type=cite>Do you?</blockquote>",
    },
    {
        "id": "ours/three", "kind": "eml", "match": "regex", "must": ["Oui"], "must_not": ["Sujet"],
        "raw": "Content-Type: text/plain\n\nOui\n\n-----Message original-----\nSujet",
    },
    {
        "id": "theirs/four", "kind": "text", "match": "exact", "expect": "Merci",
        "raw": "Merci\n\nOn 3 Mar 2025, at 10:12, A wrote:\n\nThe parcel left.",
    },
]  # fmt: skip


def test_our_own_extraction_reaches_every_case(benchmark):
    result = benchmark.score(CASES, benchmark.ours)
    assert (result.right, result.right_french) == (4, 1)
    assert dict(result.by_source) == {"ours": 3, "theirs": 1}
    assert not result.quoted and not result.too_long


def test_an_extraction_that_keeps_everything_is_found_out(benchmark):
    result = benchmark.score(CASES, lambda text, html: text or benchmark.page_to_text(html))
    assert result.right == 0
    assert result.quoted == ["ours/one", "ours/two", "ours/three", "theirs/four"]


def test_an_extraction_that_raises_is_counted(benchmark):
    def fails(text, html):
        raise ValueError

    assert benchmark.score(CASES, fails).failed == 4


def test_the_program_prints_our_figures_beside_the_libraries(benchmark, tmp_path, monkeypatch, capsys):
    import json

    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in CASES), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["mail_replies.py", str(file)])
    benchmark.main()
    printed = capsys.readouterr().out
    assert "relais: 4/4 match, French 1/1" in printed
    assert "unquotemail:" in printed and "mail-parser-reply:" in printed
