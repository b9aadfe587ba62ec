"""Everything about one customer that stands on their page, in one question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.customers import consents
from crm_backend.customers.successors import now_called
from crm_backend.errors import NotFound, NotNow

# The names of the fields below are those of the columns that are read, in this order.


class Profile(NamedTuple):
    """Who the customer is."""

    id: UUID
    version: int
    external_id: str | None
    first_name: str
    last_name: str
    language: str
    company: str
    birth_date: date | None
    time_zone: str | None
    created_at: datetime
    updated_at: datetime


class KnownIdentity(NamedTuple):
    """An address by which they are reached or recognised."""

    id: UUID
    kind: str
    value: str
    proof: str
    proved_at: datetime | None
    is_primary: bool
    shown_name: str | None
    unreachable_since: datetime | None
    created_at: datetime


class KnownAddress(NamedTuple):
    """Where they have things sent."""

    id: UUID
    version: int
    label: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str
    is_default: bool


class Wishes(NamedTuple):
    """How they want to be written to unasked, if at all."""

    unasked: bool
    channel: str | None
    hours_from: time | None
    hours_until: time | None


class Place(NamedTuple):
    """A group they are in."""

    group_id: UUID
    kind: str
    name: str
    role: str


class Counts(NamedTuple):
    """How many there are of what is listed elsewhere."""

    orders: int
    conversations: int
    cases: int
    open_cases: int
    notes: int
    documents: int
    duplicates: int


@dataclass(frozen=True)
class CustomerPage:
    """A customer with all that belongs to them."""

    customer: Profile
    identities: list[KnownIdentity]
    addresses: list[KnownAddress]
    wishes: Wishes | None
    consents: list[consents.Consent]
    attributes: dict[str, Any]
    tags: list[str]
    groups: list[Place]
    counts: Counts


def _columns(alias: str, fields: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{field}" for field in fields)


_PAGE = text(f"""
select row({_columns("c", Profile._fields)}),
  array(select row({_columns("i", KnownIdentity._fields)}) from identities i where i.customer_id = c.id
    order by i.kind, not i.is_primary, i.created_at),
  array(select row({_columns("a", KnownAddress._fields)}) from addresses a where a.customer_id = c.id
    order by not a.is_default, a.created_at),
  (select row({_columns("w", Wishes._fields)}) from contact_preferences w where w.customer_id = c.id),
  array(select distinct on (s.purpose, s.channel) row(s.purpose, s.channel, s.given, s.how, s.at) from consent_events s
    where s.customer_id = c.id order by s.purpose, s.channel, s.at desc, s.id desc),
  array(select row(d.key, v.value::text) from attribute_values v join attribute_definitions d on d.id = v.definition_id
    where v.customer_id = c.id order by d.position, d.key),
  array(select t.name from customer_tags x join tags t on t.id = x.tag_id where x.customer_id = c.id),
  array(select row(g.id, g.kind, g.name, m.role) from group_members m join customer_groups g on g.id = m.group_id
    where m.customer_id = c.id order by g.name, g.id),
  row((select count(*) from orders where customer_id = c.id),
    (select count(*) from conversations where customer_id = c.id),
    (select count(*) from cases where customer_id = c.id),
    (select count(*) from cases where customer_id = c.id and stage not in ('resolved', 'closed')),
    (select count(*) from customer_notes where customer_id = c.id),
    (select count(*) from customer_documents where customer_id = c.id),
    (select count(*) from duplicate_pairs where (low_id = c.id or high_id = c.id) and dismissed_at is null))
from customers c where c.id = :customer
""").bindparams(bindparam("customer", type_=Uuid()))  # noqa: S608  names of columns, from above
# One question with arrays of records instead of one for each table: asking costs more than most of the answers.


async def page(session: AsyncSession, *, actor: Actor, customer_id: UUID) -> CustomerPage:
    """The page of a customer. Raises NotFound, NotNow (`merged`, with `into`)."""
    actor.need("customers.read")
    found = (await session.execute(_PAGE, {"customer": customer_id})).one_or_none()
    if found is None:
        if (into := await now_called(session, customer_id)) != customer_id:
            raise NotNow("merged", into=str(into))
        raise NotFound("no such customer")
    profile, identities, addresses, wishes, said, attributes, tags, groups, counts = found
    return CustomerPage(
        customer=Profile._make(profile),
        identities=[KnownIdentity._make(each) for each in identities],
        addresses=[KnownAddress._make(each) for each in addresses],
        wishes=Wishes._make(wishes) if wishes else None,
        consents=consents.holding([consents.Consent(*each) for each in said], unasked=not wishes or wishes[0]),
        attributes={key: json.loads(value) for key, value in attributes},
        tags=sorted(tags, key=str.casefold),
        groups=[Place._make(each) for each in groups],
        counts=Counts._make(counts),
    )
