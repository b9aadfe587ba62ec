"""Policies as an administrator keeps them, with a version for every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.calendars import naming
from crm_backend.calendars.model import Calendar
from crm_backend.calendars.values import name as checked_name
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import PRIORITIES, CaseType
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.rules.actions import checked as checked_actions
from crm_backend.rules.actions import may_say, word
from crm_backend.segments.model import Segment
from crm_backend.service_levels import clocks
from crm_backend.service_levels.model import KINDS, CaseClock, ServiceContract, ServicePolicy, ServicePolicyVersion

CONDITIONS = ("contract_id", "segment_id", "type_key", "priority", "channel")
TERMS = ("calendar_id", *KINDS, "warn_percent", "pause_on_third_party", "bot_counts", "on_warning", "on_breach")
FIELDS = ("name", "enabled", "rank", *CONDITIONS, *TERMS)
LONGEST_TARGET = 525_600
"""Minutes: a year around the clock."""


async def add(session: AsyncSession, *, actor: Actor, fields: Mapping[str, Any]) -> ServicePolicy:
    """A new policy, from `FIELDS`; it is for cases to come. Raises Invalid, Conflict (the name is in use),
    NotAllowed."""
    actor.need("service_levels.configure")
    for field in ("name", "calendar_id"):
        if fields.get(field) is None:
            raise Invalid(field, "missing")
    policy = ServicePolicy(
        enabled=True,
        rank=100,
        warn_percent=80,
        pause_on_third_party=False,
        bot_counts=False,
        on_warning=[],
        on_breach=[],
    )
    await _set(session, policy, fields)
    await may_say(session, actor, policy.on_warning, field="on_warning")
    await may_say(session, actor, policy.on_breach, field="on_breach")
    await _stored(session, policy, actor)
    audit.record(session, actor=actor, action="added", subject=("service_policy", policy.id), new=told(policy))
    return policy


async def change(
    session: AsyncSession,
    policy_id: UUID,
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    version: int | None = None,
    recompute: bool = False,
) -> tuple[ServicePolicy, int]:
    """Changes a policy, and leaves a version. Clocks that run keep what was promised when they began, unless
    `recompute` asks that those of this policy's cases count by what is promised now.

    Gives the policy, and how many cases were counted anew. Raises NotFound, Stale, Invalid, Conflict, NotAllowed.
    """
    actor.need("service_levels.configure")
    policy = await _locked(session, policy_id)
    expect(policy, version)
    old = told(policy)
    await _set(session, policy, changes)
    if {"on_warning", "on_breach"} & changes.keys():
        await may_say(session, actor, policy.on_warning, field="on_warning")
        await may_say(session, actor, policy.on_breach, field="on_breach")
    if told(policy) != old:
        await _stored(session, policy, actor)
        subject = ("service_policy", policy.id)
        audit.record(session, actor=actor, action="changed", subject=subject, old=old, new=told(policy))
    return policy, await _recompute(session, policy.id) if recompute else 0


async def remove(session: AsyncSession, policy_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Deletes a policy that no clock names; one that was in use is switched off instead (`enabled`). Raises NotFound,
    Stale, NotNow, NotAllowed."""
    actor.need("service_levels.configure")
    policy = await _locked(session, policy_id)
    expect(policy, version)
    if await session.scalar(select(CaseClock.id).where(CaseClock.policy_id == policy.id).limit(1)):
        raise NotNow("policy_in_use")
    audit.record(session, actor=actor, action="removed", subject=("service_policy", policy.id), old=told(policy))
    await session.delete(policy)
    await session.flush()


async def versions(session: AsyncSession, policy_id: UUID, *, actor: Actor) -> list[ServicePolicyVersion]:
    """What a policy said over time, the newest first. Raises NotFound, NotAllowed."""
    await one(session, policy_id, actor=actor)
    query = select(ServicePolicyVersion).where(ServicePolicyVersion.policy_id == policy_id)
    return list(await session.scalars(query.order_by(ServicePolicyVersion.number.desc()).limit(200)))


def listed(actor: Actor, *, enabled: bool | None = None) -> Select[tuple[ServicePolicy]]:
    """The policies, to be sorted and paged. Raises NotAllowed."""
    actor.need("cases.read")
    query = select(ServicePolicy)
    return query if enabled is None else query.where(ServicePolicy.enabled.is_(enabled))


async def one(session: AsyncSession, policy_id: UUID, *, actor: Actor) -> ServicePolicy:
    """A policy. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    if (policy := await session.get(ServicePolicy, policy_id)) is None:
        raise NotFound("no such policy")
    return policy


def told(policy: ServicePolicy) -> dict[str, Any]:
    """What a policy says, as JSON."""
    found = {field: getattr(policy, field) for field in FIELDS}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in found.items()}


async def _recompute(session: AsyncSession, policy_id: UUID) -> int:
    theirs = select(CaseClock.case_id).where(
        CaseClock.policy_id == policy_id, CaseClock.state.in_(("running", "paused"))
    )
    # In the order in which everybody locks cases, so that none waits for another.
    cases = await session.scalars(select(Case).where(Case.id.in_(theirs)).order_by(Case.id).with_for_update())
    found = cases.all()
    for case in found:
        await clocks.choose_again(session, case, now=utc_now())
    await session.flush()
    return len(found)


async def _locked(session: AsyncSession, policy_id: UUID) -> ServicePolicy:
    found = await session.get(ServicePolicy, policy_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such policy")
    return found


async def _stored(session: AsyncSession, policy: ServicePolicy, actor: Actor) -> None:
    await naming.free(session, ServicePolicy, policy.name, own=policy.id)
    session.add(policy)
    await session.flush()
    session.add(ServicePolicyVersion(policy_id=policy.id, number=policy.version, terms=told(policy), actor=actor.name))
    await session.flush()


async def _set(session: AsyncSession, policy: ServicePolicy, given: Mapping[str, Any]) -> None:
    for field, value in given.items():
        if field not in FIELDS:
            raise Invalid(field, "unknown_field")
        setattr(policy, field, await _checked(session, field, value))
    if all(getattr(policy, kind) is None for kind in KINDS):
        raise Invalid("first_response", "no_target")


async def _checked(session: AsyncSession, field: str, value: Any) -> Any:
    if field in _TABLES:
        return await _existing(session, field, value)
    if field == "name":
        return checked_name(value)
    if field in ("on_warning", "on_breach"):
        return checked_actions(value, field, least=0)
    if field in ("enabled", "pause_on_third_party", "bot_counts"):
        if not isinstance(value, bool):
            raise Invalid(field, "not_yes_or_no")
        return value
    if field == "channel":
        return None if value is None else word(value, field)
    if field == "priority":
        if value is not None and value not in PRIORITIES:
            raise Invalid(field, "not_choice", expected=", ".join(PRIORITIES))
        return value
    return _number(field, value)


_TABLES = {
    "calendar_id": Calendar,
    "contract_id": ServiceContract,
    "segment_id": Segment,
    "type_key": CaseType,
}


async def _existing(session: AsyncSession, field: str, value: Any) -> Any:
    if value is None and field != "calendar_id":
        return None
    right = isinstance(value, str) and value.isprintable() if field == "type_key" else isinstance(value, UUID)
    if not right or await session.get(_TABLES[field], value) is None:
        raise Invalid(field, "no_such_thing")
    return value


def _number(field: str, value: Any) -> int | None:
    if value is None and field in KINDS:
        return None
    least, most = {"rank": (0, 10_000), "warn_percent": (1, 100)}.get(field, (1, LONGEST_TARGET))
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(field, "not_between", least=least, most=most)
    return value
