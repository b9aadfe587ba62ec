"""Letting go of what was kept long enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.conversations.model import Conversation, Message
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.events.model import Event
from crm_backend.invoices.model import Invoice
from crm_backend.privacy import retention
from crm_backend.privacy.kinds import KINDS
from crm_backend.privacy.model import RetentionRun
from tests.support import core

TONIGHT = date(2026, 3, 1)


async def test_rules_are_changed_within_bounds(crm: AsyncSession) -> None:
    found = {rule.kind: rule for rule in await retention.rules(crm, actor=SYSTEM)}
    assert found.keys() == KINDS.keys() and found["conversations"].days == 1095
    changed = await retention.set_rule(crm, "conversations", actor=SYSTEM, version=1, days=365)
    assert (changed.days, changed.enabled, changed.version) == (365, True, 2)
    with pytest.raises(Stale):
        await retention.set_rule(crm, "conversations", actor=SYSTEM, version=1, enabled=False)
    for days in (1, 10**6):
        with pytest.raises(Invalid):
            await retention.set_rule(crm, "conversations", actor=SYSTEM, version=None, days=days)
    with pytest.raises(NotFound):
        await retention.set_rule(crm, "biscuits", actor=SYSTEM, version=None, days=5)
    with pytest.raises(NotAllowed):
        await retention.dry_run(crm, actor=Actor("agent:1", frozenset({"customers.read"})))


async def test_what_every_kind_looks_for_can_be_asked(crm: AsyncSession) -> None:
    assert {each["count"] for each in (await retention.dry_run(crm, actor=SYSTEM)).values()} == {0}


async def test_a_night_lets_go_of_what_is_old_and_of_nothing_else_once(sessions: Sessions) -> None:
    old = (await core.write(sessions, visitor="old")).conversation_id
    new = (await core.write(sessions, visitor="new")).conversation_id
    async with sessions() as session, session.begin():
        ago = utc_now() - timedelta(days=500)
        await session.execute(update(Conversation).where(Conversation.id == old).values(owner="nobody", closed_at=ago))
        await session.execute(update(Conversation).where(Conversation.id == new).values(owner="nobody"))
        await session.execute(update(Conversation).where(Conversation.id == new).values(closed_at=utc_now()))
        told = await retention.dry_run(session, actor=SYSTEM)
    assert (told["anonymous_conversations"]["count"], told["conversations"]["count"]) == (1, 0)
    gone = await retention.night(sessions, day=TONIGHT)
    assert gone is not None and gone["anonymous_conversations"] == 1
    async with sessions() as session:
        assert list(await session.scalars(select(Conversation.id))) == [new]
        assert list(await session.scalars(select(Identity.value))) == ["new"]
        assert await session.scalar(select(func.count()).select_from(Message)) == 1
    assert await retention.night(sessions, day=TONIGHT) is None


async def test_a_night_that_was_killed_goes_on_after_a_while(sessions: Sessions) -> None:
    async with sessions() as session, session.begin():
        session.add(RetentionRun(day=TONIGHT, started_at=utc_now()))
    assert await retention.night(sessions, day=TONIGHT) is None
    async with sessions() as session, session.begin():
        await session.execute(update(RetentionRun).values(started_at=utc_now() - timedelta(hours=2)))
    assert await retention.night(sessions, day=TONIGHT) is not None


async def test_a_rule_that_meets_the_unforeseen_holds_no_other_up(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    ago = utc_now() - timedelta(days=100)
    async with sessions() as session, session.begin():
        for kind in ("case", "conversation"):
            session.add(Event(kind="webhook.test", subject_kind=kind, subject_id=new_id(), seq=1, created_at=ago))
        who = (await core.write(sessions, visitor="old")).conversation_id
    async with sessions() as session, session.begin():
        long_ago = utc_now() - timedelta(days=500)
        await session.execute(update(Conversation).where(Conversation.id == who).values(closed_at=long_ago))
    monkeypatch.setitem(KINDS, "anonymous_conversations", replace(KINDS["anonymous_conversations"], let_go=breaks))
    with pytest.raises(ZeroDivisionError):
        await retention.night(sessions, day=TONIGHT)
    async with sessions() as session:
        assert await session.scalar(select(func.count()).where(Event.kind == "webhook.test")) == 0
        assert not await retention.ended(session, TONIGHT)


async def test_a_customer_of_long_ago_is_erased_where_the_rule_is_on(sessions: Sessions) -> None:
    async with sessions() as session, session.begin():
        ago = utc_now() - timedelta(days=1200)
        session.add_all([Customer(first_name="Ancien", created_at=ago, updated_at=ago), Customer(first_name="Récent")])
    assert (await retention.night(sessions, day=TONIGHT) or {}).get("customers") is None
    async with sessions() as session, session.begin():
        await retention.set_rule(session, "customers", actor=SYSTEM, version=None, enabled=True)
    gone = await retention.night(sessions, day=TONIGHT + timedelta(days=1))
    assert gone is not None and gone["customers"] == 1
    async with sessions() as session:
        assert list(await session.scalars(select(Customer.first_name))) == ["Récent"]


async def test_invoices_go_after_ten_years_and_not_before(crm: AsyncSession) -> None:
    values = {"kind": "invoice", "currency": "EUR", "total_minor": 1, "vat_minor": 0, "content": {"buyer": "Marie"}}
    for number, days in enumerate((3700, 3000), 1):
        issued = utc_now() - timedelta(days=days)
        crm.add(Invoice(number=f"F-{number}", year=2016, sequence=number, issued_at=issued, **values))
    await crm.flush()
    due = await retention.dry_run(crm, actor=SYSTEM)
    assert due["invoices"]["count"] == 1
    old = await crm.scalar(select(Invoice.id).where(Invoice.number == "F-1"))
    assert old is not None
    await KINDS["invoices"].let_go(crm, [old])
    assert list(await crm.scalars(select(Invoice.number))) == ["F-2"]
