"""The commands that measure understanding: what they print, and what they say of bad files."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import nlu
from bot.classifier import Decision, Held
from bot.fact import Context, Fact
from bot.figures import Row, report
from bot.reading import Reader
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


def judged_by(decide):
    """What judges several texts as `decide` judges one."""
    return SimpleNamespace(all=lambda texts: [decide(text) for text in texts])


def classifier_of(decide, intents=(), held=None):
    """A classifier that decides as `decide` does on a text and its vector."""
    all_of = lambda asked: [decide(text, vector) for text, vector in asked]  # noqa: E731
    return SimpleNamespace(decide_all=all_of, intents=set(intents), held=held or Held())


def test_of_two_requests_the_first_is_done_and_the_second_remembered() -> None:
    text = "Annulez la 10234. Et la facture de la 10235 ?"
    decide = judge({". Et": ("invoice", 0.7), "Annulez": ("cancel_order", 0.95), "facture": ("invoice", 0.95)})
    reading = read_requests(text, judged_by(decide))
    assert reading.decision.ranking[0][0] == "cancel_order"
    (second,) = reading.also
    assert second.intent == "invoice" and text[second.clause.start : second.clause.end] == second.clause.text


def test_a_fact_by_the_way_is_no_rival_of_its_request() -> None:
    asked = Decision([("order_status", 0.72), ("inform", 0.25)], 0.0, "vector")
    called = Decision([("call_back", 0.9), ("order_status", 0.06)], 0.0, "vector")
    text = "où est ma commande 10234 ? Et rappelez-moi par téléphone"

    def decide(part: str) -> Decision:
        return called if "rappelez" in part else asked

    reading = read_requests(text, judged_by(decide))
    (first, least), second = reading.decision.ranking[0], reading.decision.ranking[1][1]
    assert (first, [each.intent for each in reading.also]) == ("order_status", ["call_back"])
    assert least - second > 0.4


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("décale la livraison 10234 marie@x.fr 69003", "delivery_date"),
        ("10234, marie@x.fr, 69003", "inform"),
        ("décale la livraison 10234", "inform"),
        ("décale la livraison ! Code postal 69003", "delivery_date"),
        ("bonjour, 10234", "inform"),
    ],
)
def test_what_is_wanted_beside_facts_is_heard(text: str, intent: str) -> None:
    def decide(words: str, vector: object) -> Decision:
        if "livraison" in words and "ordernumber" not in words:
            return Decision([("delivery_date", 0.97)], 0.0, "vector")
        return Decision([("inform", 0.9)], 0.0, "vector")

    classifier = classifier_of(decide, {"inform"})
    reader = Reader(classifier, threshold=0.4, ambiguity=0.05)
    found = facts(text, Context())
    assert reader.understand(text, found).intent == intent


def test_the_request_at_the_end_of_a_complaint_is_heard() -> None:
    decide = judge({"colère. Je": ("upset", 0.9), "colère": ("upset", 0.95), "rembours": ("refund_status", 0.8)})
    reading = read_requests("Je suis en colère. Je veux savoir quand je suis remboursé", judged_by(decide))
    assert reading.decision.ranking[0][0] == "refund_status" and reading.also == []


def test_thirty_order_numbers_at_once_are_read() -> None:
    text = ", ".join(str(10_000 + number) for number in range(30))
    assert len([fact for fact in facts(text, Context(asked="order_number")) if fact.name == "order_number"]) == 30


def test_what_comes_after_a_greeting_is_heard() -> None:
    known = {"bjr": ("greet", 0.8), "où est ma cmd": ("order_status", 0.9)}
    classifier = classifier_of(lambda text, _: judge(known)(text))
    reader = Reader(classifier, threshold=0.4, ambiguity=0.05)
    assert reader.understand("bjr où est ma cmd ?", []).intent == "order_status"
    assert reader.understand("bjr tout le monde ici", []).intent == "greet"


def test_courtesies_do_not_hide_a_request() -> None:
    known = {"d'avance": ("order_status", 0.5), "perdu": ("lost_parcel", 0.8)}
    classifier = classifier_of(lambda text, _: judge(known)(text))
    reader = Reader(classifier, threshold=0.4, ambiguity=0.05)
    assert reader.understand("Bonjour, mon colis est perdu merci d'avance", []).intent == "lost_parcel"
    assert reader.understand("cela merci d'avance", []).intent == "order_status"


def test_slips_are_put_right_for_the_classifier_only() -> None:
    heard: list[str] = []

    def decide(text: str, _: object) -> Decision:
        heard.append(text)
        return Decision([("warranty", 0.9), ("invoice", 0.05)], 0.0, "vector")

    held = Held(texts=["la garantie de ma lampe", "le livre de lyon"])
    reader = Reader(classifier_of(decide, held=held), threshold=0.4, ambiguity=0.05)
    text = "Ma gaarntie court encore ? Et celle de la lmape ?"
    read = reader.understand(text, [])
    assert heard[0] == "ma garantie court encore ? et celle de la lampe ?"
    assert [text[more["start"] : more["end"]] for more in read.also] == [more["text"] for more in read.also]
    place = Fact("place", "Lyno", "lyno", 10, 14)
    reader.understand("livré à lyno", [place])
    assert heard[-1] == "livré à lyno"
