"""Service contracts: what a customer is entitled to, and what was used of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars.values import name as checked_name
from crm_backend.cases.model import Case
from crm_backend.customers.model import Customer
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.events import services as events
from crm_backend.service_levels.model import ContractUse, ServiceContract

FIELDS = ("name", "valid_from", "valid_until", "included_cases", "included_minutes", "active")
MOST_CASES, MOST_MINUTES = 1_000_000, 10_000_000
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Used:
    """What was used of a contract."""

    cases: int
    minutes: int

    def up(self, contract: ServiceContract) -> bool:
        """Whether nothing more is included."""
        return any(
            most is not None and used >= most
            for used, most in ((self.cases, contract.included_cases), (self.minutes, contract.included_minutes))
        )


async def of_case(session: AsyncSession, case: Case) -> UUID | None:
    """The contract that a case counts on, and from now on does if it is the customer's and has room: the one that ends
    first. It has to be valid on the day the case was opened (in UTC). A case keeps its contract once it has one, for as
    long as its customer is the same."""
    found = (
        await session.execute(
            select(ContractUse, ServiceContract.customer_id)
            .join(ServiceContract, ServiceContract.id == ContractUse.contract_id)
            .where(ContractUse.case_id == case.id)
        )
    ).first()
    if found is not None:
        use, customer_id = found.tuple()
        if customer_id == case.customer_id:
            return use.contract_id
        await session.delete(use)
        await session.flush()
    if case.customer_id is None:
        return None
    for contract in await _valid(session, case.customer_id, case.created_at.astimezone(UTC).date()):
        before = await used(session, contract.id)
        if before.up(contract):
            continue
        await session.execute(
            upsert(ContractUse).values(case_id=case.id, contract_id=contract.id).on_conflict_do_nothing()
        )
        await _tell_if_up(session, contract, before, Used(before.cases + 1, before.minutes))
        return contract.id
    return None


async def record_work(session: AsyncSession, case_id: UUID, *, actor: Actor, minutes: int) -> Used:
    """Counts minutes of work on a case against its contract; what is used of that now. Negative minutes take back what
    was counted too much. Raises Invalid, NotNow (no contract), NotAllowed."""
    actor.need("cases.write")
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= abs(minutes) <= 1440:
        raise Invalid("minutes", "not_minutes", most=1440)
    use = await session.get(ContractUse, case_id)
    if use is None:
        raise NotNow("no_contract")
    contract = await _locked(session, use.contract_id)
    await session.refresh(use, with_for_update=True)
    before = await used(session, contract.id)
    if use.minutes + minutes < 0:
        raise Invalid("minutes", "less_than_none")
    use.minutes += minutes
    await session.flush()
    after = Used(before.cases, before.minutes + minutes)
    audit.record(session, actor=actor, action="work_counted", subject=("case", case_id), minutes=minutes)
    await _tell_if_up(session, contract, before, after)
    return after


async def add(session: AsyncSession, *, actor: Actor, customer_id: UUID, fields: Mapping[str, Any]) -> ServiceContract:
    """A contract of a customer, from `FIELDS`. Raises NotFound, Invalid, NotAllowed."""
    actor.need("service_levels.configure")
    if await session.get(Customer, customer_id) is None:
        raise NotFound("no such customer")
    contract = ServiceContract(customer_id=customer_id, active=True)
    _set(contract, {"valid_until": None, "included_cases": None, "included_minutes": None, **fields})
    for field in ("name", "valid_from"):
        if getattr(contract, field) is None:
            raise Invalid(field, "missing")
    session.add(contract)
    await session.flush()
    audit.record(session, actor=actor, action="added", subject=("contract", contract.id), new=_told(contract))
    return contract


async def change(
    session: AsyncSession, contract_id: UUID, *, actor: Actor, changes: Mapping[str, Any], version: int | None = None
) -> ServiceContract:
    """Changes a contract for cases to come; those that count on it already go on doing so. Raises NotFound, Stale,
    Invalid, NotAllowed."""
    actor.need("service_levels.configure")
    contract = await _locked(session, contract_id)
    expect(contract, version)
    old = _told(contract)
    _set(contract, changes)
    await session.flush()
    audit.record(
        session, actor=actor, action="changed", subject=("contract", contract.id), old=old, new=_told(contract)
    )
    return contract


def listed(
    actor: Actor, *, customer_id: UUID | None = None, active: bool | None = None
) -> Select[tuple[ServiceContract]]:
    """The contracts, to be sorted and paged. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(ServiceContract)
    if customer_id is not None:
        query = query.where(ServiceContract.customer_id == customer_id)
    return query if active is None else query.where(ServiceContract.active.is_(active))


async def one(session: AsyncSession, contract_id: UUID, *, actor: Actor) -> ServiceContract:
    """A contract. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    if (contract := await session.get(ServiceContract, contract_id)) is None:
        raise NotFound("no such contract")
    return contract


async def used(session: AsyncSession, contract_id: UUID) -> Used:
    """What was used of a contract."""
    row = await session.execute(
        select(func.count(), func.coalesce(func.sum(ContractUse.minutes), 0)).where(
            ContractUse.contract_id == contract_id
        )
    )
    cases, minutes = row.one()
    return Used(cases, minutes)


async def _valid(session: AsyncSession, customer_id: UUID, day: date) -> list[ServiceContract]:
    """Locked, so that the last included case is not given twice."""
    return list(
        await session.scalars(
            select(ServiceContract)
            .where(
                ServiceContract.customer_id == customer_id,
                ServiceContract.active,
                ServiceContract.valid_from <= day,
                or_(ServiceContract.valid_until.is_(None), ServiceContract.valid_until >= day),
            )
            .order_by(ServiceContract.valid_until.asc().nulls_last(), ServiceContract.id)
            .with_for_update(key_share=True)
        )
    )


async def _tell_if_up(session: AsyncSession, contract: ServiceContract, before: Used, after: Used) -> None:
    if after.up(contract) and not before.up(contract):
        data = {"customer_id": str(contract.customer_id), "cases": after.cases, "minutes": after.minutes}
        await events.emit(session, kind="contract.exhausted", subject=("contract", contract.id), data=data)


async def _locked(session: AsyncSession, contract_id: UUID) -> ServiceContract:
    found = await session.get(ServiceContract, contract_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such contract")
    return found


def _set(contract: ServiceContract, given: Mapping[str, Any]) -> None:
    for field, value in given.items():
        if field not in FIELDS:
            raise Invalid(field, "unknown_field")
        setattr(contract, field, _checked(field, value))
    if contract.valid_until is not None and contract.valid_from and contract.valid_until < contract.valid_from:
        raise Invalid("valid_until", "ends_before_it_begins")


def _checked(field: str, value: Any) -> Any:
    if field == "name":
        return checked_name(value)
    if field == "active":
        if not isinstance(value, bool):
            raise Invalid(field, "not_yes_or_no")
        return value
    if field.startswith("valid_"):
        if value is None and field == "valid_until":
            return None
        if type(value) is not date or not _EARLIEST <= value <= _LATEST:
            raise Invalid(field, "not_a_date")
        return value
    most = MOST_CASES if field == "included_cases" else MOST_MINUTES
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most):
        raise Invalid(field, "not_a_number", most=most)
    return value


def _told(contract: ServiceContract) -> dict[str, Any]:
    told = {field: getattr(contract, field) for field in FIELDS if field != "name"}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}
