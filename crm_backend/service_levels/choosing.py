"""Which policy is for a case: the most specific one whose every condition holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases.model import Case
from crm_backend.segments import services as segments
from crm_backend.service_levels import contracts
from crm_backend.service_levels.model import ServicePolicy

WEIGHTS = {"contract_id": 16, "segment_id": 8, "type_key": 4, "priority": 2, "channel": 1}
"""What each condition counts. A contract outweighs everything else together, then a segment, and so on down: no two
sets of conditions weigh the same."""


@dataclass(frozen=True)
class Traits:
    """What policies look at in a case."""

    type_key: str
    priority: str
    channel: str | None
    contract_id: UUID | None = None
    segments: frozenset[UUID] = field(default_factory=frozenset)


def weight(policy: ServicePolicy) -> int:
    """How specific a policy is."""
    return sum(value for name, value in WEIGHTS.items() if getattr(policy, name) is not None)


def holds(policy: ServicePolicy, traits: Traits) -> bool:
    """Whether every condition of a policy is met."""
    wanted = {name: getattr(policy, name) for name in ("contract_id", "type_key", "priority", "channel")}
    if any(value is not None and value != getattr(traits, name) for name, value in wanted.items()):
        return False
    return policy.segment_id is None or policy.segment_id in traits.segments


def most_specific(policies: list[ServicePolicy], traits: Traits) -> ServicePolicy | None:
    """The heaviest policy that holds; among equals the one of lowest rank, then the oldest."""
    fitting = [policy for policy in policies if policy.enabled and holds(policy, traits)]
    return min(fitting, key=lambda each: (-weight(each), each.rank, each.created_at, each.id), default=None)


async def policy_for(session: AsyncSession, case: Case) -> ServicePolicy | None:
    """The policy for a case as it is now; None where nothing is promised. The case may begin to count on a contract."""
    contract_id = await contracts.of_case(session, case)
    policies = list(
        await session.scalars(
            select(ServicePolicy).where(
                ServicePolicy.enabled,
                or_(ServicePolicy.contract_id.is_(None), ServicePolicy.contract_id == contract_id),
                or_(ServicePolicy.type_key.is_(None), ServicePolicy.type_key == case.type_key),
                or_(ServicePolicy.priority.is_(None), ServicePolicy.priority == case.priority),
                or_(ServicePolicy.channel.is_(None), ServicePolicy.channel == case.channel),
            )
        )
    )
    asked = {each.segment_id for each in policies if each.segment_id is not None}
    belongs: frozenset[UUID] = frozenset()
    if asked and case.customer_id is not None:
        belongs = frozenset(await segments.segments_of(session, case.customer_id, only=sorted(asked)))
    return most_specific(policies, Traits(case.type_key, case.priority, case.channel, contract_id, belongs))
