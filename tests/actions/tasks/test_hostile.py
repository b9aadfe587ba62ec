"""What must do nothing: other words than a yes, a yes of somebody else, odd payloads, and texts made to be slow."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from actions import addresses
from actions.add_to_case import _AFTER_THE_COLON
from actions.tasks import reading
from actions.tasks.asking import Option
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id
from crm_backend.errors import NotNow
from crm_backend.orders import moving
from tests.actions.tasks.test_cancelling import customer_with, status

LONG = 10_000


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("laisse tomber", "cancel"),
        ("ne faites rien", "cancel"),
        ("annuler cette demande", "cancel"),
        ("I've changed my mind, don't bother", "cancel"),
        ("/cancel", "cancel"),
        ("/cancel_order", "cancel_order"),
        ("don't cancel it", "cancel_order"),
        ("je peux annuler jusqu'à quand ?", "cancel_order"),
    ],
)
async def test_only_the_words_cancel_it_are_a_yes_to_a_cancellation(acting: Sessions, text: str, intent: str) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says(text, intent)
    assert await status(acting, order) == "paid"


async def test_the_button_that_leaves_it_all_cancels_no_order(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    for _ in range(2):
        said = await customer.says("bla", "nlu_fallback", confidence=0.1)
    assert said == ["utter_task_stuck"]
    assert await customer.says("/cancel", "cancel", confidence=1.0) == ["utter_cancelled"]
    assert await status(acting, order) == "paid"


async def test_a_yes_does_nothing_for_another_customer_than_it_was_shown_to(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    other, [theirs] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    async with acting.begin() as session:
        row = await session.get_one(Conversation, customer.conversation)
        row.customer_id = (await session.get_one(Conversation, other.conversation)).customer_id
    assert await customer.says("oui", "affirm") == ["utter_has_changed", "utter_cancel_order_confirm_paid"]
    assert customer.messages[-1]["number"] == theirs.number
    assert [await status(acting, each) for each in (order, theirs)] == ["paid", "paid"]


async def test_a_yes_does_nothing_once_the_proof_is_withdrawn(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    async with acting.begin() as session:
        (await session.get_one(Conversation, customer.conversation)).proof = "channel"
    assert await customer.says("oui", "affirm") == ["utter_prove_again", "utter_ask_order_number"]
    assert await status(acting, order) == "paid"


async def test_a_yes_that_was_on_its_way_before_the_question_does_not_answer_it(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    early = new_id()
    await asyncio.sleep(0.01)
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("oui", "affirm", turn=early) == ["utter_cancel_order_confirm_paid"]
    assert await status(acting, order) == "paid"
    assert await customer.says("oui", "affirm") == ["utter_cancel_order_done_paid"]


async def test_what_fails_again_is_passed_to_a_person(acting: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(*_: Any, **__: Any) -> None:
        raise NotNow("not_so")

    monkeypatch.setattr(moving, "cancel", refuses)
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("oui", "affirm") == ["utter_has_changed", "utter_cancel_order_confirm_paid"]
    [said] = await customer.says("oui", "affirm")
    assert said.startswith("utter_handed_over")
    assert await status(acting, order) == "paid"


async def test_payloads_of_any_shape_settle_nothing_and_stay_small(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "paid", "paid")
    await customer.says("annulez ma commande", "cancel_order")
    shapes: list[Any] = [[1, 2], {"a": {"b": []}}, 7, None, True, "x" * LONG]
    for shape in shapes:
        customer.slots["task"]["missed"] = 0
        said = await customer.says("/choose", "choose", confidence=1.0, fact="order", choice=shape)
        assert said == ["utter_not_caught", "utter_which_order"]
        customer.slots["task"]["missed"] = 0
        everything = dict.fromkeys(("fact", "choice", "of", "order_number", "email", "last_order", "task"), shape)
        assert await customer.says("/choose", "choose", confidence=1.0, **everything) == said
    assert len(json.dumps(customer.slots["task"])) < 8_000
    assert [await status(acting, each) for each in orders] == ["paid", "paid"]


@pytest.mark.parametrize("run", ["#", "\n", " ", "n° ", "le ", "1 ", "a", "1.", "😀"])
def test_texts_made_to_be_slow_are_read_at_once(run: str) -> None:
    options = {"a": "Lampe Orée", "b": "Coussin Brume"}
    for text in (run * LONG, f"1{run * LONG}!", f":{run * LONG}!"):
        assert reading.pick(text[:LONG], options) in (None, "a")
        reading.several(text[:LONG], options)
        reading.email(text[:LONG])
        reading.phone(text[:LONG], country="FR")
        _AFTER_THE_COLON.search(text[:LONG])
        addresses.spoken_of(text[:LONG])
        addresses.read(text[:LONG], country="FR")


def test_a_fact_that_a_proposal_gave_in_another_shape_is_asked_for() -> None:
    talk = Talk.__new__(Talk)
    talk.task, talk.heard, talk.language = Task("x", "1", "", {"lines": ["1"]}), False, "fr"
    options = [Option("1", {"fr": "un", "en": "one"})]
    with pytest.raises(Exception, match="lines"):
        talk.choose("lines", "utter_which_order", options)


def test_what_was_settled_last_is_still_the_last_when_the_database_has_it() -> None:
    task = Task("return_order", "x", "2026-11-22T10:00:00+01:00", {"order": "10234", "lines": ["1"], "a": "b"})
    task.asked = Asked(
        "which", "choice", {"z": "Mug", "a": "Lampe"}, about={"changes": {"when": "le jour", "at": "l’heure"}}
    )
    kept = Task.read(json.loads(json.dumps(task.stored(), sort_keys=True)))
    assert kept is not None and kept.asked is not None
    assert (list(kept.facts), list(kept.asked.options)) == (["order", "lines", "a"], ["z", "a"])
    assert list(kept.asked.about["changes"]) == ["when", "at"]
    kept.forget("a")
    assert list(kept.facts) == ["order", "lines"]
