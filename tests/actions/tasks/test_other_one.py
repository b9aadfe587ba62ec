"""The other one, said before the yes, is another order or article; nothing is done to the one that was shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions.tasks import finding, other_one
from actions.tasks.state import Asked, Task
from actions.turn import Turn
from crm_backend.database import Sessions
from crm_backend.orders.creating import NewLine
from tests.actions.tasks.test_cancelling import customer_with, status
from tests.support.owning import buyer, order_of

finding.find()
SHOWN = Asked("yes", "confirm", about={"changes": {"order": "la commande"}, "agreed": {}})
OF_LINES = Asked("yes", "confirm", about={"changes": {"order": "la commande", "lines": "l’article"}, "agreed": {}})


def turn(text: str, *entities: dict[str, Any]) -> Turn:
    tracker = SimpleNamespace(latest_message={"entities": list(entities)})
    return cast("Turn", SimpleNamespace(text=text, meant=text, tracker=tracker, also=[]))


@pytest.mark.parametrize(
    "text",
    [
        "l'autre", "non l'autre", "ah non je voulais dire l'autre", "l’autre commande", "pas celle-là, l'autre",
        "non c'est l'autre que je veux annuler", "lautre svp", "annulez l'autre", "mon autre commande",
        "oui l'autre", "non, une autre commande", "the other one", "oh no I meant the other one", "no the other order",
        "cancel the other one", "the other, please", "sorry, my other order", "not this, the other one",
        "no another one", "the other one actually",
    ],
)  # fmt: skip
def test_another_order_is_meant(text: str) -> None:
    assert other_one.is_meant(turn(text), Task("cancel_order", "1", "", {"order": "10885"}), SHOWN) == "order"


@pytest.mark.parametrize(
    "text",
    [
        "oui", "non", "non merci", "autre chose", "c'est autre chose", "l'autre jour j'avais dit oui",
        "d'un autre côté non", "et l'autre aussi", "oui et l'autre également", "l'une ou l'autre, peu importe",
        "une autre question : combien de temps", "l'autre adresse", "les deux", "yes", "something else",
        "the other day I said yes", "on the other hand no", "another question: how long does it take",
        "the other one too", "both, the other as well", "one or the other", "the other address", "not this one",
        "wrong one", "anything other than that", '/choose{"choice": "other"}',
    ],
)  # fmt: skip
def test_no_other_order_is_meant(text: str) -> None:
    assert other_one.is_meant(turn(text), Task("cancel_order", "1", "", {"order": "10885"}), SHOWN) is None


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("l'autre", "lines"), ("the other one", "lines"), ("l'autre article", "lines"), ("the other item", "lines"),
        ("l'autre commande", "order"), ("the other order", "order"), ("the other way round", None),
    ],
)  # fmt: skip
def test_it_is_the_article_where_one_was_chosen(text: str, fact: str | None) -> None:
    task = Task("return_order", "1", "", {"order": "10885", "lines": ["0"]})
    assert other_one.is_meant(turn(text), task, OF_LINES) == fact


def test_a_number_says_which_and_an_open_question_is_answered() -> None:
    task = Task("cancel_order", "1", "", {"order": "10885"})
    named = turn("the other one, 10771", {"entity": "order_number", "value": "10771"})
    assert other_one.is_meant(named, task, SHOWN) is None
    reason = Asked("reason", "choice", {"other": "Another reason"})
    assert other_one.is_meant(turn("the other one"), task, reason) is None
    assert other_one.is_meant(turn("no, for the other order"), task, reason) == "order"
    assert other_one.is_meant(turn("the other order"), task, Asked("story", "text")) is None
    assert other_one.is_meant(turn("the other order"), task, None) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ah non l'autre", "second_thoughts"), ("the other one", "choose"), ("annulez l'autre", "cancel_order"),
        ("oui l'autre", "affirm"), ("non l'autre", "deny"),
    ],
)  # fmt: skip
async def test_the_only_other_order_is_shown_and_nothing_done(acting: Sessions, text: str, intent: str) -> None:
    customer, orders = await customer_with(acting, "paid", "paid")
    number = orders[1].number
    assert await customer.says("annuler", "cancel_order", order_number=number) == ["utter_cancel_order_confirm_paid"]
    assert await customer.says(text, intent, choice="other") == ["utter_cancel_order_confirm_paid"]
    assert customer.messages[-1]["number"] == orders[0].number
    assert [await status(acting, each) for each in orders] == ["paid", "paid"]
    # And back again.
    assert await customer.says("non l'autre", "deny", choice="other") == ["utter_cancel_order_confirm_paid"]
    assert customer.messages[-1]["number"] == number
    assert await customer.says("oui", "affirm") == ["utter_cancel_order_done_paid"]
    assert [await status(acting, each) for each in orders] == ["paid", "cancelled"]


async def test_of_several_others_one_is_chosen(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "paid", "paid", "paid")
    number = orders[2].number
    await customer.says("annuler", "cancel_order", order_number=number)
    assert await customer.says("l'autre", "choose", choice="other") == ["utter_which_order"]
    assert len(customer.messages[-1]["buttons"]) == 2
    # The one that was shown can still be named.
    assert await customer.says(number, "inform", order_number=number) == ["utter_cancel_order_confirm_paid"]
    assert customer.messages[-1]["number"] == number


async def test_who_has_no_other_order_is_told(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid", language="en")
    await customer.says("cancel my order", "cancel_order")
    said = await customer.says("no the other one", "second_thoughts", choice="other")
    assert said == ["utter_no_other_order", "utter_cancel_order_confirm_paid"]
    assert await status(acting, order) == "paid"


async def test_one_that_cannot_be_cancelled_is_refused_with_its_reason(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "shipped", "paid")
    await customer.says("annuler", "cancel_order", order_number=orders[1].number)
    said = await customer.says("l'autre", "choose", choice="other")
    assert len(said) == 1
    assert orders[0].number in said[0]
    assert [await status(acting, each) for each in orders] == ["shipped", "paid"]


async def test_a_yes_for_another_order_does_nothing_to_this_one(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "paid", "paid")
    first, second = (each.number for each in orders)
    await customer.says("annuler", "cancel_order", order_number=second)
    await customer.says("l'autre", "choose", choice="other")
    await customer.says(f"oui pour la {second}", "affirm", order_number=second)
    assert customer.messages[-1]["number"] == second != first
    assert [await status(acting, each) for each in orders] == ["paid", "paid"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("not that one", True), ("no not this one", True), ("wrong one", True), ("that's the wrong order", True),
        ("pas celle-là", True), ("non pas celui-ci", True), ("c'est pas la bonne commande", True),
        ("mauvaise commande", True), ("not that I know", False), ("pas celle-là mais la 10234", False),
        ("pas la bonne adresse", False), ("not this week", False), ("wrong number", False), ("no", False),
        ("oui mais pas celle-là", False), ("/deny", False),
    ],
)  # fmt: skip
def test_that_it_is_not_the_one_is_a_no(text: str, wrong: bool) -> None:
    assert other_one.is_wrong(turn(text)) == wrong


async def test_who_says_it_is_not_the_one_is_asked_what_to_change(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "paid", "paid")
    await customer.says("annuler", "cancel_order", order_number=orders[1].number)
    assert await customer.says("pas celle-là", "second_thoughts") == ["utter_what_to_change"]
    assert await customer.says("la commande", "buy", confidence=0.7) == ["utter_which_order"]
    assert [await status(acting, each) for each in orders] == ["paid", "paid"]


@pytest.mark.parametrize(
    ("text", "intent", "what"),
    [
        ("en fait le saladier", "second_thoughts", "Saladier Grès"), ("non, le saladier", "deny", "Saladier Grès"),
        ("le saladier ?", "nlu_fallback", "Vase Argile"), ("en fait le vase", "second_thoughts", None),
    ],
)  # fmt: skip
async def test_an_article_that_is_named_instead_is_taken(
    acting: Sessions, text: str, intent: str, what: str | None
) -> None:
    vase = NewLine(1, 2500, names={"fr": "Vase Argile", "en": "Clay vase"})
    bowl = NewLine(1, 1500, names={"fr": "Saladier Grès", "en": "Stoneware bowl"})
    customer, _ = await buyer(acting, vase, bowl)
    assert await customer.says("le vase est cassé", "damaged_item") == ["utter_make_good_confirm_refund"]
    said = await customer.says(text, intent)
    if what:
        assert said[-1] == "utter_make_good_confirm_refund"
        assert customer.messages[-1]["what"] == what


async def test_of_two_articles_the_other_is_taken(acting: Sessions) -> None:
    vase = NewLine(1, 2500, names={"fr": "Vase Argile", "en": "Clay vase"})
    bowl = NewLine(1, 1500, names={"fr": "Saladier Grès", "en": "Stoneware bowl"})
    customer, _ = await buyer(acting, vase, bowl)
    await order_of(acting, customer, vase, arrives=False)
    assert await customer.says("le vase est cassé", "damaged_item") == ["utter_make_good_confirm_refund"]
    assert customer.messages[-1]["what"] == "Vase Argile"
    assert await customer.says("non l'autre", "choose", choice="other") == ["utter_make_good_confirm_refund"]
    assert customer.messages[-1]["what"] == "Saladier Grès"
