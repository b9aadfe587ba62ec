"""Households and companies: who belongs together, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.model import Customer
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.records import GROUP_KINDS, Group, Member
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

ROLES: dict[str, dict[str, dict[str, str]]] = {
    "household": {
        "head": {"fr": "Responsable", "en": "Head"},
        "partner": {"fr": "Conjoint", "en": "Partner"},
        "child": {"fr": "Enfant", "en": "Child"},
        "member": {"fr": "Membre", "en": "Member"},
    },
    "company": {
        "contact": {"fr": "Interlocuteur", "en": "Contact"},
        "buyer": {"fr": "Acheteur", "en": "Buyer"},
        "billing": {"fr": "Comptabilité", "en": "Billing"},
        "manager": {"fr": "Direction", "en": "Manager"},
    },
}
MOST_MEMBERS, MOST_GROUPS = 500, 20
FIELDS = ("kind", "name", "external_id")


@dataclass(frozen=True)
class Place:
    """Somebody's place in a group."""

    member: Member
    name: str


async def create(session: AsyncSession, *, actor: Actor, values: Mapping[str, Any]) -> Group:
    """A new group with these of FIELDS, `kind` and `name` at least. Raises Invalid."""
    actor.need("customers.write")
    for name in ("kind", "name"):
        if name not in values:
            raise Invalid(name, "missing")
    group = Group(**await _checked(session, values, None))
    session.add(group)
    await session.flush()
    audit.record(session, actor=actor, action="created", subject=("group", group.id), new=dict(values))
    return group


async def change(
    session: AsyncSession, *, actor: Actor, group_id: UUID, values: Mapping[str, Any], version: int | None = None
) -> Group:
    """The group with another name or number; its kind stays. Raises NotFound, Stale, Invalid."""
    actor.need("customers.write")
    group = await _locked(session, group_id)
    expect(group, version)
    checked = await _checked(session, values, group)
    old = {name: getattr(group, name) for name in checked}
    for name, value in checked.items():
        setattr(group, name, value)
    await session.flush()
    audit.record(session, actor=actor, action="changed", subject=("group", group_id), old=old, new=checked)
    return group


async def remove(session: AsyncSession, *, actor: Actor, group_id: UUID, version: int | None = None) -> None:
    """Dissolves the group; its members stay customers. Raises NotFound, Stale."""
    actor.need("customers.write")
    group = await _locked(session, group_id)
    expect(group, version)
    kind = group.kind
    await session.delete(group)
    await session.flush()
    audit.record(session, actor=actor, action="removed", subject=("group", group_id), old={"kind": kind})


async def join(session: AsyncSession, *, actor: Actor, group_id: UUID, customer_id: UUID, role: str) -> Member:
    """Puts a customer into a group, or gives a member another role.

    Raises NotFound, Invalid, NotNow (`enough_there`).
    """
    actor.need("customers.write")
    group = await _locked(session, group_id)
    if role not in ROLES[group.kind]:
        raise Invalid("role", "not_choice", expected=", ".join(ROLES[group.kind]))
    customer = await locked(session, customer_id)
    member = await session.get(Member, (group_id, customer_id), populate_existing=True)
    old = {"role": member.role} if member else None
    if member is None:
        for column, value, most in (
            (Member.group_id, group_id, MOST_MEMBERS),
            (Member.customer_id, customer_id, MOST_GROUPS),
        ):
            if (await session.scalar(select(func.count()).where(column == value)) or 0) >= most:
                raise NotNow("enough_there", most=most)
        member = Member(group_id=group_id, customer_id=customer_id, role=role)
        session.add(member)
    member.role = role
    touch(customer)
    await session.flush()
    subject = ("customer", customer_id)
    told = {"role": role}
    audit.record(session, actor=actor, action="joined_group", subject=subject, old=old, new=told, group=str(group_id))
    return member


async def leave(session: AsyncSession, *, actor: Actor, group_id: UUID, customer_id: UUID) -> None:
    """Takes a customer out of a group. Raises NotFound."""
    actor.need("customers.write")
    member = await session.get(Member, (group_id, customer_id), with_for_update=True, populate_existing=True)
    if member is None:
        raise NotFound("no such member")
    customer = await locked(session, customer_id)
    old = {"role": member.role}
    await session.delete(member)
    touch(customer)
    await session.flush()
    subject = ("customer", customer_id)
    audit.record(session, actor=actor, action="left_group", subject=subject, old=old, group=str(group_id))


async def members(session: AsyncSession, *, actor: Actor, group_id: UUID) -> list[Place]:
    """Who is in the group. Raises NotFound."""
    actor.need("customers.read")
    if await session.get(Group, group_id) is None:
        raise NotFound("no such group")
    rows = await session.execute(
        select(Member, Customer.first_name, Customer.last_name)
        .join(Customer, Customer.id == Member.customer_id)
        .where(Member.group_id == group_id)
        .order_by(Member.since, Member.customer_id)
    )
    return [Place(member, f"{first} {last}".strip()) for member, first, last in rows]


async def _checked(session: AsyncSession, values: Mapping[str, Any], before: Group | None) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name == "kind":
            if value not in GROUP_KINDS:
                raise Invalid("kind", "not_choice", expected=", ".join(GROUP_KINDS))
            if before is not None and before.kind != value:
                raise Invalid("kind", "kind_stays")
            checked[name] = value
        elif name == "name":
            checked[name] = checks.text("name", value, needed=True)
        elif name == "external_id":
            checked[name] = None if value is None else checks.text("external_id", value, longest=120, needed=True)
            holder = await session.scalar(select(Group.id).where(Group.external_id == checked[name]))
            if checked[name] is not None and holder is not None and (before is None or holder != before.id):
                raise Invalid("external_id", "taken", holder=str(holder))
        else:
            raise Invalid(name, "unknown_field")
    return checked


async def _locked(session: AsyncSession, group_id: UUID) -> Group:
    found: Group | None = await session.scalar(
        select(Group).where(Group.id == group_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such group")
    return found
