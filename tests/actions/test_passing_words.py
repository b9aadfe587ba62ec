"""Words said in passing: after thanks, of a code, of a present to wrap, of more to stop, at the end of a story."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions import consents, presents, promo_code, promo_goods
from actions.order_status import OrderStatus
from actions.tasks import after_thanks, beginning, finding
from actions.tasks.how_long import asks_how_long
from actions.tasks.topic import TOPICS, is_plainly_on
from actions.turn import Turn

finding.find()


def turn(text: str, intent: str = "", **slots: Any) -> Turn:
    tracker = SimpleNamespace(latest_message={"entities": []})
    return cast(
        "Turn", SimpleNamespace(text=text, meant=text, intent=intent, slot=slots.get, entities={}, tracker=tracker)
    )


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("thx. and how long", True), ("thx. and how long does it take?", True), ("merci. et combien de temps ?", True),
        ("ok merci et c'est payant ?", True), ("thanks, can I pay by card", True), ("merci quand", True),
        ("merci", False), ("thanks so much", False), ("merci et bonne journée", False), ("ok", False),
        ("thanks for your help", False), ("merci beaucoup !", False), ("how long does it take?", False),
        ("thanks?", False), ("merci pour votre aide", False),
    ],
)  # fmt: skip
def test_what_follows_thanks_is_heard(text: str, asks: bool) -> None:
    assert after_thanks.asks(text) == asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("thx. and how long", True), ("merci. et combien de temps ?", True), ("ok et ça prend combien de temps", True),
        ("thanks, how long will it take?", True), ("merci", False), ("merci j'attends depuis combien de temps", False),
    ],
)  # fmt: skip
def test_how_long_is_heard_after_thanks(text: str, asks: bool) -> None:
    assert asks_how_long(text) == asks


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ça marche sur les canapés ?", True), ("c'est valable sur tout ?", True), ("et sur les tapis", True),
        ("il s'applique aux lampes ?", True), ("il est valable pour le linge de lit", True),
        ("does it work on sofas?", True), ("does it apply to rugs", True), ("can I use it on the bedding", True),
        ("is it valid for lamps?", True), ("and on curtains", True), ("what about for mirrors", True),
        ("ça marche sur la livraison ?", False), ("ça marche pas sur le site", False),
        ("et pour la livraison ?", False),
        ("ça marche sur les soldes", False), ("je peux le cumuler avec un autre code", False), ("ok merci", False),
        ("is it valid for long", False), ("does it work on sale items", False), ("can I use it in a shop", False),
        ("does it work with another code", False), ("it doesn't work on my phone", False),
        ("does it cover shipping", False), ("where is my order", False), ("and in blue?", False),
    ],
)  # fmt: skip
def test_what_a_code_is_good_for(text: str, asked: bool) -> None:
    assert promo_goods.is_asked(text) == asked
    assert is_plainly_on(turn(text, topic="promo_code", **{promo_code.TOLD_LAST: "TABLE15"})) == asked
    assert not is_plainly_on(turn(text, topic="promo_code"))


@pytest.mark.parametrize(
    ("text", "wraps"),
    [
        ("je veux l'offrir, paquet cadeau ?", True), ("c'est pour un cadeau vous pouvez l'emballer ?", True),
        ("emballage cadeau possible ?", True), ("it's a present, gift wrap?", True), ("can you wrap it", True),
        ("une carte cadeau", False), ("c'est un cadeau", False), ("combien coûte l'emballage cadeau", False),
        ("faut-il l'emballage d'origine pour renvoyer ?", False), ("c'était mal emballé et cassé", False),
        ("how much is gift wrapping", False), ("a gift card", False), ("it was badly wrapped", False),
        ("forgot gift wrap, can it be added", False), ("gift wrap my order 10234", False),
    ],
)  # fmt: skip
def test_a_present_to_wrap_is_no_card(text: str, wraps: bool) -> None:
    assert presents.is_to_be_wrapped(text) == wraps


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("et les mails aussi", True), ("et les sms", True), ("les enquêtes aussi", True), ("and the emails too", True),
        ("the texts as well", True), ("also surveys", True), ("et la newsletter", True), ("and whatsapp", True),
        ("et mon colis aussi", False), ("et les mails ?", False), ("je veux recevoir la newsletter", False),
        ("and my refund too", False), ("and call me too", False), ("thanks", False), ("et la facture par mail", False),
        ("and change my email address too", False),
    ],
)  # fmt: skip
def test_more_is_stopped_after_one_was(text: str, adds: bool) -> None:
    assert is_plainly_on(turn(text, topic="consents", **{consents.WAY_LAST: "stop"})) == adds
    assert not is_plainly_on(turn(text, topic="consents"))
    assert not is_plainly_on(turn(text, topic="shops", **{consents.WAY_LAST: "stop"}))


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("what time", True), ("what time?", True), ("à quelle heure", True), ("c'est quand", True), ("when", True),
        ("et il arrive quand exactement", False), ("kel heure", True), ("when can I return it", False),
        ("what time do you open", False), ("à quelle heure fermez-vous", False),
    ],
)  # fmt: skip
def test_when_alone_is_of_the_order_that_was_told(text: str, on: bool) -> None:
    assert OrderStatus().goes_on_plainly(turn(text, order_number="10852")) == on
    assert not OrderStatus().goes_on_plainly(turn(text))


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("My lamp came in bits and nobody answers. I want my money back", "refund_status", "damaged_item"),
        ("table rayée, un pied fendu, personne répond. remboursez-moi", "refund_status", "damaged_item"),
        ("the mirror was smashed, refund please", "refund_status", "damaged_item"),
        ("serviettes abimées commande 10771 marie@example.fr 69003", "inform", "damaged_item"),
        ("j'ai renvoyé le vase cassé il y a 3 semaines, je veux mon remboursement", "refund_status", "refund_status"),
        ("I returned the broken lamp, where is my refund", "refund_status", "refund_status"),
        ("toujours pas remboursé pour la lampe cassée", "refund_status", "refund_status"),
        ("still no refund for the cracked plate", "refund_status", "refund_status"),
        ("je veux mon remboursement", "refund_status", "refund_status"),
        ("commande 10771 marie@example.fr 69003", "inform", "order_status"),
    ],
)
def test_the_end_of_a_story_of_damage_is_its_wish(text: str, intent: str, topic: str) -> None:
    of_intent = TOPICS["order_status" if intent == "inform" else intent]
    assert beginning.meant(turn(text, intent), of_intent, {}).name == topic


@pytest.mark.parametrize(
    ("text", "given", "topic"),
    [
        ("ring me at 11 on 07700 900001 its about my invoice", {"phone": "07700900001"}, "call_back"),
        ("pouvez-vous me rappeler au 0639980001 pour ma facture", {"phone": "0639980001"}, "call_back"),
        ("appelez moi au 0639980001 c'est pour ma facture", {"phone": "0639980001"}, "call_back"),
        ("my invoice please, my number is 07700 900001", {"phone": "07700900001"}, "invoice"),
        ("call me about my invoice", {}, "invoice"),
        ("you rang me on 07700 900001 about my invoice", {"phone": "07700900001"}, "invoice"),
    ],
)
def test_who_wants_to_be_rung_is_rung(text: str, given: dict[str, str], topic: str) -> None:
    assert beginning.meant(turn(text, "invoice"), TOPICS["invoice"], given).name == topic
