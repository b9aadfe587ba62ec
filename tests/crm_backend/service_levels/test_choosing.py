"""Which policy is for whom, and what contracts entitle to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE, Actor
from crm_backend.errors import Conflict, Invalid, NotAllowed, NotNow, Stale
from crm_backend.events.model import Event
from crm_backend.segments import services as segments
from crm_backend.service_levels import contracts, policies
from crm_backend.service_levels.choosing import Traits, most_specific
from crm_backend.service_levels.model import ServicePolicy
from tests.crm_backend.service_levels import house
from tests.crm_backend.service_levels.house import MONDAY

CONTRACT, SEGMENT = uuid4(), uuid4()
FITS = {
    "contract_id": CONTRACT,
    "segment_id": SEGMENT,
    "type_key": "incident",
    "priority": "urgent",
    "channel": "mail",
}
TRAITS = Traits("incident", "urgent", "mail", CONTRACT, frozenset({SEGMENT}))
ORDER = list(FITS)


def policy(conditions: set[str], rank: int = 100, **more: object) -> ServicePolicy:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    fields = {"id": uuid4(), "enabled": True, "rank": rank, "created_at": at}
    return ServicePolicy(**fields, **{name: FITS[name] for name in conditions}, **more)


@given(st.lists(st.tuples(st.sets(st.sampled_from(ORDER)), st.integers(0, 3)), min_size=1, max_size=8))
def test_the_most_specific_wins_in_whatever_order_they_come(drawn: list[tuple[set[str], int]]) -> None:
    found = [policy(conditions, rank) for conditions, rank in drawn]
    chosen = most_specific(found, TRAITS)
    assert chosen is most_specific(found[::-1], TRAITS) is not None
    # A contract before a segment before a type, and so on: as numbers are read.
    best = max([name in conditions for name in ORDER] for conditions, _ in drawn)
    assert [getattr(chosen, name) is not None for name in ORDER] == best


@pytest.mark.parametrize("name", ORDER)
def test_one_condition_that_fails_is_enough(name: str) -> None:
    other = Traits(
        **{
            "type_key": "question",
            "priority": "low",
            "channel": None,
            "contract_id": None,
            "segments": frozenset(),
            **{
                each: (frozenset({SEGMENT}) if each == "segment_id" else FITS[each])
                for each in ("type_key", "priority", "channel", "contract_id")
                if each != name
            },
            **({} if name == "segment_id" else {"segments": frozenset({SEGMENT})}),
        }
    )
    assert most_specific([policy(set(ORDER))], other) is None
    assert most_specific([policy(set(ORDER))], TRAITS) is not None


def test_a_policy_that_is_switched_off_is_for_nobody() -> None:
    off = policy(set())
    off.enabled = False
    assert most_specific([off], TRAITS) is None


async def test_a_segments_policy_is_for_its_members(crm: AsyncSession) -> None:
    calendar = await house.calendar(crm)
    english = {"field": "language", "op": "is", "value": "en"}
    rule = {"all": [english]}
    segment = await segments.add(crm, COMMAND_LINE, name="English", rule=rule)
    await house.policy(crm, calendar.id)
    await house.policy(crm, calendar.id, "For the English", segment_id=segment.id, first_response=10)
    for language, minutes in (("en", 10), ("fr", 60)):
        case = await house.case(crm, customer_id=(await house.customer(crm, language=language)).id)
        assert (await house.clock(crm, case, "first_response")).target == minutes


async def contract(session: AsyncSession, **more: object) -> tuple[object, object]:
    customer = await house.customer(session)
    fields = {"name": "Gold", "valid_from": date(2026, 1, 1), **more}
    made = await contracts.add(session, actor=COMMAND_LINE, customer_id=customer.id, fields=fields)
    calendar = await house.calendar(session)
    await house.policy(session, calendar.id)
    await house.policy(session, calendar.id, "Gold", contract_id=made.id, first_response=15)
    return customer, made


async def test_a_contract_has_its_own_targets_until_it_is_used_up(crm: AsyncSession) -> None:
    customer, _ = await contract(crm, included_cases=2)
    targets = []
    for _ in range(3):
        case = await house.case(crm, customer_id=customer.id)
        targets.append((await house.clock(crm, case, "first_response")).target)
    assert targets == [15, 15, 60]
    told = await crm.scalars(select(Event.data).where(Event.kind == "contract.exhausted"))
    assert [(data["cases"], data["minutes"]) for data in told] == [(2, 0)]


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"valid_until": date(2026, 11, 15)}, 60),
        ({"valid_until": date(2026, 11, 16)}, 15),
        ({"valid_from": date(2026, 11, 17)}, 60),
        ({"active": False}, 60),
        ({"included_minutes": 0}, 60),
    ],
)
async def test_a_contract_counts_on_its_days_only(crm: AsyncSession, fields: dict[str, object], target: int) -> None:
    customer, _ = await contract(crm, **fields)
    case = await house.case(crm, MONDAY, customer_id=customer.id)
    assert (await house.clock(crm, case, "first_response")).target == target


async def test_work_is_counted_and_uses_the_contract_up(crm: AsyncSession) -> None:
    customer, _ = await contract(crm, included_minutes=60)
    case = await house.case(crm, customer_id=customer.id)
    assert await contracts.record_work(crm, case.id, actor=COMMAND_LINE, minutes=70) == contracts.Used(1, 70)
    later = await house.case(crm, customer_id=customer.id)
    assert (await house.clock(crm, later, "first_response")).target == 60
    with pytest.raises(NotNow):
        await contracts.record_work(crm, later.id, actor=COMMAND_LINE, minutes=5)
    with pytest.raises(Invalid):
        await contracts.record_work(crm, case.id, actor=COMMAND_LINE, minutes=-71)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_response": None, "next_response": None, "resolution": None}, "first_response"),
        ({"first_response": 0}, "first_response"),
        ({"resolution": 10**9}, "resolution"),
        ({"first_response": True}, "first_response"),
        ({"calendar_id": uuid4()}, "calendar_id"),
        ({"type_key": "moon"}, "type_key"),
        ({"type_key": "a\0"}, "type_key"),
        ({"segment_id": uuid4()}, "segment_id"),
        ({"priority": "extreme"}, "priority"),
        ({"warn_percent": 101}, "warn_percent"),
        ({"on_breach": [{"do": "explode"}]}, "on_breach.0.do"),
        ({"name": "\n"}, "name"),
        ({"moon": 1}, "moon"),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(
    crm: AsyncSession, fields: dict[str, object], field: str
) -> None:
    calendar = await house.calendar(crm)
    with pytest.raises(Invalid) as refused:
        await house.policy(crm, **{"calendar_id": calendar.id, **fields})
    assert refused.value.field == field


async def test_policies_are_guarded(crm: AsyncSession) -> None:
    calendar = await house.calendar(crm)
    made = await house.policy(crm, calendar.id)
    with pytest.raises(Conflict):
        await house.policy(crm, calendar.id, "EVERYBODY")
    with pytest.raises(NotAllowed):
        await policies.change(crm, made.id, actor=Actor("agent:1"), changes={})
    with pytest.raises(Stale):
        await policies.change(crm, made.id, actor=COMMAND_LINE, changes={}, version=9)
    await house.case(crm)
    with pytest.raises(NotNow):
        await policies.remove(crm, made.id, actor=COMMAND_LINE)
