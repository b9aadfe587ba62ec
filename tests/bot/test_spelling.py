"""Slips of the finger put right: towards the words of the training sentences, and nothing else touched."""

import pytest

from bot.spelling import Speller, listed, put_right, targets, written

TAUGHT = [
    "je veux un remboursement", "où en est mon remboursement", "la garantie de ma lampe", "ma garantie marche encore",
    "je veux changer ma commande", "où est ma commande", "suivi de ma livraison", "la livraison est en retard",
    "je cherche une carte cadeau", "un échange s'il vous plaît", "quelle est votre expédition",
    "I want to change my order", "where is my order", "a refund please", "pay by card", "my card was charged",
    "the round mirror",
    "change the delivery address", "when is my delivery", "track my parcel", "where is the parcel",
    "the colour is wrong",
    *[f"send it on whatsapp {number}" for number in range(5)], "une garntie", *["la garantie"] * 8,
]  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(TAUGHT)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("ma gaarntie court encore ?", "ma garantie court encore ?"),
        ("Où est mon remborusement", "Où est mon remboursement"),
        ("REMBORUSEMENT SVP", "remboursement SVP"),
        ("suivi de livaison", "suivi de livraison"),
        ("un ehcange", "un échange"),
        ("I’d like to cange my order", "I’d like to change my order"),
        ("wehre is my pracel", "where is my parcel"),
        ("my pracel, please", "my parcel, please"),
        ("jveux un échange", "veux un échange"),
        ("ladelivery adress", "ladelivery address"),
        ("send it by whatsap", "send it by whatsapp"),
        ("une garntie", "une garantie"),
        ("reund", "refund"),  # a letter lost, rather than one hit far away
    ],
)
def test_a_slip_becomes_the_only_word_it_can_be(speller: Speller, text: str, right: str) -> None:
    assert put_right(text, speller.slips(text)) == right


@pytest.mark.parametrize(
    "text",
    [
        "I put it in my cart",  # a word of its own, not "card"
        "une liaison",
        "expedition",  # without its accent
        "ma commande 10234",
        "cmd 1O234 gaarntie@exemple.fr www.livaison.fr livaison.txt",
        "je m’appelle Garanti",
        "livré chez Chang Order",
        "the colour is grey",
        "xyzzyx",
        "ord",
        "ich möchte meine Bestellung stornieren bitte schnell antworten danke sehr Freunde",
        "",
    ],
)
def test_what_may_be_right_is_left_alone(speller: Speller, text: str) -> None:
    assert put_right(text, speller.slips(text)) == text


def test_names_that_were_found_are_kept(speller: Speller) -> None:
    assert speller.slips("la livaison", {"livaison"}) == {}


def test_between_two_words_that_are_as_near_nothing_is_chosen() -> None:
    speller = Speller(["the seller answers", "a teller answers"])
    assert speller.slips("the selller") == {"selller": "seller"}
    close = Speller(["batting", "betting"])
    assert close.slips("the btting") == {}


def test_between_forms_of_one_word_the_likeliest_is_taken() -> None:
    speller = Speller(["des retours", "mon retour", "un retour", "retourner"])
    assert speller.slips("mon reotur") == {"reotur": "retour"}


def test_a_message_of_many_unknown_words_is_left_alone(speller: Speller) -> None:
    assert speller.slips("gaarntie aab bbcc ccdd ddee eeff ffgg gghh hhii iijj jjkk") == {}


def test_words_of_one_language_are_not_put_right_towards_the_other(speller: Speller) -> None:
    assert speller.slips("I want the echanfe now") == {}


def test_english_words_are_not_slips_of_the_ear() -> None:
    speller = Speller(["a carbonara recipe", *["my receipt"] * 5])
    assert speller.slips("recipt pls") == {"recipt": "receipt"}


def test_a_slip_at_the_head_of_a_word(speller: Speller) -> None:
    assert speller.slips("ma arantie et ma llivraison et ma ilvraison") == {
        "arantie": "garantie", "llivraison": "livraison", "ilvraison": "livraison",
    }  # fmt: skip
    assert speller.slips("ma tarantie") == {}


def test_what_was_looked_for_is_kept_within_bounds(speller: Speller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.spelling.KEPT", 2)
    for word in ("gaarntie", "livaison", "comande", "gaarntie"):
        assert len(speller.slips(word)) == 1
    assert len(speller._meant) <= 2


def test_words_of_names_are_no_candidates_when_capitals_stand_inside() -> None:
    assert list(written("Bonjour Marie. Livaison de Mme Dupnt 12b")) == ["bonjour", "livaison"]


def test_targets_are_listed_words_or_frequent_ones() -> None:
    found, others = targets(TAUGHT)
    assert found["whatsapp"].times == 5
    assert found["echange"].written == "échange"
    assert "garntie" in others


def test_the_lists_of_words_are_plain() -> None:
    for language in ("fr", "en"):
        words = listed(language)
        assert 30_000 < len(words) < 70_000
        assert all(word.isascii() and word.islower() for word in words)
