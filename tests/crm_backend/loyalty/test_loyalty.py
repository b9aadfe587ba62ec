"""Points follow from orders; the level from the points of a year; both are a member's only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.audit.model import AuditEntry
from crm_backend.customers import merging, undoing
from crm_backend.database import utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, NotNow
from crm_backend.loyalty import adjusting, services
from crm_backend.loyalty.points import Status, history, status_of
from crm_backend.orders.doers import customer_actor
from crm_backend.orders.model import Order
from crm_backend.payments.model import Refund
from crm_backend.privacy.erasing import erase
from crm_backend.privacy.export import export
from crm_backend.promo_codes import services as promo_codes
from tests.support import shop

NOW = utc_now()
SOON = NOW + timedelta(hours=1)
YEARS_AGO = NOW - timedelta(days=800)


@pytest.fixture
async def marie(crm: AsyncSession) -> UUID:
    """A member for years."""
    programme = await services.programme(crm)
    await services.change_programme(crm, actor=SYSTEM, version=programme.version, enabled=True, pending_days=0)
    customer = await shop.customer(crm)
    await services.join(crm, customer.id, actor=customer_actor(customer.id, origin="web"), now=YEARS_AGO)
    return customer.id


async def bought(crm: AsyncSession, whose: UUID, total: int, *, days: int, status: str = "delivered") -> Order:
    made = await shop.order(crm, of=whose)
    at = NOW - timedelta(days=days)
    made.status, made.total_minor, made.placed_at, made.created_at = status, total + made.shipping_minor, at, at
    await crm.flush()
    return made


async def standing(crm: AsyncSession, whose: UUID) -> Status:
    found = await status_of(crm, whose, now=SOON)
    assert found is not None
    return found


async def test_delivered_orders_bring_points_and_refunds_take_them(crm: AsyncSession, marie: UUID) -> None:
    order = await bought(crm, marie, 35_990, days=10)
    await bought(crm, marie, 50_000, days=500)
    await bought(crm, marie, 99_900, days=5, status="shipped")
    await bought(crm, marie, 99_900, days=5, status="returned")
    await bought(crm, marie, 99_900, days=900)
    crm.add(Refund(order_id=order.id, amount_minor=2_050, currency="EUR", reason="late"))
    await crm.flush()
    found = await standing(crm, marie)
    assert (found.balance, found.counted) == (500 + 359 - 20, 339)
    assert found.level is not None and found.next is not None
    assert (found.level.key, found.next.key, found.missing) == ("silver", "gold", 461)
    assert [(each.kind, each.points, each.balance) for each in await history(crm, marie, now=SOON)] == [
        ("order", 500, 500),
        ("order", 359, 859),
        ("refund", -20, 839),
    ]


async def test_points_wait_until_nothing_can_be_sent_back(crm: AsyncSession, marie: UUID) -> None:
    await services.change_programme(crm, actor=SYSTEM, version=None, pending_days=30)
    await bought(crm, marie, 10_000, days=40)
    late = await bought(crm, marie, 20_000, days=20)
    await bought(crm, marie, 5_000, days=2, status="shipped")
    crm.add(Refund(order_id=late.id, amount_minor=3_000, currency="EUR", reason="late"))
    await crm.flush()
    found = await standing(crm, marie)
    assert (found.balance, found.pending) == (100, 220)


async def test_a_refund_takes_no_more_than_the_order_brought(crm: AsyncSession, marie: UUID) -> None:
    order = await bought(crm, marie, 1_000, days=40)
    crm.add(Refund(order_id=order.id, amount_minor=1_490, currency="EUR", reason="late"))
    await crm.flush()
    assert (await standing(crm, marie)).balance == 0


async def test_spent_points_leave_the_balance_and_not_the_level(crm: AsyncSession, marie: UUID) -> None:
    await bought(crm, marie, 30_000, days=10)
    await adjusting.adjust(crm, marie, actor=SYSTEM, kind="spent", points=-250, reason="Voucher")
    await adjusting.adjust(crm, marie, actor=SYSTEM, kind="bonus", points=30, reason="Birthday")
    found = await standing(crm, marie)
    assert (found.balance, found.counted) == (80, 330)
    with pytest.raises(NotNow, match="loyalty_too_few"):
        await adjusting.adjust(crm, marie, actor=SYSTEM, kind="spent", points=-81, reason="Voucher")
    for kind, points in (("spent", 5), ("bonus", 0), ("bonus", 10**9), ("gift", 1)):
        with pytest.raises(Invalid):
            await adjusting.adjust(crm, marie, actor=SYSTEM, kind=kind, points=points, reason="x")
    with pytest.raises(NotAllowed):
        await adjusting.adjust(crm, marie, actor=shop.AGENT, kind="bonus", points=1, reason="x")


async def test_only_who_joined_has_points_and_whoever_leaves_loses_them(crm: AsyncSession, marie: UUID) -> None:
    other = await shop.customer(crm)
    assert await status_of(crm, other.id, now=NOW) is None and not await history(crm, other.id, now=NOW)
    with pytest.raises(NotNow, match="loyalty_no_member"):
        await adjusting.adjust(crm, other.id, actor=SYSTEM, kind="bonus", points=1, reason="x")
    with pytest.raises(NotAllowed):
        await services.join(crm, other.id, actor=customer_actor(marie, origin="web"))
    await bought(crm, marie, 30_000, days=10)
    again = await services.join(crm, marie, actor=SYSTEM)
    assert again.joined_at == YEARS_AGO
    await services.leave(crm, marie, actor=SYSTEM)
    assert await status_of(crm, marie, now=NOW) is None
    await services.join(crm, marie, actor=SYSTEM)
    assert (await standing(crm, marie)).balance == 0
    told = await crm.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_id == str(again.id)).order_by(AuditEntry.id)
    )
    assert told.all() == ["joined", "left", "joined"], "to join twice is to join once"
    with pytest.raises(NotFound):
        await services.leave(crm, other.id, actor=SYSTEM)


async def test_the_programme_is_data(crm: AsyncSession, marie: UUID) -> None:
    await bought(crm, marie, 10_050, days=10)
    programme = await services.programme(crm)
    await services.change_programme(crm, actor=SYSTEM, version=programme.version, points_per_unit={"EUR": 3})
    assert (await standing(crm, marie)).balance == 300
    lines = {"fr": ["Emballage cadeau"], "en": ["Gift wrapping"]}
    with pytest.raises(NotNow, match="loyalty_level_taken"):
        await services.add_level(
            crm, actor=SYSTEM, key="x", names={"fr": "X", "en": "X"}, from_points=300, advantages=lines
        )
    with pytest.raises(Invalid):
        await services.add_level(crm, actor=SYSTEM, key="x", names={"fr": "X"}, from_points=5, advantages=lines)
    await services.change_programme(crm, actor=SYSTEM, version=None, enabled=False)
    assert await status_of(crm, marie, now=NOW) is None
    with pytest.raises(NotNow, match="loyalty_closed"):
        await services.join(crm, marie, actor=SYSTEM)


async def test_what_is_kept_of_a_person_here_goes_with_them(crm: AsyncSession, marie: UUID) -> None:
    await adjusting.adjust(crm, marie, actor=SYSTEM, kind="bonus", points=30, reason="Birthday")
    code = await promo_codes.add(crm, actor=SYSTEM, code="X", kind="percent", percent=100)
    await promo_codes.used(crm, code.id, actor=SYSTEM, reference="10888", customer_id=marie)
    copy = (await export(crm, marie, actor=SYSTEM))["tables"]
    assert {"loyalty_members", "loyalty_adjustments", "promo_code_uses"} <= copy.keys()
    report = (await erase(crm, marie, actor=SYSTEM, reason="asked")).report
    assert report["loyalty_members"] == {"deleted": 1} and report["promo_code_uses"]["emptied"] == 1
    assert (await crm.execute(text("select reference from promo_code_uses"))).scalar_one() != "10888"


async def test_two_members_who_are_one_are_so_since_the_first_of_them(crm: AsyncSession, marie: UUID) -> None:
    other = (await shop.customer(crm)).id
    await services.join(crm, other, actor=SYSTEM)
    await adjusting.adjust(crm, marie, actor=SYSTEM, kind="bonus", points=30, reason="Birthday")
    merge_id = (await merging.merge(crm, actor=SYSTEM, kept_id=other, gone_id=marie)).id
    crm.expire_all()
    found = await standing(crm, other)
    assert (found.joined_at, found.balance) == (YEARS_AGO, 30)
    await undoing.undo(crm, actor=SYSTEM, merge_id=merge_id)
    crm.expire_all()
    assert (await standing(crm, other)).joined_at > YEARS_AGO and (await standing(crm, marie)).balance == 30
