"""What is wished for in the middle of a report is a wish of that report, and no other business."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions import wished_remedy
from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.cases.model import Case
from crm_backend.database import Sessions
from crm_backend.orders.creating import NewLine
from crm_backend.policies import services as policies
from crm_backend.returns.model import Return
from tests.support import shop
from tests.support.owning import buyer

finding.find()
VASE = NewLine(1, 2500, names={"fr": "Vase Argile", "en": "Clay vase"})
BOWL = NewLine(1, 1500, names={"fr": "Saladier Grès", "en": "Stoneware bowl"})


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("remboursement", "return"), ("remboursement ?", "return"), ("je veux être remboursé", "return"),
        ("un remboursement svp", "return"), ("remboursez-moi", "return"), ("plutôt un remboursement", "return"),
        ("je veux mon argent", "return"), ("refund", "return"), ("a refund please", "return"), ("refund?", "return"),
        ("I want my money back", "return"), ("give me my money back", "return"), ("échange", "exchange"),
        ("un échange plutôt", "exchange"), ("le même svp", "exchange"), ("un neuf", "exchange"),
        ("exchange", "exchange"), ("a replacement", "exchange"), ("the same one", "exchange"),
        ("où est mon remboursement", None), ("toujours pas remboursé", None), ("quand suis-je remboursé", None),
        ("j'attends mon remboursement depuis 3 semaines", None), ("pas de remboursement", None),
        ("le remboursement de l'autre commande", None), ("vous remboursez les frais de port ?", None),
        ("remboursement ou échange", None), ("ce n'est pas le bon", None), ("where is my refund", None),
        ("still no refund", None), ("how long for a refund", None), ("did my refund go through", None),
        ("I don't want a refund", None), ("refund or exchange", None), ("the vase is broken", None), ("oui", None),
    ],
)  # fmt: skip
def test_a_wish_is_told_from_a_question(text: str, wish: str | None) -> None:
    assert wished_remedy.in_words(text) == wish


@pytest.mark.parametrize(
    ("language", "text", "wish"),
    [("fr", "cassé à l'arrivée", "remboursement"), ("en", "arrived broken", "refund")],
)
async def test_one_word_is_the_wished_solution_and_the_question_comes_again(
    acting: Sessions, language: str, text: str, wish: str
) -> None:
    customer, _ = await buyer(acting, VASE, BOWL, language=language)
    assert await customer.says(text, "damaged_item") == ["utter_damaged_item_which"]
    assert await customer.says(wish, "refund_status") == ["utter_wish_refund", "utter_damaged_item_which"]
    assert customer.slots["task"]["facts"]["wish"] == "return"
    assert await customer.says("le vase" if language == "fr" else "the vase", "inform") == [
        "utter_make_good_confirm_refund"
    ]


async def test_it_may_change_until_the_yes_and_a_question_stays_one(acting: Sessions) -> None:
    async with acting.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters={"name": "Tilleul", "address": ["Lyon"]})
        sold = await shop.variant(session)
    vase = NewLine(1, 2500, sold.id, names={"fr": "Vase Argile", "en": "Clay vase"})
    customer, _ = await buyer(acting, vase)
    assert await customer.says("vase cassé, je veux le même", "damaged_item") == ["utter_make_good_confirm_exchange"]
    assert await customer.says("plutôt un remboursement", "refund_status") == [
        "utter_wish_refund", "utter_make_good_confirm_refund"
    ]  # fmt: skip
    assert await customer.says("oui remboursez-moi", "affirm") == ["utter_make_good_done"]
    async with acting() as session:
        [made] = await session.scalars(select(Return))
    assert made.kind == "return"


async def test_a_question_about_a_refund_stays_one(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, BOWL)
    assert await customer.says("cassé à l'arrivée", "damaged_item") == ["utter_damaged_item_which"]
    assert await customer.says("où en est mon remboursement ?", "refund_status") == ["utter_refund_status_none"]
    assert "wish" not in customer.slots["task"]["facts"]


async def test_whoever_reads_a_case_reads_the_wish(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, BOWL, language="en")
    assert await customer.says("the vase is missing", "missing_item") == ["utter_missing_item_confirm"]
    assert await customer.says("how long", "ask_knowledge") == ["utter_case_how_long", "utter_missing_item_confirm"]
    assert await customer.says("I want a refund", "refund_status") == [
        "utter_wish_in_case", "utter_missing_item_confirm"
    ]  # fmt: skip
    assert await customer.says("thx. and how long does it take?", "thanks") == [
        "utter_case_how_long", "utter_missing_item_confirm"
    ]  # fmt: skip
    assert await customer.says("yes", "affirm") == ["utter_missing_item_done"]
    async with acting() as session:
        [case] = await session.scalars(select(Case))
    assert "I want a refund" in (case.description or "")


async def test_the_wish_at_the_end_of_a_story_is_no_second_business(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, language="en")
    also = [{"intent": "refund_status", "text": "I want my money back", "entities": []}]
    story = "the vase came in pieces and nobody answers the phone. I want my money back"
    assert await customer.says(story, "damaged_item", also=also) == ["utter_make_good_confirm_refund"]
    assert not customer.slots["later"]


async def test_another_refund_that_is_asked_about_is_kept_for_later(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, language="en")
    also = [{"intent": "refund_status", "text": "where is the refund for my last order", "entities": []}]
    await customer.says("the vase came in pieces, and where is the refund for my last order", "damaged_item", also=also)
    assert [each["topic"] for each in customer.slots["later"]] == ["refund_status"]
