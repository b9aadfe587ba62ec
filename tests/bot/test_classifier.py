"""The classifier, on vectors made up for the purpose: three intents and what is none of them."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from bot import stored
from bot.calibration import Scale, calibration_error, reliability
from bot.classifier import Classifier
from bot.judge import Judge
from bot.reading import Reader
from bot.ridge import Ridge, folds
from bot.vectors import RECORD, SIZE, Store, Vectors, key
from bot.written import facts

WORDS = {
    "order_status": "commande colis suivi livraison",
    "invoice": "facture reçu tva montant",
    "shops": "magasin horaires adresse ouvert",
}
EACH = 40


def vector(intent: str | None, chance: np.random.Generator) -> np.ndarray:
    made = chance.normal(0, 0.5, SIZE)
    if intent:
        made[list(WORDS).index(intent)] += 20
    return (made / np.linalg.norm(made)).astype(np.float32)


@pytest.fixture(scope="module")
def taught() -> tuple[Classifier, dict[str, np.ndarray]]:
    chance = np.random.default_rng(7)
    texts, intents, vectors = [], [], []
    for intent, words in WORDS.items():
        for number in range(EACH):
            texts.append(f"{' '.join(chance.choice(words.split(), 2))} {number}x{intent[:2]}")
            intents.append(intent)
            vectors.append(vector(intent, chance))
    for number in range(EACH):
        texts.append(f"autre monde {number} zz")
        intents.append("out_of_scope")
        vectors.append(vector(None, chance))
    classifier = Classifier()
    classifier.fit(texts, intents, np.array(vectors))
    return classifier, dict(zip(texts, vectors, strict=True))


def test_held_out_scores_are_those_of_a_model_without_them() -> None:
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(30, 5)).astype(np.float32)
    classes = np.arange(30) % 3
    kernel = rows @ rows.T
    block = folds(classes)[0]
    rest = np.setdiff1d(np.arange(30), block)
    ridge = Ridge(kernel.copy(), classes, size=3, stiffness=0.5)
    # As many of each class with and without the block, so that their weights are the same.
    stiff = kernel[np.ix_(rest, rest)] + 0.5 * np.eye(len(rest))
    target = np.eye(3)[classes[rest]] - 1 / 3
    expected = kernel[np.ix_(block, rest)] @ np.linalg.solve(stiff, target) + 1 / 3
    assert np.allclose(ridge.held_out(block), expected, atol=1e-3)


def test_new_sentences_are_told_apart_and_what_is_outside_is_seen(taught) -> None:
    classifier, _ = taught
    chance = np.random.default_rng(99)
    for intent, words in WORDS.items():
        decision = classifier.decide(words + " svp", partial(vector, intent, chance))
        assert decision.ranking[0][0] == intent and not decision.is_outside
    assert classifier.decide("tout autre chose", partial(vector, None, chance)).is_outside


def test_what_is_known_word_for_word_needs_no_vector(taught) -> None:
    classifier, vectors = taught
    text = next(text for text in vectors if "in" in text)
    decision = classifier.decide(text.upper() + " !", lambda: pytest.fail("no vector is needed"))
    assert (decision.ranking[0][0], decision.step) == ("invoice", "known")


def test_several_at_once_are_judged_as_one_by_one(taught) -> None:
    classifier, vectors = taught
    chance = np.random.default_rng(2)
    some = [(text, partial(np.asarray, vectors[text])) for text in list(vectors)[::30]]
    some += [(f"tout autre chose {intent}", partial(np.asarray, vector(intent, chance))) for intent in WORDS]
    together, alone = classifier.decide_all(some), [classifier.decide(*each) for each in some]
    assert {each.step for each in alone} == {"known", "vector"}
    for one, other in zip(together, alone, strict=True):
        assert one.step == other.step and one.outside == pytest.approx(other.outside, abs=1e-5)
        assert dict(one.ranking) == pytest.approx(dict(other.ranking), abs=1e-5)


def test_a_text_of_a_message_is_judged_once(monkeypatch) -> None:
    classifier, judged = Classifier(), []
    monkeypatch.setattr(classifier, "decide_all", lambda asked: [judged.append(text) or object() for text, _ in asked])
    judge = Judge(classifier, Vectors(), {"magazin": "magasin"})
    first, second, again = judge.all(["le Magazin 10234", "une autre", "le Magazin 10234"])
    assert judged == ["le magasin  ordernumber ", "une autre"]
    assert first is again is judge("le Magazin 10234") and first is not second


def test_confidences_mean_what_they_say(taught) -> None:
    held = taught[0].held
    inside = np.array([name != "out_of_scope" for name in held.expected])
    right = np.array([a == b for a, b in zip(held.intents, held.expected, strict=True)])
    assert calibration_error(reliability(np.array(held.confidences)[inside], right[inside])) < 0.1


def test_calibration_never_changes_the_order() -> None:
    chance = np.random.default_rng(3)
    scores = chance.normal(0.3, 0.3, (300, 4)).astype(np.float32)
    scale = Scale.fit(scores, chance.integers(0, 4, 300))
    shares = scale.shares(scores)
    assert np.array_equal(shares.argmax(axis=1), scores.argmax(axis=1))
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)


def test_a_stored_classifier_decides_the_same(taught, tmp_path: Path) -> None:
    classifier, _ = taught
    stored.write(classifier, tmp_path, threshold=0.4, ambiguity=0.05)
    again = stored.read(tmp_path)
    given = vector("shops", np.random.default_rng(5))
    assert again.decide("adresse", lambda: given) == classifier.decide("adresse", lambda: given)
    assert json.loads((tmp_path / stored.WORDS).read_text())["threshold"] == 0.4


def test_facts_alone_are_an_answer_and_words_an_intent(taught, monkeypatch) -> None:
    reader = Reader(taught[0], threshold=0.4, ambiguity=0.05)
    given = vector("invoice", np.random.default_rng(5))
    monkeypatch.setattr(reader._vectors, "one", lambda _: given)
    assert reader.understand("c'est le 10234", facts("c'est le 10234")).intent == "inform"
    read = reader.understand("la facture avec la tva et le montant", [])
    assert read.intent == "invoice" and sum(share for _, share in read.ranking) <= 1.001


def test_vectors_are_kept_on_disk_and_a_torn_record_is_passed_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one, two = vector("shops", np.random.default_rng(1)), vector("invoice", np.random.default_rng(2))
    store.add({key("one"): one})
    (file,) = tmp_path.iterdir()
    with file.open("ab") as torn:
        torn.write(b"half a record")
    store.add({key("two"): two})
    assert file.stat().st_size == 3 * RECORD
    known = store.read()
    assert set(known) == {key("one"), key("two")} and np.array_equal(known[key("two")], two)
