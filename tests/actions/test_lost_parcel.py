"""A parcel that was delivered and is not there: looked for first, then a case with priority."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.tasks import finding
from crm_backend.cases.model import Case
from crm_backend.database import Sessions, new_id
from tests.support.parcels import customer_of

finding.find()
THERE = {"status": "delivered", "number": "XS123456789FR"}


@pytest.mark.parametrize(
    ("language", "answer", "intent"),
    [("fr", "oui, rien", "affirm"), ("en", "I've looked, nothing", "inform"), ("fr", "toujours rien", "lost_parcel")],
)
async def test_after_looking_a_case_is_opened_once(acting: Sessions, language: str, answer: str, intent: str) -> None:
    customer, [order] = await customer_of(acting, THERE, language=language)
    assert await customer.says("noté livré, je n'ai rien", "lost_parcel") == ["utter_lost_parcel_where"]
    assert customer.messages[-1]["place"] == " (Lyon)"
    assert await customer.says(answer, intent) == ["utter_lost_parcel_confirm"]
    before, turn = dict(customer.slots), new_id()
    for _ in range(2):
        customer.slots, customer.open = dict(before), True
        assert await customer.says("oui", "affirm", turn=turn) == ["utter_lost_parcel_done"]
    async with acting() as session:
        [case] = await session.scalars(select(Case))
    assert (case.type_key, case.urgency, case.tags) == ("incident", "high", ["lost_parcel"])
    assert order.number in case.subject and "XS123456789FR" in (case.description or "")
    assert await customer.says("et mon colis ?", "lost_parcel") == ["utter_case_already_open"]


@pytest.mark.parametrize("text", ["livré, mais rien chez les voisins", "it was stolen, I checked everywhere"])
async def test_who_has_looked_already_is_not_asked(acting: Sessions, text: str) -> None:
    customer, _ = await customer_of(acting, THERE)
    assert await customer.says(text, "lost_parcel") == ["utter_lost_parcel_confirm"]


@pytest.mark.parametrize(("answer", "intent"), [("non pas encore", "deny"), ("Je vais regarder", "choose")])
async def test_who_has_not_looked_is_given_the_time(acting: Sessions, answer: str, intent: str) -> None:
    customer, _ = await customer_of(acting, THERE)
    await customer.says("noté livré, pas reçu", "lost_parcel")
    assert await customer.says(answer, intent) == ["utter_lost_parcel_wait"]
    assert not customer.open


async def test_what_the_carrier_lost_needs_no_looking(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "lost"}, language="en")
    assert await customer.says("my parcel is lost", "lost_parcel") == ["utter_lost_parcel_confirm_lost"]
    assert await customer.presses("Yes") == ["utter_lost_parcel_done"]


@pytest.mark.parametrize(
    ("due", "said"), [(1, "utter_order_shipped_expected"), (-1, "utter_lost_parcel_late")], ids=["due", "late"]
)
async def test_what_is_under_way_is_not_lost(acting: Sessions, due: int, said: str) -> None:
    customer, [order] = await customer_of(acting, {"status": "shipped", "due": due})
    assert await customer.says("mon colis est perdu", "lost_parcel") == [said]
    proposed = customer.slots.get("proposed") or None
    assert proposed == ({"topic": "late_parcel", "facts": {"order": order.number}} if due < 0 else None)


async def test_a_case_takes_a_proof(acting: Sessions) -> None:
    customer, [order] = await customer_of(acting, THERE, proof="channel")
    assert await customer.says("pas reçu", "lost_parcel", order_number=order.number) == ["utter_ask_email"]
