"""What is read in an answer, and in a message that nobody understood."""

from __future__ import annotations

import pytest

from actions import still
from actions.other_languages import speaks_another
from actions.tasks import calling_off, reading

ARTICLES = {"0": "Serviettes Dimanche, lot de quatre", "1": "Assiettes Terroir, lot de quatre"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("les assiettes pas les serviettes", ["1"]), ("the serviettes, not the assiettes", ["0"]),
        ("ce ne sont pas les assiettes", ["1"]), ("serviettes et assiettes", ["0", "1"]),
    ],
)  # fmt: skip
def test_what_is_set_aside_is_not_meant(text: str, meant: list[str]) -> None:
    assert reading.named(text, ARTICLES) == meant


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("où est ma commande, je n'ai plus le numéro", True), ("I don't have the order number", True),
        ("j'ai perdu la référence", True), ("I haven't got a tracking number", False),
        ("je n'ai pas reçu de numéro de suivi", False), ("numéro 10860, pas reçu", False),
    ],
)  # fmt: skip
def test_who_has_no_number_says_so(text: str, lacks: bool) -> None:
    assert reading.lacks_number(text) == lacks


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("Wo ist meine Bestellung?", True), ("¿Dónde está mi pedido?", True), ("Dov'è il mio ordine?", True),
        ("Onde está a minha encomenda?", True), ("Waar is mijn bestelling?", True), ("أين طلبي من فضلك", True),
        ("non il est trop grand", False), ("recette de la tarte tatin", False), ("who won the world cup", False),
        ("Buongiorno", True), ("hola, necesito ayuda", True), ("Guten Tag", True),
        ("Hallo, können Sie mir helfen?", True), ("hola, la lampara no funciona", True),
        ("hola where is my order", False), ("Hallo, where is my parcel", False),
        ("hola elle est où ma commande", False),
        ("hello, can you help me", False), ("salut vous allez bien", False), ("ciao", False),
        ("??", False), ("qsdfjklm wxcvbn azertyuiop", False),
    ],
)  # fmt: skip
def test_another_language_is_told_from_ours(text: str, another: bool) -> None:
    assert speaks_another(text) == another


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("I only want to cancel the mug not the lamp", True), ("annulez seulement le mug", True),
        ("I just want to cancel order 10234", False), ("just cancel my order", False),
        ("je veux juste annuler ma commande", False), ("annulez toute la commande, pas la lampe seule", False),
    ],
)  # fmt: skip
def test_who_keeps_some_of_an_order_says_so(text: str, keeps: bool) -> None:
    assert calling_off.keeps_some(text) == keeps


@pytest.mark.parametrize(
    ("text", "waited"),
    [
        ("it's been two weeks", True),
        ("ça fait 2 semaines quand même", True),
        ("toujours rien", True),
        ("non rien", False),
    ],
)
def test_who_has_waited_long_says_so(text: str, waited: bool) -> None:
    assert still.waits(text) == waited
