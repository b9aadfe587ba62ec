"""Thanks and goodbyes in the middle of a task: it ends, and nothing is half done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from actions.tasks import ending
from actions.tasks.state import Asked
from crm_backend.database import Sessions
from tests.actions.tasks.test_cancelling import customer_with, status


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("merci c'est tout", "thanks"),
        ("Merci, ce sera tout. Bonne journée !", "goodbye"),
        ("ok merci, au revoir", "goodbye"),
        ("non merci c’est tout", "deny"),
        ("c'est tout", "nlu_fallback"),
        ("thanks, that's all", "thanks"),
        ("That’ll be all for now, thank you", "nlu_fallback"),
        ("nothing else, bye", "deny"),
        ("je file, à un de ces quatre", "goodbye"),
    ],
)
async def test_who_says_that_it_is_all_is_let_go_and_nothing_is_done(acting: Sessions, text: str, intent: str) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    customer.slots["later"] = [{"topic": "invoice", "given": {}, "text": ""}]
    assert await customer.says(text, intent) == ["utter_ended_undone"]
    assert (customer.open, customer.slots["task"], customer.slots["later"]) == (False, None, None)
    assert await status(acting, order) == "paid"


async def test_the_end_of_what_was_only_asked_about_is_not_called_undone(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, proof="anonymous")
    assert "utter_ask_order_number" in await customer.says("où est ma commande", "order_status")
    assert await customer.says("merci c'est tout", "thanks") == ["utter_ended"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("c'est tout bon", "affirm"),
        ("that's all right", "affirm"),
        ("that's all fine thanks", "affirm"),
    ],
)
async def test_what_sounds_like_it_may_be_a_yes(acting: Sessions, text: str, intent: str) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says(text, intent) == ["utter_cancel_order_done_paid"]
    assert await status(acting, order) == "cancelled"


async def test_thanks_alone_end_nothing(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("merci", "thanks") == []
    assert customer.stepped_aside


async def test_own_words_that_were_asked_for_are_taken(acting: Sessions) -> None:
    customer, _ = await customer_with(acting)
    assert await customer.says("je veux faire une réclamation", "complaint") == ["utter_complaint_ask_story"]
    story = "le livreur a jeté le colis par-dessus le portail, merci et bonne journée"
    assert await customer.says(story, "goodbye") != ["utter_ended_undone"]


@pytest.mark.parametrize(("fact", "ends"), [("reason", False), ("order", True)])
def test_no_longer_needed_is_a_reason_where_one_is_asked(fact: str, ends: bool) -> None:
    tracker = SimpleNamespace(latest_message={"entities": []})
    turn = SimpleNamespace(text="plus besoin", intent="cancel", confidence=0.9, tracker=tracker, also=[])
    assert ending.is_said(cast("Any", turn), Asked(fact, "choice", {"1": "one"})) == ends
