"""Facts as people write them."""

from datetime import date

import pytest

from bot.fact import Context
from bot.written import facts, mask, numbers_alike, says_only_facts

ASKED_NUMBER, ASKED_EMAIL, ASKED_POSTCODE = (Context(asked=name) for name in ("order_number", "email", "postcode"))
KNOWN = {"order_number": "10243", "email": "marie@x.fr", "postcode": "69003"}


NOTHING_ASKED = Context()
PROVING = ("order_number", "email", "postcode", "last_order")


def found(text: str, context: Context = NOTHING_ASKED) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts(text, context) if fact.name in PROVING}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10234", "10234"), ("#10234", "10234"), ("n°10234", "10234"), ("n° 10234", "10234"), ("no 10234", "10234"),
        ("cmd 10 234", "10234"), ("commande 10\u00a0234", "10234"), ("commande 10\u202f234", "10234"),
        ("ma cmd 10 234 elle arrive quand", "10234"), ("commande n°10234 : des nouvelles ?", "10234"),
        ("W7678072", "W7678072"), ("#W7678072", "W7678072"), ("where is #w7678072?", "W7678072"),
        ("CMD-10234", "10234"), ("ref 10456", "10456"), ("référence : 10999", "10999"), ("order no 10587", "10587"),
        ("order ref 10456", "10456"), ("le numéro est le 10234.", "10234"), ("1 0 3 4 5", "10345"),
        ("the email says #11001", "11001"), ("et la 10235 ?", "10235"), ("pardon c'est 10243 pas 10234", "10243"),
        ("my order 10234 hasn't come", "10234"), ("Où est ma commande 1234 ?", "1234"),
    ],
)  # fmt: skip
def test_order_number_is_found_however_it_is_written(text: str, number: str) -> None:
    assert found(text) == {"order_number": number}


@pytest.mark.parametrize(
    "text",
    [
        "06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "+44 20 7946 0958", "020 7946 0958", "(le 12/11/2025)",
        "25.11.2025", "1 249,90 €", "€10234", "12000 euros", "£15000", "en 2024", "à 14h30",
        "j'attends depuis 3 semaines",
        "https://example.com/10234", "la taille 120 x 200", "150 cm", "there were 10 000 people",
    ],
)  # fmt: skip
def test_what_is_no_order_number_is_left_alone(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("marie.dupont@example.fr", "marie.dupont@example.fr"),
        ("Mon mail : Marie.D+x@Example.FR.", "marie.d+x@example.fr"),
        ("c'est p.lefebvre82@example.org", "p.lefebvre82@example.org"),
        ("order10234@example.com", "order10234@example.com"),
        ("oliver dot jones at example dot com", "oliver.jones@example.com"),
        ("nadia point haddad arobase example point fr", "nadia.haddad@example.fr"), ("marie@exemple", "marie@exemple"),
    ],
)  # fmt: skip
def test_email_is_found_however_it_is_written(text: str, email: str) -> None:
    assert found(text) == {"email": email}


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("code postal 69003", "69003"), ("cp 59800", "59800"), ("cp59800", "59800"), ("44000 Nantes", "44000"),
        ("j'habite à Lille, 59000", "59000"), ("c'est livré au 13008 Marseille", "13008"),
        ("zip code is 19122", "19122"),
        ("sw1a 1aa", "SW1A 1AA"), ("bs15jh", "BS1 5JH"), ("M4 6WX", "M4 6WX"), ("80279-1234", "80279-1234"),
        ("my postcode's EH3 9QN", "EH3 9QN"), ("it's being delivered to G12 8QQ", "G12 8QQ"),
    ],
)  # fmt: skip
def test_postcode_is_told_by_its_form_or_by_the_words_around_it(text: str, postcode: str) -> None:
    assert found(text) == {"postcode": postcode}


def test_five_digits_are_what_was_asked_for() -> None:
    assert found("69003", ASKED_POSTCODE) == {"postcode": "69003"}
    assert found("69003", ASKED_NUMBER) == {"order_number": "69003"}
    assert found("c'est 69003", Context("email", {"order_number": "10234"})) == {"postcode": "69003"}


def test_words_win_over_what_was_asked_for() -> None:
    assert found("commande 10234", ASKED_POSTCODE) == {"order_number": "10234"}
    assert found("code postal 69003", ASKED_NUMBER) == {"postcode": "69003"}


@pytest.mark.parametrize(
    "text",
    [
        "10234, marie@x.fr, 69003", "commande 10234 marie@x.fr 69003", "marie@x.fr 69003 commande 10234",
        "Bonjour, où est ma commande 10234 ? marie@x.fr, 69003", "10234 / marie@x.fr / cp 69003",
        "code postal 69003, mail marie@x.fr, numéro 10234", "order 10234 postcode 69003 email marie@x.fr",
    ],
)  # fmt: skip
def test_several_facts_in_one_sentence_are_told_apart(text: str) -> None:
    assert found(text) == {"order_number": "10234", "email": "marie@x.fr", "postcode": "69003"}


@pytest.mark.parametrize("asked", [None, "order_number", "email"])
def test_beside_a_british_postcode_five_digits_are_an_order(asked: str | None) -> None:
    said = found("emma@x.co.uk 10764 BS1 5JH", Context(asked))
    assert said == {"email": "emma@x.co.uk", "order_number": "10764", "postcode": "BS1 5JH"}
    assert [fact.value for fact in facts("cancel 10885, and when does my refund for 10764 come")] == ["10885", "10764"]
    assert found("livrez-vous pour 69003 ?") == found("69003 est livré ?")


def test_a_correction_replaces_the_fact_it_resembles() -> None:
    context = Context("correction", KNOWN)
    assert found("10234", context) == {"order_number": "10234"}
    assert found("69008", context) == {"postcode": "69008"}
    assert found("c'est 15533", context) == {"order_number": "15533"}


@pytest.mark.parametrize("asked", ["email", "postcode"])
@pytest.mark.parametrize("text", ["pardon, 10243", "sorry, it's 10243", "non, le bon numéro c’est 10243", "oups 10243"])
def test_the_order_number_is_corrected_when_something_else_is_asked_for(asked: str, text: str) -> None:
    assert found(text, Context(asked, {"order_number": "10234"})) == {"order_number": "10243"}
    assert found("pardon, 69003", Context("postcode", {"order_number": "10234"})) == {"postcode": "69003"}


def test_an_odd_number_is_taken_as_written_when_it_was_asked_for() -> None:
    assert found("AB-99/X", ASKED_NUMBER) == {"order_number": "AB-99/X"}
    assert found("AB-99/X") == {}


@pytest.mark.parametrize(
    "text", ["ma dernière commande", "where's my last order?", "my most recent order please", "mon dernier achat"]
)
def test_the_last_order_is_recognised(text: str) -> None:
    assert found(text) == {"last_order": "yes"}


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("10234", True), ("c'est le 10234", True), ("my order number is 10234", True), ("marie@x.fr et 69003", True),
        ("where is 10234", False), ("je veux un conseiller, 10234", False), ("bonjour", False),
        ("ma dernière commande", False),
    ],
)  # fmt: skip
def test_a_message_of_facts_alone_is_known(text: str, only: bool) -> None:
    assert says_only_facts(text, facts(text)) is only


def test_masked_text_holds_no_fact() -> None:
    masked = mask("Où est 10234 ? marie@x.fr, code postal 69003")
    assert not any(fact in masked for fact in ("10234", "marie", "69003"))
    assert masked.split()[:2] == ["Où", "est"]


@pytest.mark.parametrize(
    ("text", "facts_of_it"),
    [
        ("10860 euh non 10888", {"order_number": "10888"}),
        ("10852 sorry I mean 10885", {"order_number": "10885"}),
        ("10860, marie@x.fr, pardon 69003", {"order_number": "10860", "email": "marie@x.fr", "postcode": "69003"}),
        ("10234 et 69003", {"order_number": "10234", "postcode": "69003"}),
    ],
)
def test_a_number_taken_back_at_once_does_not_count(text: str, facts_of_it: dict[str, str]) -> None:
    assert found(text) == facts_of_it


@pytest.mark.parametrize(
    ("text", "facts_of_it"),
    [
        ("its 10 852", {"order_number": "10852"}),
        ("c'est payé 10 000 fois", {}),
        ("il faut changer l'adresse de livraison de la 10888", {"order_number": "10888"}),
        ("marie.dupont arobase example point fr", {"email": "marie.dupont@example.fr"}),
        ("marie.dupont@", {"email": "marie.dupont@"}),
    ],
)
def test_facts_as_hurried_people_write_them(text: str, facts_of_it: dict[str, str]) -> None:
    assert found(text) == facts_of_it


def test_which_order_it_is_says_nothing_of_what_is_wanted() -> None:
    one, other = (numbers_alike(f"où est la {number}, livrée au 69003 ?") for number in ("54481", "W7678072"))
    assert one == other and "69003" in one and numbers_alike("où est-elle ?") == "où est-elle ?"


@pytest.mark.parametrize(
    ("text", "day", "alone"),
    [
        ("et le lendemain ?", "2026-11-28", True), ("and the day after?", "2026-11-28", True),
        ("the day after that please", "2026-11-28", True), ("le surlendemain", "2026-11-29", True),
        ("plutôt la veille", "2026-11-26", True), ("2 jours plus tard", "2026-11-29", True),
        ("a week later", "2026-12-04", True), ("le lendemain de Noël", "2026-12-26", True),
        ("the day after tomorrow", "2026-11-25", True), ("I got it the day after my birthday", None, False),
        ("je voudrais le jour d'après", "2026-11-28", False),
    ],
)  # fmt: skip
def test_a_day_is_named_by_the_one_that_was_spoken_of(text: str, day: str | None, alone: bool) -> None:
    spoken_of = Context(known={"date": "2026-11-27"}, today=date(2026, 11, 23))
    found = facts(text, spoken_of)
    assert next((fact.value for fact in found if fact.name == "date"), None) == day
    assert says_only_facts(text, found) == alone
    if "lendemain ?" in text:
        assert not facts(text, Context(today=date(2026, 11, 23)))


@pytest.mark.parametrize(
    "text", ["annuler 10888 et ma facture de la 10234", "cancel 10888 and send the invoice for 10234"]
)
def test_what_is_called_off_is_no_postcode(text: str) -> None:
    assert [(fact.name, fact.value) for fact in facts(text)] == [("order_number", "10888"), ("order_number", "10234")]


def test_a_day_after_no_is_a_day() -> None:
    assert [fact.name for fact in facts("no friday", Context(today=date(2026, 11, 24)))] == ["date"]
