"""What broke in use: replaced, repaired or paid back under warranty; a part or a repair once that is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.catalogue.model import Variant
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.orders import creating
from crm_backend.returns.model import Return, ReturnLine
from tests.support import core, shop
from tests.support.owning import buyer, order_of
from tests.support.talking import Customer

finding.find()
LAMP = creating.NewLine(1, 8000, names={"fr": "Lampe Orée", "en": "Orée lamp"})
PLATE = creating.NewLine(1, 1500, names={"fr": "Assiette Terroir", "en": "Terroir plate"})
STORY = "ma lampe ne s'allume plus depuis hier soir, j'ai changé l'ampoule"


async def lamp(sessions: Sessions, *, available: bool) -> creating.NewLine:
    async with sessions.begin() as session:
        sold = await shop.variant(session, names=LAMP.names)
        (await session.get_one(Variant, sold.id)).available = available
    return creating.NewLine(1, 8000, sold.id)


async def asked_for(sessions: Sessions) -> list[tuple[str, str, str]]:
    async with sessions() as session:
        rows = await session.execute(
            select(Return.kind, ReturnLine.reason, Return.note).join(ReturnLine, ReturnLine.return_id == Return.id)
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("language", "available", "way", "kind"),
    [("fr", True, "Le remplacer par le même", "exchange"), ("en", False, "Get a refund", "return")],
)
async def test_under_warranty_it_is_replaced_or_paid_back_once(
    acting: Sessions, language: str, available: bool, way: str, kind: str
) -> None:
    old = utc_now() - timedelta(days=400)
    customer, _ = await buyer(acting, await lamp(acting, available=available), language=language, at=old)
    assert await customer.says(STORY, "warranty") == ["utter_warranty_way"]
    chosen = "replace" if available else "refund"
    assert await customer.presses(way) == [f"utter_warranty_confirm_{chosen}"]
    assert await asked_for(acting) == []
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_warranty_done_bare"]
    assert await asked_for(acting) == [(kind, "defective", STORY)]


async def test_a_repair_is_seen_to_by_people(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, PLATE)
    assert await customer.says("garantie svp", "warranty") == ["utter_warranty_which"]
    assert await customer.says("la lampe", "inform") == ["utter_warranty_story"]
    assert await customer.says(STORY, "damaged_item") == ["utter_warranty_way"]
    assert await customer.says("la réparer", "spare_parts") == ["utter_warranty_confirm_repair"]
    assert await customer.says("oui", "affirm") == ["utter_warranty_done_repair"]
    async with acting() as session:
        [case] = (await session.scalars(select(Case))).all()
    assert (case.type_key, case.tags) == ("return", ["warranty"])
    assert STORY in case.description and order.number in case.description


async def test_when_it_is_over_that_is_said_with_its_last_day_and_a_part_is_proposed(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP, at=utc_now() - timedelta(days=900))
    said = await customer.says("ma lampe est en panne", "warranty")
    assert said == ["utter_return_order_not_this", "utter_warranty_over"]
    assert "La garantie a pris fin le" in customer.messages[0]["why"]
    assert customer.slots["proposed"] == {"topic": "spare_parts", "facts": {"article": "Lampe Orée"}}
    customer.slots["begin"] = customer.slots["proposed"]
    assert await customer.says("oui", "affirm") == ["utter_spare_parts_which"]


async def test_the_order_with_the_article_is_found_however_old(acting: Sessions) -> None:
    customer, order = await buyer(acting, LAMP, at=utc_now() - timedelta(days=500))
    await order_of(acting, customer, PLATE)
    await customer.says("la lampe est en panne", "warranty")
    assert customer.slots["order_number"] == order.number


async def test_somebody_elses_order_is_not_found(acting: Sessions) -> None:
    customer, _ = await buyer(acting, PLATE)
    _, foreign = await buyer(acting, LAMP)
    said = await customer.says("garantie", "warranty", order_number=foreign.number)
    assert said[0] == "utter_not_your_order" and "Orée" not in str(customer.messages[1:])


@pytest.mark.parametrize(
    ("language", "text", "product", "said"),
    [
        ("fr", "il me manque une vis pour la lampe Orée", "Lampe Orée", ["utter_spare_parts_confirm"]),
        ("en", "spare parts", None, ["utter_spare_parts_article"]),
        ("en", "I need a new glass shade for it", None, ["utter_spare_parts_article"]),
    ],
)
async def test_a_part_is_taken_down_without_any_proof(
    acting: Sessions, language: str, text: str, product: str | None, said: list[str]
) -> None:
    customer = Customer((await core.write(acting, visitor=new_id().hex)).conversation_id, language)
    assert await customer.says(text, "spare_parts", **({"product": product} if product else {})) == said
    if product is None:
        said = await customer.says("the Orée lamp", "find_product")
        if "shade" not in text:
            assert said == ["utter_spare_parts_which"]
            said = await customer.says("the glass shade", "spare_parts")
        assert said == ["utter_spare_parts_confirm"] and "shade" in customer.messages[-1]["wish"]
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_spare_parts_done"]
    async with acting() as session:
        [case] = (await session.scalars(select(Case))).all()
    assert (case.type_key, case.tags) == ("request", ["spare_parts"])
    assert customer.messages[-1]["number"] == case.number


async def test_what_is_not_in_the_order_is_not_taken_for_what_is(acting: Sessions) -> None:
    customer, _ = await buyer(acting, LAMP, at=utc_now() - timedelta(days=40))
    said = await customer.says("ma bouilloire est tombée en panne au bout d'une semaine", "warranty")
    assert said == ["utter_not_in_order", "utter_warranty_which"]
    assert await customer.presses("Un autre article") == ["utter_ask_other_order"]
