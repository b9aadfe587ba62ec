"""A whole task on a real order: what is shown, agreed to, done once, corrected, refused, interrupted and put off."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions, new_id
from crm_backend.orders import moving
from crm_backend.orders.model import Order
from crm_backend.payments.model import Refund
from tests.support import core, shop
from tests.support.talking import Customer

finding.find()


async def customer_with(
    sessions: Sessions, *statuses: str, proof: str = "verified", language: str = "fr"
) -> tuple[Customer, list[Order]]:
    """A customer in a conversation, with an order in each status, the first the oldest."""
    talk = (await core.write(sessions, visitor=new_id().hex)).conversation_id
    async with sessions.begin() as session:
        owner = (await shop.customer(session)).id
        orders = []
        for status in statuses:
            order = await shop.paid(session, of=owner)
            if status == "shipped":
                await moving.prepare(session, order.id, actor=SYSTEM)
                await moving.ship(session, order.id, actor=SYSTEM, carrier="Colis")
            orders.append(order)
        row = await session.get_one(Conversation, talk)
        row.customer_id, row.proof = owner, proof
    return Customer(talk, language), orders


async def status(sessions: Sessions, order: Order) -> str:
    async with sessions() as session:
        return str(await session.scalar(select(Order.status).where(Order.id == order.id)))


async def test_what_will_happen_is_shown_and_done_after_a_yes(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    assert await customer.says("annulez ma commande", "cancel_order") == ["utter_cancel_order_confirm_paid"]
    assert await status(acting, order) == "paid"
    assert await customer.presses("Oui") == ["utter_cancel_order_done_paid"]
    assert await status(acting, order) == "cancelled"
    assert not customer.open and customer.slots["task"] is None


async def test_the_same_turn_run_again_does_it_once(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("cancel it", "cancel_order")
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_cancel_order_done_paid"]
    async with acting() as session:
        refunds = (await session.scalars(select(Refund).where(Refund.order_id == order.id))).all()
    assert len(refunds) == 1


async def test_no_leaves_the_order_or_asks_what_to_change(acting: Sessions) -> None:
    customer, orders = await customer_with(acting, "paid", "paid")
    assert await customer.says("je veux annuler", "cancel_order") == ["utter_which_order"]
    assert await customer.says("la deuxième", "choose", choice="2") == ["utter_cancel_order_confirm_paid"]
    assert customer.messages[-1]["number"] == orders[0].number
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("La commande") == ["utter_which_order"]
    assert await customer.says(orders[1].number, "inform", order_number=orders[1].number) == [
        "utter_cancel_order_confirm_paid"
    ]
    assert await customer.says("laisse tomber", "deny") == ["utter_what_to_change"]
    assert await customer.presses("Tout laisser") == ["utter_cancelled"]
    assert {await status(acting, each) for each in orders} == {"paid"}


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "entities"),
    [
        ("oui mais pas celle-là", "affirm", 0.9, {}),
        ("oui, n'annulez pas", "affirm", 0.9, {}),
        ("oui", "affirm", 0.4, {}),
        ("/affirm", "affirm", 1.0, {}),
        ('/affirm{"of": "00000000"}', "affirm", 1.0, {"of": "00000000"}),
        ("euh", "nlu_fallback", 0.2, {}),
        ("oui pour la 99", "affirm", 0.9, {"order_number": "99"}),
    ],
)
async def test_only_a_plain_yes_to_this_question_does_anything(
    acting: Sessions, text: str, intent: str, confidence: float, entities: dict[str, str]
) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says(text, intent, confidence=confidence, **entities)
    assert await status(acting, order) == "paid"


async def test_cancel_means_yes_where_cancelling_is_the_business(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("annulez", "cancel") == ["utter_cancel_order_done_paid"]
    assert await status(acting, order) == "cancelled"


async def test_what_the_policy_forbids_is_refused_with_its_reason(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "shipped")
    [told] = await customer.says("annulez ma commande", "cancel_order")
    assert f"{order.number} ne peut plus être annulée" in told
    assert not customer.open


async def test_another_number_in_the_middle_is_taken_and_shown_again(acting: Sessions) -> None:
    customer, [first, second] = await customer_with(acting, "paid", "paid")
    await customer.says("annulez la", "cancel_order", order_number=first.number)
    assert customer.messages[-1]["number"] == first.number
    await customer.says("non, la", "second_thoughts", order_number=second.number)
    assert customer.messages[-1]["number"] == second.number
    await customer.says("oui", "affirm")
    assert (await status(acting, first), await status(acting, second)) == ("paid", "cancelled")


async def test_somebody_elses_order_is_not_found_and_never_touched(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid", "paid")
    _, [foreign] = await customer_with(acting, "paid")
    said = await customer.says("annulez la", "cancel_order", order_number=foreign.number)
    assert said == ["utter_not_your_order", "utter_which_order"]
    assert foreign.number not in str(customer.messages[1:])


async def test_who_has_proved_nothing_is_asked_to(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid", proof="channel")
    assert await customer.says("annulez", "cancel_order", order_number=order.number) == ["utter_ask_email"]
    assert await customer.says("je veux annuler", "cancel_order") == ["utter_ask_email"]
    said = await customer.says("x@example.fr 69000", "inform", email="x@example.fr", postcode="69000")
    assert said == ["utter_ask_correction"]
    assert await status(acting, order) == "paid"


async def test_an_interruption_is_answered_and_the_question_asked_again(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says("c'est gratuit ?", "ask_knowledge")
    assert customer.stepped_aside
    assert await customer.comes_back() == ["utter_cancel_order_confirm_paid"]


async def test_where_it_is_is_told_on_the_way(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("au fait elle en est où ?", "order_status") == [
        "utter_order_paid", "utter_cancel_order_confirm_paid",
    ]  # fmt: skip


async def test_a_second_request_in_the_same_message_comes_afterwards(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    also = [{"intent": "order_status", "confidence": 0.9, "text": "où est-elle", "entities": []}]
    await customer.says("annulez-la et dites-moi où elle est", "cancel_order", also=also)
    assert await customer.says("oui", "affirm") == [
        "utter_cancel_order_done_paid", "utter_and_now", "utter_order_cancelled",
    ]  # fmt: skip
    assert not customer.open


async def test_the_third_answer_that_is_none_brings_a_person(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid", "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says("bla", "nlu_fallback", confidence=0.1) == ["utter_not_caught", "utter_which_order"]
    assert await customer.says("bla", "nlu_fallback", confidence=0.1) == ["utter_task_stuck"]
    said = await customer.says("bla", "nlu_fallback", confidence=0.1)
    assert len(said) == 1 and said[0].startswith("utter_handed_over")
    assert not customer.open


async def test_a_person_and_distress_go_first(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    await customer.says("oui, mais une personne", "ask_person")
    assert customer.stepped_aside


async def test_a_request_that_was_put_off_is_heard_in_its_own_words(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    also = [{"intent": "complaint", "confidence": 0.9, "text": "x" * 70, "entities": []}]
    await customer.says("annulez-la, et " + "x" * 70, "cancel_order", also=also)
    assert await customer.says("oui", "affirm") == [
        "utter_cancel_order_done_paid", "utter_and_now", "utter_complaint_confirm",
    ]  # fmt: skip
    assert customer.slots["task"]["facts"]["story"] == "x" * 70


async def test_a_number_alone_is_no_answer_in_ones_own_words(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid")
    assert await customer.says("je veux me plaindre", "complaint") == ["utter_complaint_ask_story"]
    said = await customer.says("+33 6 39 98 00 01", "inform", phone="+33 6 39 98 00 01")
    assert said == ["utter_complaint_ask_story"]
    assert customer.slots["task"]["given"]["phone"] == "+33 6 39 98 00 01"


@pytest.mark.parametrize(("confidence", "aside"), [(0.3, False), (0.9, True)])
async def test_a_word_of_a_story_is_no_alarm(acting: Sessions, confidence: float, aside: bool) -> None:
    customer, _ = await customer_with(acting, "paid")
    await customer.says("je veux me plaindre", "complaint")
    said = await customer.says("le voisin a tout vu et peut témoigner", "distress", confidence=confidence)
    assert customer.stepped_aside is aside
    assert said == ([] if aside else ["utter_complaint_confirm"])


@pytest.mark.parametrize(
    ("text", "intent", "said"),
    [("bonjour", "greet", "utter_hello_again"), ("/sent_file", "sent_file", "utter_file_kept")],
)
async def test_a_greeting_or_a_file_in_the_middle_leaves_the_question_open(
    acting: Sessions, text: str, intent: str, said: str
) -> None:
    customer, [order] = await customer_with(acting, "paid")
    await customer.says("annulez ma commande", "cancel_order")
    assert await customer.says(text, intent) == [said, "utter_cancel_order_confirm_paid"]
    assert [each["title"] for each in customer.messages[-1]["buttons"]] == ["Oui", "Non"]
    assert await customer.says("oui", "affirm") == ["utter_cancel_order_done_paid"]
    assert await status(acting, order) == "cancelled"


async def test_who_comes_back_the_next_day_is_told_where_they_were(acting: Sessions) -> None:
    customer, _ = await customer_with(acting, "paid", "paid")

    def a_day_passes() -> None:
        customer.slots["task"]["at"] = "2026-01-01T10:00:00+01:00"

    await customer.says("annulez ma commande", "cancel_order")
    a_day_passes()
    assert await customer.says("bonjour", "greet") == ["utter_hello_again", "utter_which_order"]
    a_day_passes()
    said = await customer.says("la première", "choose", choice="1")
    assert said == ["utter_where_we_were", "utter_cancel_order_confirm_paid"]
    await customer.says("laissez tomber", "cancel")
    await customer.says("je veux me plaindre", "complaint")
    a_day_passes()
    assert await customer.says("où est ma commande ?", "order_status") == ["utter_switch"]


async def test_a_fact_that_is_given_before_it_is_asked_for_is_kept_without_a_word(acting: Sessions) -> None:
    customer, [order] = await customer_with(acting, "paid", proof="anonymous")
    assert await customer.says("annulez ma commande", "cancel_order") == ["utter_ask_order_number"]
    assert await customer.says("marie@example.fr", "inform", email="marie@example.fr") == ["utter_ask_order_number"]
    assert await customer.says(order.number, "inform", order_number=order.number) == ["utter_ask_postcode"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I'd like to cange my order", "change_order"),
        ("je veux changr ma commande", "change_order"),
        ("j'ai changé d'avis pour ma commande", "cancel_order"),
        ("please stop my order", "cancel_order"),
    ],
)
async def test_a_slip_in_change_cancels_nothing(acting: Sessions, text: str, topic: str) -> None:
    customer, _ = await customer_with(acting, "paid", "paid")
    await customer.says(text, "cancel_order")
    assert customer.slots["task"]["topic"] == topic
