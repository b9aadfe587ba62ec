"""Who may be the same person twice: looked for as customers come and change, never by comparing all with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Select, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.merges import DuplicatePair
from crm_backend.customers.model import Customer
from crm_backend.database import new_id, utc_now
from crm_backend.errors import NotFound

LEAST = 40
"""Scores under this are not suggested."""
ALIKE = 85
"""From which likeness (0 to 100, rapidfuzz's token_sort_ratio) names, and addresses, count as the same."""
UNLIKE = 50
"""Under which likeness names speak against."""
WEIGHTS = {"email": 0.75, "mailbox": 0.65, "phone": 0.6, "name_and_address": 0.7, "name": 0.4}
"""How sure each piece of evidence makes by itself; together they leave the product of their doubts. `name` counts only
beside another."""
MOST_ALIKE = 50
"""More customers than this at one address, number or postcode with a like name are a school or a shop, no person."""

_SAME_ADDRESS = """
select o.customer_id as mine, t.customer_id as theirs, case when lower(o.value) = lower(t.value)
  then 'email' else 'mailbox' end as by
from identities o join identities t on t.kind = 'email' and relais_mailbox(t.value) = relais_mailbox(o.value)
  and t.customer_id is not null and t.customer_id <> o.customer_id
where o.kind = 'email' and o.customer_id = any(:ids)
union
select o.customer_id, t.customer_id, 'phone'
from identities o join identities t on t.kind = 'phone' and t.value = o.value
  and t.customer_id is not null and t.customer_id <> o.customer_id
where o.kind = 'phone' and o.customer_id = any(:ids)
"""
_SAME_PLACE = """
select distinct o.customer_id as mine, t.customer_id as theirs, 'place' as by
from customers c join addresses o on o.customer_id = c.id and o.postcode <> ''
join addresses t on upper(regexp_replace(t.postcode, '[^0-9A-Za-z]', '', 'g'))
    = upper(regexp_replace(o.postcode, '[^0-9A-Za-z]', '', 'g')) and t.country = o.country and t.customer_id <> c.id
join customers d on d.id = t.customer_id and d.name_key % c.name_key
where c.id = any(:ids) and c.name_key <> ' '
"""
_FACTS = """
select c.id, c.name_key, c.birth_date, c.demo, coalesce(
  array_agg(relais_plain(concat_ws(' ', a.line1, a.line2, a.postcode, a.city))) filter (where a.id is not null), '{}')
from customers c left join addresses a on a.customer_id = c.id where c.id = any(:ids) group by c.id
"""


@dataclass(frozen=True)
class _Person:
    name: str
    birth_date: Any
    demo: bool
    addresses: Sequence[str]


async def look(session: AsyncSession, *, limit: int = 100) -> int:
    """Looks for duplicates of up to `limit` customers who are new or have changed; how many were looked at. What was
    dismissed stays so."""
    ids = list(
        await session.scalars(
            select(Customer.id).where(Customer.matched_at.is_(None)).limit(limit).with_for_update(skip_locked=True)
        )
    )
    if not ids:
        return 0
    now = utc_now()
    found = await _suspected(session, ids)
    people = await _people(session, {each for pair in found for each in pair} | set(ids))
    stale = (DuplicatePair.low_id.in_(ids) | DuplicatePair.high_id.in_(ids)) & DuplicatePair.dismissed_at.is_(None)
    await session.execute(DuplicatePair.__table__.delete().where(stale))  # type: ignore[attr-defined]
    rows = []
    for (low, high), by in sorted(found.items()):
        score, evidence = weigh(people[low], people[high], by)
        if score >= LEAST and people[low].demo == people[high].demo:
            told = {"score": score, "evidence": evidence, "found_at": now}
            rows.append({"id": new_id(), "low_id": low, "high_id": high, **told})
    if rows:
        made = insert(DuplicatePair).values(rows)
        better = {"score": made.excluded.score, "evidence": made.excluded.evidence}
        await session.execute(made.on_conflict_do_update(index_elements=["low_id", "high_id"], set_=better))
    await session.execute(
        update(Customer)
        .where(Customer.id.in_(ids))
        .values(matched_at=now, updated_at=Customer.updated_at)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def weigh(one: _Person, other: _Person, by: set[str]) -> tuple[int, list[dict[str, Any]]]:
    """How sure it is, from 0 to 100, that two are one, and by what: pieces with `kind`, a `likeness` where it is one of
    degree, and `against` for those that speak against it."""
    names = round(fuzz.token_sort_ratio(one.name, other.name)) if one.name.strip() and other.name.strip() else None
    places = max((fuzz.token_sort_ratio(a, b) for a in one.addresses for b in other.addresses if a and b), default=0.0)
    evidence: list[dict[str, Any]] = []
    kinds = {"email"} if "email" in by else by & {"mailbox"}
    kinds |= by & {"phone"}
    evidence += [{"kind": kind} for kind in sorted(kinds)]
    if names is not None and names >= ALIKE:
        if places >= ALIKE:
            kinds.add("name_and_address")
            evidence.append({"kind": "name_and_address", "likeness": min(names, round(places))})
        elif kinds:
            kinds.add("name")
            evidence.append({"kind": "name", "likeness": names})
    doubt = 1.0
    for kind in kinds:
        doubt *= 1 - WEIGHTS[kind]
    sure = 1 - doubt
    if kinds and names is not None and names < UNLIKE:
        # A couple shares an address and a telephone.
        sure /= 2
        evidence.append({"kind": "name", "likeness": names, "against": True})
    if kinds and one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        sure /= 3
        evidence.append({"kind": "birth_date", "against": True})
    return round(100 * sure), evidence


def suggestions(
    actor: Actor, *, customer_id: UUID | None = None, dismissed: bool = False
) -> Select[tuple[DuplicatePair]]:
    """The pairs that may be one, of one customer or of all; those dismissed instead. Without order."""
    actor.need("customers.read")
    query = select(DuplicatePair)
    if customer_id is not None:
        query = query.where(or_(DuplicatePair.low_id == customer_id, DuplicatePair.high_id == customer_id))
    gone = DuplicatePair.dismissed_at
    return query.where(gone.is_not(None) if dismissed else gone.is_(None))


async def dismiss(session: AsyncSession, *, actor: Actor, pair_id: UUID, again: bool = False) -> DuplicatePair:
    """Says that the two are not one, and they are not suggested any more; with `again` takes that back.

    Raises NotFound.
    """
    actor.need("customers.merge")
    pair = await session.get(DuplicatePair, pair_id, with_for_update=True, populate_existing=True)
    if pair is None:
        raise NotFound("no such pair")
    pair.dismissed_at, pair.dismissed_by = (None, None) if again else (utc_now(), actor.name)
    await session.flush()
    action = "duplicate_suggested_again" if again else "duplicate_dismissed"
    audit.record(session, actor=actor, action=action, subject=("customer", pair.low_id), other=str(pair.high_id))
    return pair


async def names_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names by customer, for lists of pairs."""
    rows = await session.execute(
        select(Customer.id, func.trim(Customer.first_name + " " + Customer.last_name)).where(Customer.id.in_(ids))
    )
    return dict(rows.tuples().all())


async def _suspected(session: AsyncSession, ids: list[UUID]) -> dict[tuple[UUID, UUID], set[str]]:
    """Who has something in common with one of these, by indexes only."""
    found: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for question in (_SAME_ADDRESS, _SAME_PLACE):
        with_whom: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        for mine, theirs, by in await session.execute(text(question), {"ids": ids}):
            with_whom[mine, by].append(theirs)
        for (mine, by), others in with_whom.items():
            for other in others if len(others) <= MOST_ALIKE else ():
                low, high = sorted((mine, other))
                found[low, high].add(by)
    return found


async def _people(session: AsyncSession, ids: set[UUID]) -> dict[UUID, _Person]:
    rows = await session.execute(text(_FACTS), {"ids": list(ids)})
    return {identifier: _Person(name, born, demo, places) for identifier, name, born, demo, places in rows}
