import random
from dataclasses import replace
from typing import Any

import pytest

from tests.support.scenarios import wording
from tests.support.scenarios.customer import Button, Heard, SimulatedCustomer
from tests.support.scenarios.reading import FOLDER, Scenario, scenarios

KNOWN = {"A": "45678", "wrong": "55555", "email": "marie@example.fr", "postcode": "69003", "phone": "+33639980001"}
BASE = Scenario(
    topic="cancel_order",
    name="test",
    language="fr",
    before={},
    says=["je veux annuler ma commande", "annulez ma commande svp", "je souhaite annuler"],
    asked={},
    then=[],
    hears=[],
    contains=[],
    never=[],
    after=[],
)
SEEDS = range(60)


def customer(seed: int = 1, **more: Any) -> SimulatedCustomer:
    return SimulatedCustomer(replace(BASE, **more), KNOWN, seed)


def asks(*names: str, **more: Any) -> list[Heard]:
    return [Heard([name], name, **more) for name in names]


def said(seed: int, *names: str, **more: Any) -> str | None:
    answer = customer(seed, **more).answers(asks(*names))
    return answer.text if answer else None


def test_the_same_seed_says_the_same() -> None:
    assert [customer(seed).opens() for seed in SEEDS] == [customer(seed).opens() for seed in SEEDS]


def test_other_seeds_say_it_otherwise() -> None:
    assert len({customer(seed).opens().text for seed in SEEDS}) > 20


def test_some_give_facts_before_they_are_asked() -> None:
    early = [text for seed in SEEDS if "69003" in (text := customer(seed).opens().text) or "45678" in text]
    assert 5 < len(early) < 40


def test_a_plain_customer_says_what_is_written() -> None:
    assert {customer(seed, plain=True).opens().text for seed in SEEDS} == set(BASE.says)


@pytest.mark.parametrize(("name", "fact"), [("utter_ask_email", "marie@example.fr"), ("utter_ask_postcode", "69003")])
def test_facts_are_never_misspelt(name: str, fact: str) -> None:
    answers = [said(seed, name, patience=False) or "" for seed in SEEDS]
    assert all(fact in answer for answer in answers)


def test_a_wrong_number_is_put_right_at_the_next_question() -> None:
    erring = [one for seed in SEEDS if "55555" in (one := customer(seed)).answers(asks("utter_ask_order_number")).text]
    assert erring
    for one in erring:
        assert "45678" in one.answers(asks("utter_ask_email")).text


def test_who_cannot_prove_who_they_are_is_silent_when_asked() -> None:
    assert said(1, "utter_ask_email", proves=False) is None


def test_the_last_question_is_answered_first() -> None:
    answer = customer(plain=True, asked={"utter_a": ["a"], "utter_b": ["b"]}).answers(asks("utter_a", "utter_b"))
    assert answer is not None and answer.text == "b"


def test_a_list_of_lists_is_said_in_order() -> None:
    one = customer(plain=True, asked={"utter_a": [["first"], ["second"]]})
    assert [one.answers(asks("utter_a")).text for _ in range(2)] == ["first", "second"]


def test_nobody_answers_the_same_question_for_ever() -> None:
    one = customer(plain=True, asked={"utter_a": ["a"]})
    assert [bool(one.answers(asks("utter_a"))) for _ in range(5)] == [True, True, True, False, False]


def test_a_button_is_pressed_where_it_is_shown_and_written_where_not() -> None:
    shown = asks("utter_a", buttons=[Button(3, 1, "Oui", "/affirm")])
    pressing = {"plain": True, "asked": {"utter_a": [{"press": "Oui"}]}}
    assert customer(**pressing).answers(shown).button == Button(3, 1, "Oui", "/affirm")
    written = customer(**pressing).answers(asks("utter_a"))
    assert (written.text, written.button) == ("Oui", None)


@pytest.mark.parametrize(("agrees", "word"), [(True, "oui"), (False, "non")])
def test_what_is_shown_is_agreed_to_or_not(agrees: bool, word: str) -> None:
    answers = [said(seed, "utter_cancel_order_confirm", agrees=agrees) or "" for seed in SEEDS]
    assert any(word in answer.casefold() for answer in answers)
    assert not any(("non" if agrees else "oui") in answer.casefold() for answer in answers)


def test_who_was_not_understood_presses_what_they_meant_or_says_it_otherwise() -> None:
    one = customer(plain=True)
    first = one.opens().text
    other = one.answers(asks("utter_unclear"))
    assert other is not None and other.text in set(BASE.says) - {first}
    guess = asks("utter_unclear_guess", buttons=[Button(2, 0, "Annuler", "/cancel_order")])
    assert customer(plain=True).answers(guess).button.title == "Annuler"


def test_what_comes_next_is_said_once_nothing_is_asked() -> None:
    one = customer(plain=True, then=[["merci"], ["au revoir"]])
    answers = [one.answers(asks("utter_done")) for _ in range(3)]
    assert [answer and answer.text for answer in answers] == ["merci", "au revoir", None]


def test_every_scenario_can_be_read_and_both_languages_are_equals() -> None:
    found = scenarios()
    french = sum(each.language == "fr" for each in found)
    assert len(found) >= 120
    assert abs(2 * french - len(found)) <= len(found) // 20


def test_what_the_format_does_not_know_is_refused(tmp_path) -> None:
    (tmp_path / "one.yml").write_text("topic: a\nscenarios:\n- {name: b, aftermath: 1, fr: {says: c}, en: {says: d}}\n")
    with pytest.raises(ValueError, match="aftermath"):
        scenarios(tmp_path)
    assert FOLDER.is_dir()


def test_a_file_or_a_silence_goes_with_what_is_said() -> None:
    asked = {
        "utter_which": [{"send": "photo", "text": "commande {A}"}],
        "utter_then": [{"wait": 26, "text": "bonjour"}],
    }
    photo, later = (customer(asked=asked).answers(asks(name)) for name in asked)
    assert photo is not None and (photo.text, photo.file) == ("commande 45678", "photo")
    assert later is not None and (later.text, later.hours) == ("bonjour", 26)


def test_a_word_of_two_parts_is_not_shortened_in_the_middle() -> None:
    assert wording.short("un rendez-vous, vous voulez ?", "fr", random.Random(1)) == "un rendez-vous, vs voulez ?"
