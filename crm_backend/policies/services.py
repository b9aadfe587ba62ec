"""Setting policies, and reading those that were in force at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.catalogue.model import Product
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.orders import values
from crm_backend.policies import kinds
from crm_backend.policies.model import Policy

Kind = TypeVar("Kind", bound=kinds.Parameters)
Scope = tuple[str, str, UUID | None]
"""What a rule is of: its kind, and a category or a product, or neither."""
_NAMES = {model: name for name, model in kinds.KINDS.items()}


class Book:
    """The policies in force at one instant."""

    def __init__(self, rules: Mapping[Scope, Any]) -> None:
        self._rules = rules

    def of(self, kind: type[Kind], *, category: str = "", product_id: UUID | None = None) -> Kind:
        """The nearest rule: the product's own, else its category's, else everybody's, else the default."""
        name = _NAMES[kind]
        for key in ((name, "", product_id), (name, category, None), (name, "", None)):
            if (found := self._rules.get(key)) is not None:
                return kind.model_validate(found)
        return kind()

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone: its days begin and end there."""
        return ZoneInfo(self.of(kinds.Company).time_zone)


async def in_force(session: AsyncSession, at: datetime) -> Book:
    """What held at that instant: an order is dealt with by the rules of the day it was placed. One query."""
    rows = await session.execute(
        select(Policy.kind, Policy.category, Policy.product_id, Policy.parameters).where(
            Policy.valid_from <= at, or_(Policy.valid_to.is_(None), Policy.valid_to > at)
        )
    )
    return Book({(kind, category, product): parameters for kind, category, product, parameters in rows.tuples()})


async def add(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: str,
    parameters: Mapping[str, Any],
    category: str = "",
    product_id: UUID | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Policy:
    """Sets a rule from an instant on (now, without one). Raises Invalid, and NotNow when another holds meanwhile."""
    actor.need("policies.configure")
    checked = check(kind, parameters)
    category = values.text("category", category)
    if (category or product_id) and kind not in kinds.BY_PRODUCT:
        raise Invalid("category" if category else "product_id", "policy_for_all")
    if category and product_id:
        raise Invalid("product_id", "category_or_product")
    if product_id is not None and await session.get(Product, product_id) is None:
        raise Invalid("product_id", "unknown_product")
    start = _instant("valid_from", valid_from) or utc_now()
    end = _instant("valid_to", valid_to)
    if end is not None and end <= start:
        raise Invalid("valid_to", "before_start")
    policy = Policy(
        kind=kind, parameters=checked, category=category, product_id=product_id, valid_from=start, valid_to=end
    )
    session.add(policy)
    await _flushed(session)
    audit.record(session, actor=actor, action="set", subject=("policy", policy.id), new=_told(policy), plain=_OURS)
    return policy


async def change(
    session: AsyncSession,
    policy_id: UUID,
    *,
    actor: Actor,
    version: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    valid_to: datetime | None = None,
) -> Policy:
    """Ends a rule, or, before its first day, says it anew. Raises NotFound, Stale, Invalid, and NotNow for one that
    orders have been placed under: it is ended, and another set."""
    policy = await _locked(session, policy_id, actor=actor, version=version)
    old = _told(policy)
    if parameters is not None:
        if policy.valid_from <= utc_now():
            raise NotNow("policy_in_force")
        policy.parameters = check(policy.kind, parameters)
    if valid_to is not None:
        end = _instant("valid_to", valid_to)
        if end is None or end <= policy.valid_from:
            raise Invalid("valid_to", "before_start")
        policy.valid_to = end
    await _flushed(session)
    audit.record(
        session, actor=actor, action="changed", subject=("policy", policy.id), old=old, new=_told(policy), plain=_OURS
    )
    return policy


async def remove(session: AsyncSession, policy_id: UUID, *, actor: Actor, version: int | None = None) -> None:
    """Forgets a rule that has not begun. Raises NotFound, Stale, and NotNow for any other."""
    policy = await _locked(session, policy_id, actor=actor, version=version)
    if policy.valid_from <= utc_now():
        raise NotNow("policy_in_force")
    audit.record(session, actor=actor, action="removed", subject=("policy", policy.id), old=_told(policy), plain=_OURS)
    await session.delete(policy)
    await session.flush()


def check(kind: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with the defaults of those left out, as they are stored. Raises Invalid."""
    model = kinds.KINDS.get(kind)
    if model is None:
        raise Invalid("kind", "not_choice", expected=", ".join(kinds.KINDS))
    try:
        made = model.model_validate(dict(parameters))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(["parameters", *map(str, first["loc"])])
        raise Invalid(where, "unknown_field" if first["type"] == "extra_forbidden" else "wrong_parameter") from error
    found = made.model_dump(mode="json")
    for name, value in found.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                values.text(f"parameters.{name}", each, longest=500)
    return found


async def _locked(session: AsyncSession, policy_id: UUID, *, actor: Actor, version: int | None) -> Policy:
    actor.need("policies.configure")
    policy = await session.get(Policy, policy_id, with_for_update=True, populate_existing=True)
    if policy is None:
        raise NotFound("no such policy")
    expect(policy, version)
    return policy


async def _flushed(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if "ex_policies_one_at_a_time" not in str(error.orig):
            raise
        raise NotNow("policy_overlaps") from error


def _instant(field: str, value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise Invalid(field, "no_time_zone")
    if not 2000 <= value.year <= 2100:
        raise Invalid(field, "year_out_of_range")
    return value


_OURS = ("kind", "parameters", "category")


def _told(policy: Policy) -> dict[str, object]:
    names = (*_OURS, "product_id", "valid_from", "valid_to")
    return {name: getattr(policy, name) for name in names}
