"""The commands that measure understanding: what they print, and what they say of bad files."""

import json
from pathlib import Path

import pytest

from bot import nlu
from bot.classifier import Decision
from bot.fact import Context
from bot.figures import Row, report
from bot.requests import read as read_requests
from bot.written import facts


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "text and intent"), (b"text,label\na,b\n", "missing: intent"), (b"text,intent\n",
        "no sentences"),
        (b"text,intent\nhello,\n", "line 2"), (b"text,intent,language\nhallo,greet,de\n", "'de'"),
        (b"text,intent\n\xff\xfe,a\n", "UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_in_a_line(tmp_path: Path, capsys, content: bytes, says: str) -> None:
    file = tmp_path / "set.csv"
    file.write_bytes(content)
    assert nlu.main(["eval", str(file)]) == 1
    assert says in capsys.readouterr().err


def test_a_missing_file_and_a_missing_model_are_told(tmp_path: Path, capsys) -> None:
    assert nlu.main(["bench", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]) == 1
    assert "no such file" in capsys.readouterr().err
    (tmp_path / "a.csv").write_text("text,intent\nbonjour,greet\n")
    assert nlu.main(["eval", str(tmp_path / "a.csv"), "--model", str(tmp_path / "none")]) == 1
    assert "train" in capsys.readouterr().err


def test_the_figures_count_what_is_out_of_scope_apart() -> None:
    rows = [
        Row("a", "fr", "greet", "greet", 0.9), Row("b", "en", "greet", "thanks", 0.6),
        Row("c", "en", "oos", "out_of_scope", 0.8), Row("d", "fr", "oos", "greet", 0.5),
    ]  # fmt: skip
    text = report(rows)
    assert "4 sentences, 50.0 % right" in text
    assert "in scope 50.0 %, out-of-scope recall 50.0 % of 2" in text
    assert "1 × greet taken for thanks" in text
    assert "fr: 2 sentences" in text and json.dumps(text)


def judge(known: dict[str, tuple[str, float]]):
    return lambda text: next(
        (Decision([answer], 0.0, "vector") for words, answer in known.items() if words in text), Decision([], 0.0, "")
    )


def test_of_two_requests_the_first_is_done_and_the_second_remembered() -> None:
    text = "Annulez la 10234. Et la facture de la 10235 ?"
    decide = judge({". Et": ("invoice", 0.7), "Annulez": ("cancel_order", 0.95), "facture": ("invoice", 0.95)})
    reading = read_requests(text, decide)
    assert reading.decision.ranking[0][0] == "cancel_order"
    (second,) = reading.also
    assert second.intent == "invoice" and text[second.clause.start : second.clause.end] == second.clause.text


def test_the_request_at_the_end_of_a_complaint_is_heard() -> None:
    decide = judge({"colère. Je": ("upset", 0.9), "colère": ("upset", 0.95), "rembours": ("refund_status", 0.8)})
    reading = read_requests("Je suis en colère. Je veux savoir quand je suis remboursé", decide)
    assert reading.decision.ranking[0][0] == "refund_status" and reading.also == []


def test_thirty_order_numbers_at_once_are_read() -> None:
    text = ", ".join(str(10_000 + number) for number in range(30))
    assert len([fact for fact in facts(text, Context(asked="order_number")) if fact.name == "order_number"]) == 30
