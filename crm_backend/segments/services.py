"""Segments: who is in them, keeping them, and trying a rule before it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.model import Customer
from crm_backend.customers.records import AttributeDefinition
from crm_backend.database import expect, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.segments import rules
from crm_backend.segments.fields import STANDING, Field, attribute_field
from crm_backend.segments.model import Segment
from crm_backend.segments.sql import Scope, condition, customers
from crm_backend.service_levels.model import ServicePolicy

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 1_000
MOST_SEGMENTS = 500
PATIENCE_MS = 5_000
"""How long a rule may be looked up in everybody."""
_CANCELLED = "57014"
UNSET: Any = object()


async def segments_of(
    session: AsyncSession, customer_id: UUID, *, only: Sequence[UUID] | None = None, now: datetime | None = None
) -> list[UUID]:
    """The segments, or of `only` these, that a customer is in now, by name. One query, however many there are."""
    query = select(Segment).order_by(func.lower(Segment.name))
    found = list(await session.scalars(query if only is None else query.where(Segment.id.in_(only))))
    known = await fields(session)
    scope = Scope(now or utc_now(), [customer_id])
    asked = {}
    for segment in found:
        try:
            asked[segment.id] = condition(rules.read(segment.rule, known), scope)
        except Invalid:
            continue
    if not asked:
        return []
    answers = [func.coalesce(each, False) for each in asked.values()]
    row = (await session.execute(customers(*answers).where(Customer.id == customer_id))).first()
    return [segment_id for segment_id, yes in zip(asked, row or (), strict=False) if yes]


async def fields(session: AsyncSession) -> dict[str, Field]:
    """What rules may ask about, by every name that it has."""
    found = {each.name: each for each in STANDING}
    for definition in await session.scalars(select(AttributeDefinition).order_by(AttributeDefinition.position)):
        own = attribute_field(definition)
        found[own.name] = found[own.kept] = own
    return found


async def count(session: AsyncSession, rule: rules.Rule, *, now: datetime | None = None) -> int:
    """How many customers a rule describes now. Raises NotNow when that cannot be told in time."""
    query = customers(func.count()).where(condition(rule, Scope(now or utc_now())))
    async with patience(session):
        return await session.scalar(query) or 0


async def counts(
    session: AsyncSession, actor: Actor, segments: Sequence[Segment], *, now: datetime | None = None
) -> dict[UUID, int]:
    """How many customers are in each of these segments now, by one query; those whose rule is broken are left out.
    Raises NotAllowed, and NotNow when that cannot be told in time."""
    actor.need("segments.read")
    known, scope = await fields(session), Scope(now or utc_now())
    asked = {}
    for segment in segments:
        try:
            asked[segment.id] = customers(func.count()).where(condition(rules.read(segment.rule, known), scope))
        except Invalid:
            continue
    if not asked:
        return {}
    async with patience(session):
        row = (await session.execute(select(*(each.scalar_subquery() for each in asked.values())))).one()
    return dict(zip(asked, row, strict=True))


def members(actor: Actor, rule: rules.Rule, *, now: datetime | None = None) -> Select[tuple[Customer]]:
    """The customers whom a rule describes now, for a page of them; look within `patience`. Raises NotAllowed."""
    actor.need("segments.read", "customers.read")
    return customers(Customer).where(condition(rule, Scope(now or utc_now())))


async def preview(session: AsyncSession, actor: Actor, rule: object) -> tuple[int, list[Customer]]:
    """How many customers a rule describes that is not kept yet, and the first ten. Raises Invalid with the place of
    what is wrong in it, NotAllowed, NotNow."""
    actor.need("segments.read", "customers.read")
    read = rules.read(rule, await fields(session))
    found = await count(session, read)
    async with patience(session):
        return found, list(await session.scalars(members(actor, read).order_by(Customer.id).limit(10)))


def listed(actor: Actor) -> Select[tuple[Segment]]:
    """The segments, for a page of them. Raises NotAllowed."""
    actor.need("segments.read")
    return select(Segment)


async def containing(session: AsyncSession, actor: Actor, customer_id: UUID) -> list[Segment]:
    """The segments that a customer is in now, by name. Raises NotFound, NotAllowed."""
    actor.need("segments.read", "customers.read")
    if await session.get(Customer, customer_id) is None:
        raise NotFound("customer")
    ids = await segments_of(session, customer_id)
    found = {each.id: each for each in await session.scalars(select(Segment).where(Segment.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def shown(segment: Segment, known: Mapping[str, Field]) -> dict[str, Any]:
    """The rule as people write it, with the keys that attributes have now; as it is kept when it is broken."""
    try:
        return rules.written(rules.read(segment.rule, known))
    except Invalid:
        return segment.rule


async def rule_of(session: AsyncSession, segment: Segment, known: Mapping[str, Field] | None = None) -> rules.Rule:
    """The rule of a segment. Raises NotNow when it asks about something that there is no more."""
    try:
        return rules.read(segment.rule, known or await fields(session))
    except Invalid as error:
        raise NotNow("segment_broken", place=error.field) from error


async def get(session: AsyncSession, actor: Actor, segment_id: UUID) -> Segment:
    """A segment. Raises NotFound, NotAllowed."""
    actor.need("segments.read")
    found = await session.get(Segment, segment_id)
    if found is None:
        raise NotFound("segment")
    return found


async def add(session: AsyncSession, actor: Actor, *, name: str, rule: object, description: str = "") -> Segment:
    """Keeps a segment. Raises Invalid with the place of what is wrong, NotAllowed."""
    actor.need("segments.write")
    if (await session.scalar(select(func.count()).select_from(Segment)) or 0) >= MOST_SEGMENTS:
        raise NotNow("too_many_segments", most=MOST_SEGMENTS)
    read = rules.read(rule, await fields(session))
    segment = Segment(
        name=_name(name),
        description=_plain(description, "description", LONGEST_DESCRIPTION),
        rule=rules.written(read, kept=True),
        created_by=actor.name,
    )
    async with _named_alone(session):
        session.add(segment)
    audit.record(
        session,
        actor=actor,
        action="segment_added",
        subject=("segment", segment.id),
        new={"name": segment.name, "rule": segment.rule},
        plain=("name",),
    )
    return segment


async def change(
    session: AsyncSession,
    actor: Actor,
    segment_id: UUID,
    *,
    version: int | None,
    name: str = UNSET,
    rule: object = UNSET,
    description: str = UNSET,
) -> Segment:
    """Changes what is given. Raises NotFound, Stale, Invalid with the place of what is wrong, NotAllowed."""
    actor.need("segments.write")
    segment = await _locked(session, segment_id, version)
    changed: dict[str, Any] = {}
    if name is not UNSET:
        changed["name"] = _name(name)
    if description is not UNSET:
        changed["description"] = _plain(description, "description", LONGEST_DESCRIPTION)
    if rule is not UNSET:
        changed["rule"] = rules.written(rules.read(rule, await fields(session)), kept=True)
    old = {attribute: getattr(segment, attribute) for attribute in changed}
    async with _named_alone(session):
        for attribute, value in changed.items():
            setattr(segment, attribute, value)
    audit.record(
        session,
        actor=actor,
        action="segment_changed",
        subject=("segment", segment.id),
        old=old,
        new=changed,
        plain=("name",),
    )
    return segment


async def remove(session: AsyncSession, actor: Actor, segment_id: UUID, *, version: int | None) -> None:
    """Deletes a segment. Raises NotFound, Stale, NotAllowed, and NotNow while something is decided by it."""
    actor.need("segments.write")
    segment = await _locked(session, segment_id, version)
    used = select(ServicePolicy.id).where(ServicePolicy.segment_id == segment_id).limit(1)
    if await session.scalar(used) is not None:
        raise NotNow("segment_in_use")
    await session.delete(segment)
    await session.flush()
    audit.record(
        session,
        actor=actor,
        action="segment_removed",
        subject=("segment", segment_id),
        old={"name": segment.name, "rule": segment.rule},
        plain=("name",),
    )


@asynccontextmanager
async def patience(session: AsyncSession) -> AsyncIterator[None]:
    """Lets a look at everybody take `PATIENCE_MS` and no longer. Raises NotNow then; the transaction goes on."""
    try:
        async with session.begin_nested():
            await session.execute(text(f"set local statement_timeout = {PATIENCE_MS}"))
            yield
            await session.execute(text("set local statement_timeout to default"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _CANCELLED:
            raise NotNow("segment_too_slow", seconds=PATIENCE_MS // 1000) from error
        raise


async def _locked(session: AsyncSession, segment_id: UUID, version: int | None) -> Segment:
    segment = await session.get(Segment, segment_id, with_for_update=True, populate_existing=True)
    if segment is None:
        raise NotFound("segment")
    expect(segment, version)
    return segment


@asynccontextmanager
async def _named_alone(session: AsyncSession) -> AsyncIterator[None]:
    """Writes what is done within. Raises Invalid where two segments would have one name; the transaction goes on."""
    try:
        async with session.begin_nested():
            yield
            await session.flush()
    except IntegrityError as error:
        raise Invalid("name", "name_taken") from error


def _name(given: object) -> str:
    name = _plain(given, "name", LONGEST_NAME).strip()
    if not name:
        raise Invalid("name", "text_needed")
    return name


def _plain(given: object, field: str, most: int) -> str:
    if not isinstance(given, str):
        raise Invalid(field, "text_needed")
    if len(given) > most:
        raise Invalid(field, "longer_than", most=most)
    if "\0" in given or any(0xD800 <= ord(letter) < 0xE000 for letter in given):
        raise Invalid(field, "text_unprintable")
    return given
