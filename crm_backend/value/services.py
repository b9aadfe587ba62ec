"""Customers' value: kept up to date as orders change, computed anew on a schedule, and what people decide of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.model import Customer
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotFound
from crm_backend.segments import services as segments
from crm_backend.segments.sql import Scope
from crm_backend.value import figures, objections, prediction, rules, scores, settings, stages
from crm_backend.value.model import CustomerValue, StageChange, ValueModel, ValueRun, ValueSettings
from crm_backend.value.prediction import Models

BATCH = 1_000
"""Customers computed in one transaction."""
LONGEST_NOTE = 500
_TRY_ALONE = text("select pg_try_advisory_xact_lock(7235204)")
_ALONE = text("select pg_advisory_xact_lock(7235204)")


async def refresh_changed(session: AsyncSession, *, now: datetime | None = None, limit: int = BATCH) -> int:
    """Computes the customers whose orders changed, `limit` changes at most; how many customers there were. Zero, too,
    while another server is at it: it sees to them."""
    if not await session.scalar(_TRY_ALONE):
        return 0
    ids = await figures.take_changed(session, limit=limit)
    if ids:
        await refresh(session, ids, now=now or utc_now())
    return len(ids)


async def any_changed(session: AsyncSession) -> bool:
    """Whether there is anything for `refresh_changed`."""
    return bool(await session.scalar(text("select exists (select from changed_customers)")))


async def alone(session: AsyncSession) -> None:
    """Waits until nobody else computes; until the transaction ends nobody will. Two who wrote the same customers in
    different orders would wait for each other."""
    await session.execute(_ALONE)


async def refresh(session: AsyncSession, ids: Sequence[UUID], *, now: datetime) -> None:
    """Computes all that is known of these customers, with the fifths and the models as they were last found."""
    chosen = await settings.get(session)
    await figures.compute(session, ids, window_days=chosen.window_days, now=now)
    await _interpret(session, ids, chosen, await prediction.latest(session), now)


async def _interpret(
    session: AsyncSession, ids: Sequence[UUID], chosen: ValueSettings, models: Models, now: datetime
) -> None:
    ids = await objections.honour(session, ids)
    await scores.compute(session, ids)
    await prediction.compute(session, ids, models=models, settings=chosen, now=now)
    known = await segments.fields(session)
    await stages.compute(
        session,
        ids,
        rules=rules.stage_rules(chosen, known),
        vip=rules.vip_rule(chosen, known),
        scope=Scope(now, list(ids)),
    )


async def page_of_customers(session: AsyncSession, *, after: UUID | None, limit: int = BATCH) -> list[UUID]:
    """The next customers in the order of their identifiers."""
    query = select(Customer.id).order_by(Customer.id).limit(limit)
    return list(await session.scalars(query if after is None else query.where(Customer.id > after)))


async def refresh_figures(session: AsyncSession, ids: Sequence[UUID], *, now: datetime) -> None:
    """The first half of the nightly round, before fifths are found anew: figures alone."""
    chosen = await settings.get(session)
    await figures.compute(session, ids, window_days=chosen.window_days, now=now)


async def refit(session: AsyncSession, *, now: datetime) -> None:
    """Between its halves: where the fifths lie, and the models."""
    await scores.cut(session, now=now)
    await prediction.fit(session, now=now)


async def reinterpret(session: AsyncSession, ids: Sequence[UUID], *, now: datetime) -> None:
    """The second half: scores, what is foretold, stages and VIPs."""
    await _interpret(session, ids, await settings.get(session), await prediction.latest(session), now)


async def everything(session: AsyncSession, *, now: datetime) -> int:
    """The whole round in the caller's transaction, for small companies; how many customers."""
    await alone(session)
    # First: what changes from here on is seen to again.
    await figures.take_changed(session, limit=2**31)
    ids: list[UUID] = []
    while page := await page_of_customers(session, after=ids[-1] if ids else None):
        ids += page
    pages = [ids[at : at + BATCH] for at in range(0, len(ids), BATCH)]
    for page in pages:
        await refresh_figures(session, page, now=now)
    await refit(session, now=now)
    for page in pages:
        await reinterpret(session, page, now=now)
    return len(ids)


async def of(session: AsyncSession, actor: Actor, customer_id: UUID) -> CustomerValue:
    """What is known of a customer's value; of one who was not computed yet, nothing is. Raises NotFound, NotAllowed."""
    actor.need("customers.read")
    found = await session.get(CustomerValue, customer_id, populate_existing=True)
    if found is not None:
        return found
    if await session.get(Customer, customer_id) is None:
        raise NotFound("customer")
    return _nothing_known(customer_id)


async def stage_history(session: AsyncSession, actor: Actor, customer_id: UUID) -> Select[tuple[StageChange]]:
    """The stages a customer came into, for a page of them. Raises NotFound, NotAllowed."""
    actor.need("customers.read")
    if await session.get(Customer, customer_id) is None:
        raise NotFound("customer")
    return select(StageChange).where(StageChange.customer_id == customer_id)


def fits(actor: Actor) -> Select[tuple[ValueModel]]:
    """The models as they were fitted, for a page of them. Raises NotAllowed."""
    actor.need("segments.read")
    return select(ValueModel)


def runs(actor: Actor) -> Select[tuple[ValueRun]]:
    """When what was computed last, for a page of it. Raises NotAllowed."""
    actor.need("segments.read")
    return select(ValueRun)


async def choose_vip(
    session: AsyncSession,
    actor: Actor,
    customer_id: UUID,
    *,
    vip: bool | None,
    note: str = "",
    version: int | None = None,
) -> CustomerValue:
    """Says by hand that a customer is a VIP or is none, or with None that the rule decides.

    Raises NotFound, Stale, Invalid for a note that cannot be kept, NotAllowed.
    """
    actor.need("customers.write")
    if len(note) > LONGEST_NOTE:
        raise Invalid("note", "longer_than", most=LONGEST_NOTE)
    if "\0" in note or any(0xD800 <= ord(letter) < 0xE000 for letter in note):
        raise Invalid("note", "text_unprintable")
    if await session.get(Customer, customer_id) is None:
        raise NotFound("customer")
    # No row yet, or one that the loop makes at this moment.
    made = "insert into customer_values (customer_id) values (:id) on conflict do nothing"
    await session.execute(text(made), {"id": customer_id})
    found = await session.get_one(CustomerValue, customer_id, with_for_update=True, populate_existing=True)
    expect(found, version)
    old = found.vip_by_hand
    found.vip_by_hand, found.vip_note = vip, note
    found.vip_by, found.vip_at = (None, None) if vip is None else (actor.name, utc_now())
    await session.flush()
    audit.record(
        session, actor=actor, action="vip_chosen", subject=("customer", customer_id), old={"vip": old}, new={"vip": vip}
    )
    return found


def _nothing_known(customer_id: UUID) -> CustomerValue:
    return CustomerValue(
        customer_id=customer_id,
        orders=0,
        order_days=0,
        currency_orders=0,
        spent_minor=0,
        window_orders=0,
        window_spent_minor=0,
        vip_by_rule=False,
        vip_note="",
        version=1,
    )
