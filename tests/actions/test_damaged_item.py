"""What arrived damaged is replaced or paid back under the warranty, once, after a yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.access.actor import SYSTEM
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders.creating import NewLine
from crm_backend.policies import services as policies
from crm_backend.returns.model import Return
from tests.support import shop
from tests.support.owning import buyer
from tests.support.parcels import customer_of

finding.find()
VASE = NewLine(1, 2500, names={"fr": "Vase Argile", "en": "Clay vase"})
BOWL = NewLine(1, 1500, names={"fr": "Saladier Grès", "en": "Stoneware bowl"})


async def returned(sessions: Sessions) -> list[Return]:
    async with sessions() as session:
        return list(await session.scalars(select(Return)))


@pytest.mark.parametrize(
    ("language", "wish", "kind", "confirm"),
    [
        ("fr", "le même svp", "exchange", "utter_make_good_confirm_exchange"),
        ("en", "my money back", "return", "utter_make_good_confirm_refund"),
    ],
)
async def test_what_is_wanted_is_asked_and_done_once_with_its_slip(
    acting: Sessions, language: str, wish: str, kind: str, confirm: str
) -> None:
    async with acting.begin() as session:
        await policies.add(session, actor=SYSTEM, kind="company", parameters={"name": "Tilleul", "address": ["Lyon"]})
        sold = await shop.variant(session)
    line = NewLine(1, 2500, sold.id, names={"fr": "Vase Argile", "en": "Clay vase"})
    customer, order = await buyer(acting, line, BOWL, language=language)
    text = "le vase est arrivé cassé" if language == "fr" else "the vase arrived broken"
    assert await customer.says(text, "damaged_item") == ["utter_make_good_how"]
    assert await customer.says(wish, "inform") == [confirm]
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_make_good_done"]
    [made] = await returned(acting)
    assert (made.order_id, made.kind, made.note) == (order.id, kind, text)
    assert customer.messages[-1]["reference"] == made.reference
    assert len(customer.messages[-1]["custom"]["files"]) == 1


async def test_what_cannot_be_had_again_is_paid_back_and_a_wrong_article_corrected(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, BOWL)
    assert await customer.says("reçu cassé", "damaged_item") == ["utter_damaged_item_which"]
    assert await customer.says("le saladier", "inform") == ["utter_make_good_confirm_refund"]
    assert customer.messages[-1]["what"] == "Saladier Grès"
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("L’article") == ["utter_damaged_item_which"]
    assert await customer.says("le vase", "inform") == ["utter_make_good_confirm_refund"]
    assert await customer.says("oui", "affirm") == ["utter_make_good_done_bare"]
    assert len(await returned(acting)) == 1


async def test_of_several_pieces_how_many_is_asked(acting: Sessions) -> None:
    customer, _ = await buyer(acting, NewLine(4, 900, names={"fr": "Assiette", "en": "Plate"}))
    assert await customer.says("assiettes ébréchées à l'arrivée", "damaged_item") == ["utter_how_many_pieces"]
    assert await customer.says("2", "inform", number="2") == ["utter_make_good_confirm_refund"]
    assert customer.messages[-1]["what"] == "2\u00a0× Assiette"


async def test_after_the_warranty_a_person_is_offered(acting: Sessions) -> None:
    customer, _ = await buyer(acting, VASE, at=utc_now() - timedelta(days=1200), language="en")
    assert await customer.says("it arrived broken", "damaged_item") == ["utter_damaged_item_too_late"]
    assert customer.slots["offered"] == "asked"
    assert await returned(acting) == []


async def test_what_has_not_arrived_cannot_be_damaged(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "shipped", "due": 1})
    assert await customer.says("cassé", "damaged_item") == ["utter_order_shipped_expected"]


async def test_it_takes_a_proof_and_ones_own_order(acting: Sessions) -> None:
    customer, order = await buyer(acting, VASE, proof="channel")
    assert await customer.says("cassé", "damaged_item", order_number=order.number) == ["utter_ask_email"]
    other, _ = await buyer(acting, VASE)
    said = await other.says("cassé", "damaged_item", order_number=order.number)
    assert said == ["utter_not_your_order", "utter_make_good_confirm_refund"]
    assert order.number not in str(other.messages[1:])
