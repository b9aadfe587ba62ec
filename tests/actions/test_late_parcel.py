"""A parcel that is not late is told of; for one that is, an enquiry is opened after a yes, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case, CaseOrder
from crm_backend.database import Sessions, new_id
from tests.support.parcels import customer_of

finding.find()
LATE = {"status": "shipped", "due": -2}
STORY = "mon colis devait arriver avant-hier et il ne bouge plus"


async def test_what_is_not_late_is_told_with_its_day(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, {"status": "shipped", "due": 1})
    assert await customer.says("j'attends toujours", "late_parcel") == ["utter_late_parcel_not_late"]
    assert (customer.messages[-1]["number"], customer.messages[-1]["expected"]) == (order.number, "demain")
    assert not customer.open


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_an_enquiry_is_opened_after_a_yes_and_once(acting: Sessions, language: str) -> None:
    customer, [order] = await customer_of(acting, LATE, language=language)
    assert await customer.says(STORY, "late_parcel") == ["utter_late_parcel_confirm"]
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_late_parcel_done"]
    async with acting() as session:
        [case] = await session.scalars(select(Case))
        [about] = await session.scalars(select(CaseOrder.order_id))
    assert (case.type_key, case.urgency, case.tags, about) == ("incident", "medium", ["late_parcel"], order.id)
    assert order.number in case.subject and STORY in (case.description or "")
    assert customer.messages[-1]["case"] == case.number
    assert await customer.says("encore en retard", "late_parcel") == ["utter_case_already_open"]


async def test_no_opens_nothing(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, LATE)
    await customer.says("toujours rien", "late_parcel")
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("Tout laisser") == ["utter_cancelled"]
    async with acting() as session:
        assert (await session.scalars(select(Case))).all() == []


async def test_the_order_that_is_waited_for_is_meant_and_may_be_corrected(acting: Sessions) -> None:
    customer, [_, late, later] = await customer_of(
        acting, {"status": "delivered"}, LATE, {"status": "shipped", "due": 0}
    )
    assert await customer.says("toujours rien reçu", "late_parcel") == ["utter_which_order"]
    assert [button["title"][-len(late.number) :] for button in customer.messages[-1]["buttons"]] == [
        later.number,
        late.number,
    ]
    assert await customer.says("la 1", "choose", choice="1") == ["utter_late_parcel_not_late"]
    said = await customer.says("et l'autre ?", "late_parcel", order_number=late.number)
    assert said == ["utter_late_parcel_confirm"]


@pytest.mark.parametrize(
    ("order", "said", "offered"),
    [
        ({"status": "paid"}, "utter_order_paid", None),
        ({"status": "cancelled"}, "utter_order_cancelled", None),
        ({"status": "delivered"}, "utter_late_parcel_delivered", "lost_parcel"),
        ({"status": "lost"}, "utter_late_parcel_lost", "lost_parcel"),
        ({"status": "shipped"}, "utter_late_parcel_confirm_no_day", None),
    ],
)
async def test_what_is_said_depends_on_where_it_is(
    acting: Sessions, order: dict[str, str], said: str, offered: str | None
) -> None:
    customer, _ = await customer_of(acting, order, language="en")
    assert await customer.says("my order is late", "late_parcel") == [said]
    proposed = customer.slots.get("proposed") or {}
    assert proposed.get("topic") == offered


async def test_on_time_is_told_to_whom_a_platform_vouches_for(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "shipped", "due": 1}, proof="channel")
    assert await customer.says("toujours rien", "late_parcel") == ["utter_late_parcel_not_late"]


async def test_of_two_late_ones_the_other_can_be_chosen_afterwards(acting: Sessions) -> None:
    customer, [first, second] = await customer_of(acting, LATE, LATE)
    await customer.says("en retard", "late_parcel")
    assert await customer.says("la première", "choose", choice="1") == ["utter_late_parcel_confirm"]
    assert customer.messages[-1]["number"] == second.number
    await customer.says("non", "deny")
    assert await customer.presses("La commande") == ["utter_which_order"]
    assert await customer.says("la deuxième", "choose", choice="2") == ["utter_late_parcel_confirm"]
    assert customer.messages[-1]["number"] == first.number


async def test_an_enquiry_takes_a_proof(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, LATE, proof="channel")
    assert await customer.says("toujours rien", "late_parcel") == ["utter_ask_email"]
    customer.open = False
    assert await customer.says("toujours rien", "late_parcel", order_number=order.number) == ["utter_ask_email"]


async def test_what_was_delivered_is_looked_for_after_a_yes(acting: Sessions) -> None:
    customer, [_, order] = await customer_of(acting, {"status": "delivered"}, {"status": "delivered"})
    said = await customer.says("toujours rien", "late_parcel", order_number=order.number)
    assert said == ["utter_late_parcel_delivered"]
    # What the rule of a yes does with an offer.
    customer.slots["begin"] = customer.slots["proposed"]
    assert await customer.says("oui", "affirm") == ["utter_lost_parcel_where"]
    assert customer.messages[-1]["number"] == order.number
