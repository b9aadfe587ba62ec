"""Sending something back: shown, agreed to, done once, with its slip; refused with its reason and what is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders import creating
from crm_backend.policies import services as policies
from crm_backend.returns.model import Return, ReturnLine
from tests.support import shop
from tests.support.owning import buyer, order_of

finding.find()
LAMP = creating.NewLine(1, 8000, names={"fr": "Lampe Orée", "en": "Orée lamp"})
PLATES = creating.NewLine(3, 1500, names={"fr": "Assiette Terroir", "en": "Terroir plate"})
ADDRESS = {"name": "Maison Tilleul", "address": ["3 quai du Rhône", "69001 Lyon"]}


async def asked_for(sessions: Sessions) -> list[tuple[Return, list[ReturnLine]]]:
    async with sessions() as session:
        found = (await session.scalars(select(Return))).all()
        lines = (await session.scalars(select(ReturnLine).order_by(ReturnLine.position))).all()
        return [(each, [line for line in lines if line.return_id == each.id]) for each in found]


@pytest.fixture
async def sender(acting: Sessions) -> None:
    async with acting.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters=ADDRESS)


@pytest.mark.parametrize(
    ("language", "wish", "yes", "refund"),
    [
        ("fr", "la lampe ne me plaît pas, je vous la rends", "Oui", "80,00"),
        ("en", "I don't like it, I want to return it", "Yes", "80.00"),
    ],
)
async def test_it_is_shown_with_what_goes_back_and_done_with_its_slip(
    acting: Sessions, sender: None, language: str, wish: str, yes: str, refund: str
) -> None:
    customer, order = await buyer(acting, LAMP, language=language, shipping_minor=0)
    assert await customer.says(wish, "return_order") == ["utter_return_order_confirm_paid"]
    assert refund in customer.messages[-1]["refund"] and customer.messages[-1]["number"] == order.number
    assert await asked_for(acting) == []
    assert await customer.presses(yes) == ["utter_return_order_done_until"]
    [(made, [line])] = await asked_for(acting)
    assert (made.kind, made.requested_by[:9], line.reason, line.quantity) == ("return", "customer:", "changed_mind", 1)
    [told] = customer.messages
    assert told["reference"] == made.reference
    assert told["custom"]["files"][0]["name"].endswith(f"{made.reference}.pdf")
    assert not customer.open


async def test_without_the_companys_address_the_reference_goes_on_the_parcel(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP)
    await customer.says("j'ai changé d'avis, je renvoie la lampe", "return_order")
    assert await customer.says("oui", "affirm") == ["utter_return_order_done_bare_until"]


async def test_the_same_turn_run_again_asks_for_it_once(acting: Sessions, sender: None) -> None:
    customer, _ = await buyer(acting, LAMP)
    await customer.says("j'ai changé d'avis, je renvoie la lampe", "return_order")
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_return_order_done_until"]
    assert len(await asked_for(acting)) == 1


async def test_which_articles_how_many_and_why_are_asked_one_after_the_other(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP, PLATES)
    assert await customer.says("je veux faire un retour", "return_order") == ["utter_return_order_which"]
    assert await customer.says("les assiettes", "inform") == ["utter_how_many_pieces"]
    assert await customer.says("deux", "inform", number="2") == ["utter_return_order_reason"]
    assert await customer.says("une est arrivée cassée", "damaged_item") == ["utter_return_order_confirm_paid"]
    assert customer.messages[-1]["what"] == "2\u00a0× Assiette Terroir"
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("La raison") == ["utter_return_order_reason"]
    assert await customer.says("la première", "choose", choice="1") == ["utter_return_order_confirm_paid"]
    await customer.says("oui", "affirm")
    [(_, [line])] = await asked_for(acting)
    assert (line.quantity, line.reason) == (2, "changed_mind")


@pytest.mark.parametrize(
    ("text", "said"), [("j’ai changé d’avis", "utter_return_order_confirm_paid"), ("laissez tomber", "utter_cancelled")]
)
async def test_a_changed_mind_is_a_reason_and_not_leaving_it(acting: Sessions, text: str, said: str) -> None:
    customer, _ = await buyer(acting, LAMP)
    assert await customer.says("je veux faire un retour", "return_order") == ["utter_return_order_reason"]
    assert await customer.says(text, "cancel") == [said]


async def test_all_of_it_is_asked_no_numbers(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, PLATES)
    await customer.says("je veux faire un retour", "return_order")
    assert await customer.says("tout", "inform") == ["utter_return_order_reason"]
    assert await customer.presses("Il ne me convient pas") == ["utter_return_order_confirm_paid"]
    # Everything in good time: what sending it cost, too.
    assert customer.messages[-1]["refund"].startswith(f"{order.total_minor // 100},")


async def test_another_order_is_taken_on_the_way(acting: Sessions) -> None:
    customer, first = await buyer(acting, LAMP)
    second = await order_of(acting, customer, PLATES)
    assert await customer.says("je renvoie, plus besoin", "return_order") == ["utter_which_order"]
    assert await customer.says("la", "inform", order_number=first.number) == ["utter_return_order_confirm_paid"]
    said = await customer.says("non, la", "second_thoughts", order_number=second.number)
    assert said == ["utter_how_many_pieces"]


@pytest.mark.parametrize(
    ("days", "text", "said", "proposed"),
    [
        (45, "je veux renvoyer la lampe", "utter_return_order_warranty", "warranty"),
        (900, "je veux renvoyer la lampe", "utter_return_order_person", None),
    ],
)
async def test_too_late_is_refused_with_what_is_left(
    acting: Sessions, days: int, text: str, said: str, proposed: str | None
) -> None:
    customer, order = await buyer(acting, LAMP, at=utc_now() - timedelta(days=days))
    told = await customer.says(text, "return_order", order_number=order.number)
    assert told == ["utter_return_order_not_this", said]
    assert (customer.slots.get("proposed") or {}).get("topic") == proposed if proposed else customer.slots["offered"]
    assert not customer.open and await asked_for(acting) == []


async def test_a_fault_is_taken_back_after_the_days_of_the_return_are_over(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, at=utc_now() - timedelta(days=45))
    said = await customer.says("la lampe ne marche plus, je la renvoie", "return_order", order_number=order.number)
    assert said == ["utter_return_order_confirm_paid"]
    assert await customer.says("oui", "affirm") == ["utter_return_order_done_bare"]
    [(_, [line])] = await asked_for(acting)
    assert line.reason == "defective"


async def test_what_may_not_come_back_is_told_by_name(acting: Sessions) -> None:
    async with acting.begin() as session:
        pillow = await shop.variant(
            session, names={"fr": "Oreiller Nuage", "en": "Nuage pillow"}, return_exclusion="hygiene"
        )
    line = creating.NewLine(1, 2500, pillow.id, names={"fr": "Oreiller Nuage", "en": "Nuage pillow"})
    customer, _ = await buyer(acting, LAMP, line)
    told = await customer.says("je veux rendre l'oreiller", "return_order")
    assert told[0] == "utter_return_order_not_this"
    assert "hygiène" in customer.messages[0]["why"]


async def test_what_is_not_there_yet_can_be_cancelled(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP, arrives=False)
    _, said = await customer.says("je veux renvoyer ma lampe", "return_order")
    assert said == "utter_return_order_cancel"
    assert customer.slots["proposed"]["topic"] == "cancel_order"


async def test_what_is_on_its_way_back_already_is_told_of(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP)
    await customer.says("j'ai changé d'avis, je renvoie la lampe", "return_order")
    await customer.says("oui", "affirm")
    said = await customer.says("je veux renvoyer la lampe", "return_order")
    assert said[-1] == "utter_return_order_there"
    assert customer.slots["proposed"]["topic"] == "return_status"


async def test_somebody_elses_order_is_not_sent_back(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP)
    _, foreign = await buyer(acting, PLATES)
    said = await customer.says("je renvoie la", "return_order", order_number=foreign.number)
    assert said[0] == "utter_not_your_order"
    assert "Terroir" not in str(customer.messages[1:])


async def test_a_question_in_between_is_answered_and_the_reason_asked_again(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP)
    await customer.says("je veux renvoyer la lampe", "return_order")
    await customer.says("c'est gratuit ?", "ask_knowledge")
    assert customer.stepped_aside
    assert await customer.comes_back() == ["utter_return_order_reason"]


async def test_a_fault_after_the_days_are_over_leads_on_to_the_warranty(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP, PLATES, at=utc_now() - timedelta(days=45))
    told = await customer.says("je veux renvoyer la lampe", "return_order")
    assert told == ["utter_return_order_not_this", "utter_return_order_warranty"]
    customer.slots["begin"] = customer.slots["proposed"]
    assert await customer.says("oui", "affirm") == ["utter_warranty_story"]
    assert customer.messages[-1]["article"] == "Lampe Orée"


async def test_of_many_pieces_the_number_is_typed_and_too_many_is_refused(acting: Sessions) -> None:
    customer, _ = await buyer(acting, creating.NewLine(12, 500, names={"fr": "Verre Bulle", "en": "Bulle glass"}))
    assert await customer.says("je les renvoie, plus besoin", "return_order") == ["utter_how_many_pieces"]
    assert await customer.says("13", "inform", number="13") == ["utter_not_so_many_pieces", "utter_how_many_pieces"]
    assert await customer.says("8", "inform", number="8") == ["utter_return_order_confirm_paid"]
    assert customer.messages[-1]["what"] == "8\u00a0× Verre Bulle"
