"""Exchanging: for a version that there is, for the same again where it is faulty, by a person for anything else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case, CaseOrder
from crm_backend.catalogue.model import Variant
from crm_backend.database import Sessions, new_id
from crm_backend.orders import creating
from crm_backend.returns.model import Return, ReturnLine
from tests.support import shop
from tests.support.owning import buyer

finding.find()
PLATE = creating.NewLine(1, 1500, names={"fr": "Assiette Terroir", "en": "Terroir plate"})


async def cushion(sessions: Sessions, *, versions: list[dict[str, Any]]) -> creating.NewLine:
    """A sage cushion at 25 euros, of which there are these other versions."""
    async with sessions.begin() as session:
        sold = await shop.variant(session, names={"fr": "Coussin Brume", "en": "Brume cushion"})
        for more in versions:
            values = {"price_minor": 2500, "currency": "EUR", "available": True} | more
            session.add(Variant(id=new_id(), product_id=sold.product_id, **values))
    return creating.NewLine(1, 2500, sold.id)


NAVY, OCHRE = {"options": {"colour": "navy"}, "price_minor": 2900}, {"options": {"colour": "ochre"}, "available": False}


async def exchanges(sessions: Sessions) -> list[ReturnLine]:
    async with sessions() as session:
        query = select(ReturnLine).join(Return).where(Return.kind == "exchange")
        return list(await session.scalars(query))


async def wanted(sessions: Sessions, variant: UUID | None) -> dict[str, str]:
    async with sessions() as session:
        return dict((await session.get_one(Variant, variant)).options)


@pytest.mark.parametrize(("language", "pick", "yes"), [("fr", "bleu marine", "Oui"), ("en", "navy blue", "Yes")])
async def test_it_is_exchanged_for_a_version_that_can_be_had(
    acting: Sessions, language: str, pick: str, yes: str
) -> None:
    customer, _ = await buyer(acting, await cushion(acting, versions=[NAVY, OCHRE]), language=language)
    assert await customer.says("je veux l'échanger", "exchange") == ["utter_exchange_for_what"]
    titles = [each["title"] for each in customer.messages[-1]["buttons"]]
    assert pick in titles and not {"ocre", "ochre"} & set(titles)
    assert await customer.says(pick, "inform") == ["utter_exchange_confirm_dearer"]
    assert "4" in customer.messages[-1]["difference"]
    assert await exchanges(acting) == []
    assert await customer.presses(yes) == ["utter_exchange_done_bare"]
    [line] = await exchanges(acting)
    assert line.reason == "changed_mind"
    assert await wanted(acting, line.wanted_variant_id) == {"colour": "navy"}


async def test_what_is_wanted_may_be_said_at_once_and_the_turn_run_twice(acting: Sessions) -> None:
    customer, _ = await buyer(acting, await cushion(acting, versions=[NAVY, OCHRE]), PLATE)
    assert await customer.says("échanger le coussin contre le bleu marine", "exchange") == [
        "utter_exchange_confirm_dearer"
    ]
    before, again = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=again) == ["utter_exchange_done_bare"]
    assert len(await exchanges(acting)) == 1


async def test_of_many_versions_one_option_is_asked_after_the_other(acting: Sessions) -> None:
    versions = [
        {"options": {"colour": colour, "size": size}}
        for colour in ("navy", "ochre", "ecru")
        for size in ("small", "large")
    ] + [{"options": {"colour": "black", "size": "small"}}]
    customer, _ = await buyer(acting, await cushion(acting, versions=versions))
    assert await customer.says("c'est trop petit, échangez-le", "exchange") == ["utter_exchange_option"]
    assert await customer.says("grand", "inform") == ["utter_exchange_option"]
    assert await customer.says("ocre", "inform") == ["utter_exchange_confirm"]
    assert await customer.says("oui", "affirm") == ["utter_exchange_done_bare"]
    [line] = await exchanges(acting)
    assert line.reason == "wrong_size"
    assert await wanted(acting, line.wanted_variant_id) == {"colour": "ochre", "size": "large"}


async def test_the_same_again_is_for_what_is_faulty(acting: Sessions) -> None:
    customer, _ = await buyer(acting, await cushion(acting, versions=[]))
    await customer.says("je veux l'échanger", "exchange")
    assert await customer.presses("Le même, en neuf") == ["utter_exchange_reason"]
    assert await customer.says("il est cassé", "damaged_item") == ["utter_exchange_confirm"]
    await customer.says("oui", "affirm")
    [line] = await exchanges(acting)
    assert (line.reason, line.wanted_variant_id) == ("damaged", None)


async def test_anything_else_is_seen_to_by_people(acting: Sessions) -> None:
    customer, order = await buyer(acting, PLATE)
    await customer.says("je veux l'échanger", "exchange")
    assert await customer.presses("Un autre article") == ["utter_exchange_other"]
    assert await customer.says("la lampe Orée en laiton", "find_product") == ["utter_exchange_case"]
    assert await customer.says("non", "deny") == ["utter_what_to_change"]
    assert await customer.presses("L’article voulu") == ["utter_exchange_other"]
    assert await customer.says("le vase Ondine", "find_product") == ["utter_exchange_case"]
    assert await customer.says("oui", "affirm") == ["utter_exchange_case_done"]
    async with acting() as session:
        [case] = (await session.scalars(select(Case))).all()
        linked = await session.scalar(select(CaseOrder.order_id).where(CaseOrder.case_id == case.id))
    assert case.type_key == "return" and "Ondine" in case.subject and linked == order.id
    assert await exchanges(acting) == []


async def test_too_late_is_refused_and_somebody_elses_is_not_found(acting: Sessions) -> None:
    customer, _ = await buyer(acting, PLATE, arrives=False)
    told = await customer.says("je veux échanger l'assiette", "exchange")
    assert told[-1] == "utter_return_order_cancel"
    _, foreign = await buyer(acting, PLATE)
    said = await customer.says("j'échange la", "exchange", order_number=foreign.number)
    assert said[0] == "utter_not_your_order"


async def test_one_article_at_a_time(acting: Sessions) -> None:
    customer, _ = await buyer(acting, PLATE, await cushion(acting, versions=[NAVY]))
    assert await customer.says("je veux faire un échange", "exchange") == ["utter_exchange_which"]
    assert await customer.says("le deuxième", "choose", choice="2") == ["utter_exchange_for_what"]
    assert await customer.says("non, l'autre", "second_thoughts") == ["utter_gone_back", "utter_exchange_which"]
