"""Cases as their customers know them: told to them alone, and added to once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.cases import configuring, opening, own, promising, services, theirs, troubles, workflow
from crm_backend.cases.model import Case, CaseComment, CaseConversation, CaseEvent
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import GIVEN, CaseType
from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow, NotProved
from crm_backend.privacy import requests
from tests.support import core, shop


async def writer(crm: AsyncSession, *, proof: str = "verified") -> Conversation:
    """A conversation of a customer of their own."""
    received = await core.receive(crm, core.inbound(visitor=new_id().hex))
    found = await crm.get_one(Conversation, received.conversation_id)
    found.customer_id, found.proof = (await shop.customer(crm)).id, proof
    await crm.flush()
    return found


async def opened(crm: AsyncSession, customer_id: UUID | None) -> Case:
    new = NewCase(type_key="complaint", subject="Table", customer_id=customer_id)
    return await services.open_case(crm, actor=SYSTEM, new=new)


async def add(
    crm: AsyncSession, case: Case, there: Conversation, *, text: str = "encore", key: str | None = None
) -> Case:
    return await theirs.add(crm, case.id, conversation_id=there.id, actor=SYSTEM, text=text, key=key)


async def test_a_customer_reads_their_cases_and_nobody_elses(crm: AsyncSession) -> None:
    there, elsewhere = await writer(crm), await writer(crm)
    case, foreign = await opened(crm, there.customer_id), await opened(crm, elsewhere.customer_id)
    [(found, kind)] = await theirs.theirs(crm, conversation_id=there.id)
    assert (found.id, kind.key) == (case.id, "complaint")
    typed = f" {case.number.lower()} "
    assert [each.id for each, _ in await theirs.theirs(crm, conversation_id=there.id, number=typed)] == [case.id]
    assert await theirs.theirs(crm, conversation_id=there.id, number=foreign.number) == []
    with pytest.raises(NotFound):
        await add(crm, foreign, there)
    with pytest.raises(NotFound):
        await theirs.theirs(crm, conversation_id=new_id())


async def test_below_verified_only_what_was_opened_here_is_told(crm: AsyncSession) -> None:
    there = await writer(crm, proof="channel")
    other = await opened(crm, there.customer_id)
    with pytest.raises(NotProved):
        await theirs.theirs(crm, conversation_id=there.id)
    case = await opening.open_from_conversation(crm, there.id, actor=SYSTEM)
    assert [each.id for each, _ in await theirs.theirs(crm, conversation_id=there.id)] == [case.id]
    with pytest.raises(NotProved):
        await theirs.theirs(crm, conversation_id=there.id, number=other.number)
    # Somebody else writes from the same place now.
    there.customer_id = (await shop.customer(crm)).id
    await crm.flush()
    with pytest.raises(NotProved):
        await theirs.theirs(crm, conversation_id=there.id)


async def test_what_is_added_is_kept_once_ties_the_conversation_and_brings_the_case_back(crm: AsyncSession) -> None:
    there = await writer(crm)
    case = await opened(crm, there.customer_id)
    await workflow.enter(crm, case, await workflow.rows.status(crm, "resolved"), actor=SYSTEM, now=case.created_at)
    for _ in range(2):
        await add(crm, case, there, key="once")
    [comment] = (await crm.scalars(select(CaseComment))).all()
    assert (comment.body, comment.author) == ("encore", f"customer:{there.customer_id}")
    assert await crm.scalar(select(CaseConversation.conversation_id)) == there.id
    wrote = select(func.count()).where(CaseEvent.case_id == case.id, CaseEvent.action == "customer_wrote")
    assert await crm.scalar(wrote) == 1 and case.status == "reopened"


async def test_nothing_is_added_to_a_closed_case_nor_nothing_at_all_nor_without_the_right(crm: AsyncSession) -> None:
    there = await writer(crm)
    case = await opened(crm, there.customer_id)
    for text in ("", " \u200b ", "x" * 10_001):
        with pytest.raises(Invalid):
            await add(crm, case, there, text=text)
    with pytest.raises(NotAllowed):
        await theirs.add(crm, case.id, conversation_id=there.id, actor=shop.AGENT, text="x")
    await workflow.enter(crm, case, await workflow.rows.status(crm, "closed"), actor=SYSTEM, now=case.created_at)
    with pytest.raises(NotNow, match="case_is_over"):
        await add(crm, case, there)
    assert await crm.scalar(select(func.count()).select_from(CaseComment)) == 0


async def test_a_type_that_customers_do_not_see_is_told_to_none(crm: AsyncSession) -> None:
    there = await writer(crm)
    assert there.customer_id is not None
    order = await shop.order(crm, of=there.customer_id)
    given = {"names": {"fr": "Fraude possible", "en": "Suspected fraud"}, "customers_see": False}
    await configuring.add(crm, CaseType, actor=SYSTEM, key="fraud", given=given)
    new = NewCase(type_key="fraud", subject="x", customer_id=there.customer_id, tags=["late_parcel"])
    case = await services.open_case(crm, actor=SYSTEM, new=replace(new, order_ids=[order.id]))
    assert case.acknowledge is None
    assert await theirs.theirs(crm, conversation_id=there.id, number=case.number) == []
    assert (await own.listing(crm, there.customer_id, over=False))[0] == []
    assert await troubles.going(crm, order.id) == []
    with pytest.raises(NotFound):
        await own.one(crm, case.id, there.customer_id)
    with pytest.raises(NotFound):
        await add(crm, case, there)
    for hidden in ({"customers_see": False}, {"active": False}):
        with pytest.raises(Invalid, match="case_type_given"):
            await configuring.change(crm, CaseType, "incident", actor=SYSTEM, changes=hidden)
    with pytest.raises(NotNow):
        await configuring.remove(crm, CaseType, "complaint", actor=SYSTEM)
    await configuring.change(crm, CaseType, "fraud", actor=SYSTEM, changes={"customers_see": True})
    assert (await own.one(crm, case.id, there.customer_id)).case is case


def test_every_type_whose_number_customers_are_told_stays_theirs_to_see() -> None:
    root = Path(__file__).parents[3]
    sources = [root / "crm_backend" / "cases" / "troubles.py", root / "crm_backend" / "cases" / "opening.py"]
    sources += (root / "actions").rglob("*.py")
    keys = re.findall(r'(?:type_key=|"type": )"(\w+)"', "".join(each.read_text(encoding="utf-8") for each in sources))
    assert {*keys, promising.TYPE, requests.TYPE} == set(GIVEN)
