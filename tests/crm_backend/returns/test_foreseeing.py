"""What a return would bring back is what it does bring back; and what an article can be exchanged for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.catalogue.model import Variant
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound, NotProved
from crm_backend.orders.creating import NewLine
from crm_backend.orders.doers import customer_actor
from crm_backend.payments import queries as payments
from crm_backend.payments.model import Refund
from crm_backend.returns import closing, foreseeing, instead, queries, services
from crm_backend.returns.closing import Verdict
from crm_backend.returns.model import Return
from crm_backend.returns.services import Wanted
from tests.support import core, shop

LINES = (NewLine(3, 1999, names={"en": "Mug"}), NewLine(1, 4000, names={"en": "Jug"}))


@pytest.mark.parametrize("reason", ["changed_mind", "defective"])
@pytest.mark.parametrize(("days", "pieces"), [(1, (3, 1)), (20, (3, 1)), (1, (2, 0)), (20, (1, 1))])
async def test_what_is_foreseen_is_what_is_paid_back(
    crm: AsyncSession, reason: str, days: int, pieces: tuple[int, int]
) -> None:
    order = await shop.delivered(crm, *LINES, at=utc_now() - timedelta(days=days), discount_minor=777)
    wanted = {line.id: count for line, count in zip(order.lines, pieces, strict=True) if count}
    actor = customer_actor(order.customer_id, origin="test")
    expected = await foreseeing.expected(crm, order.id, actor=actor, pieces=wanted, faulty=reason == "defective")
    lines = [Wanted(line, count, reason) for line, count in wanted.items()]
    made = await services.request(crm, order.id, actor=actor, lines=lines)
    await services.receive(crm, made.id, actor=SYSTEM)
    verdicts = [Verdict(line, count) for line, count in wanted.items()]
    await closing.inspect(crm, made.id, actor=SYSTEM, verdicts=verdicts)
    await closing.pay_back(crm, made.id, actor=SYSTEM)
    assert expected == await crm.scalar(select(Refund.amount_minor).where(Refund.order_id == order.id))


async def test_of_a_replacement_nothing_is_foreseen_and_nobody_elses_order_is_told_of(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, *LINES)
    owner, other = (customer_actor(each, origin="test") for each in (order.customer_id, new_id()))
    pieces = {order.lines[0].id: 1}
    with pytest.raises(NotFound):
        await foreseeing.expected(crm, order.id, actor=other, pieces=pieces, faulty=False)
    with pytest.raises(NotFound):
        await instead.versions(crm, order.id, actor=other, line_id=order.lines[0].id)
    order.replaces_id = (await shop.delivered(crm, of=order.customer_id)).id
    await crm.flush()
    assert await foreseeing.expected(crm, order.id, actor=owner, pieces=pieces, faulty=False) is None


async def test_versions_are_those_that_can_be_had_with_what_they_cost_more(crm: AsyncSession) -> None:
    bought = await shop.variant(crm, price=2700)
    for colour, price, currency, available in (
        ("navy", 2900, "EUR", True), ("ochre", 2000, "EUR", False), ("ecru", 2500, "GBP", True)
    ):  # fmt: skip
        row = {"options": {"colour": colour}, "price_minor": price, "currency": currency, "available": available}
        crm.add(Variant(id=new_id(), product_id=bought.product_id, **row))
    order = await shop.delivered(crm, NewLine(1, 2500, bought.id), NewLine(1, 100, names={"en": "Old mug"}))
    actor = customer_actor(order.customer_id, origin="test")
    found = await instead.versions(crm, order.id, actor=actor, line_id=order.lines[0].id)
    assert [(each.options["colour"], each.dearer_by, each.same) for each in found] == [
        ("ecru", 0, False), ("sage", 0, True), ("navy", 400, False),
    ]  # fmt: skip
    assert await instead.versions(crm, order.id, actor=actor, line_id=order.lines[1].id) == []


async def test_customers_hear_of_their_own_once_somebody_vouches_for_them(crm: AsyncSession) -> None:
    order = await shop.delivered(crm, *LINES)
    other = await shop.delivered(crm, *LINES, of=order.customer_id)
    foreign = await shop.delivered(crm, *LINES)
    for each in (order, foreign):
        made = await services.request(crm, each.id, actor=SYSTEM, lines=[Wanted(each.lines[1].id, 1, "defective")])
        await services.receive(crm, made.id, actor=SYSTEM)
        await closing.inspect(crm, made.id, actor=SYSTEM, verdicts=[Verdict(each.lines[1].id, 1)])
        await closing.pay_back(crm, made.id, actor=SYSTEM)
    received = await core.receive(crm, core.inbound())
    conversation = await crm.get_one(Conversation, received.conversation_id)
    conversation.customer_id = order.customer_id
    for read in (queries.theirs, payments.theirs):
        conversation.proof = "anonymous"
        await crm.flush()
        with pytest.raises(NotProved):
            await read(crm, conversation_id=conversation.id)
        conversation.proof = "channel"
        await crm.flush()
        [found] = await read(crm, conversation_id=conversation.id)
        assert (found.order.number if isinstance(found, Return) else found[1]) == order.number
        assert await read(crm, conversation_id=conversation.id, number=other.number) == []
        assert await read(crm, conversation_id=conversation.id, number=foreign.number) == []
