"""Everything that is one person's, as sets of identifiers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import Uuid

from crm_backend.customers.model import Customer
from crm_backend.errors import NotFound

SETS = ("identities", "conversations", "messages", "orders", "cases", "files")

# A conversation is theirs when it stands on their file, or was begun from an account of theirs that nobody connected.
_CONVERSATIONS = """
select id from conversations
where customer_id = :customer or (customer_id is null and identity_id = any(:identities))
"""
# Somebody else wrote there too: an account that is another customer's.
_SHARED = """
select c.id from conversations c where c.id = any(:conversations) and exists (
  select from identities i where i.customer_id <> :customer and i.id in (
    select p.identity_id from participants p where p.conversation_id = c.id
    union all select m.identity_id from messages m where m.conversation_id = c.id and m.identity_id is not null))
"""
# Browsers and the like that were never anybody's, and wrote nowhere else.
_NAMELESS = """
select i.id from identities i
where i.customer_id is null and i.id in (
    select identity_id from conversations where id = any(:conversations)
    union all select identity_id from participants where conversation_id = any(:conversations)
    union all select identity_id from messages
      where conversation_id = any(:conversations) and identity_id is not null)
  and not exists (
    select from conversations o where o.identity_id = i.id and o.id <> all(:conversations))
  and not exists (
    select from participants p where p.identity_id = i.id and p.conversation_id <> all(:conversations))
  and not exists (
    select from messages m where m.identity_id = i.id and m.conversation_id <> all(:conversations))
"""
_MESSAGES = """
select id from messages where conversation_id = any(:conversations)
union select id from messages where identity_id = any(:identities)
"""
_FILES = """
select id from attachments where message_id = any(:messages)
union select file_id from case_files where case_id = any(:cases)
union select f.file_id from return_files f join returns r on r.id = f.return_id where r.order_id = any(:orders)
union select attachment_id from customer_documents where customer_id = :customer
"""


@dataclass
class Person:
    """A customer, and what is theirs alone. `shared` are conversations in which somebody else wrote too; of them only
    what this person wrote is among `messages`."""

    customer: UUID
    identities: set[UUID] = field(default_factory=set)
    conversations: set[UUID] = field(default_factory=set)
    shared: set[UUID] = field(default_factory=set)
    messages: set[UUID] = field(default_factory=set)
    orders: set[UUID] = field(default_factory=set)
    cases: set[UUID] = field(default_factory=set)
    files: set[UUID] = field(default_factory=set)

    def parameters(self) -> dict[str, Any]:
        """What the conditions of `map.HELD` ask for."""
        return {"customer": self.customer} | {name: list(getattr(self, name)) for name in SETS}


async def person(session: AsyncSession, customer_id: UUID, *, lock: bool = False) -> Person:
    """Finds everything of a customer. Raises NotFound."""
    if await session.get(Customer, customer_id, with_for_update=lock, populate_existing=True) is None:
        raise NotFound("no such customer")
    found = Person(customer_id)
    found.identities = await _ids(session, found, "select id from identities where customer_id = :customer")
    found.conversations = await _ids(session, found, _CONVERSATIONS)
    found.shared = await _ids(session, found, _SHARED)
    found.conversations -= found.shared
    found.identities |= await _ids(session, found, _NAMELESS)
    found.messages = await _ids(session, found, _MESSAGES)
    found.orders = await _ids(session, found, "select id from orders where customer_id = :customer")
    found.cases = await _ids(session, found, "select id from cases where customer_id = :customer")
    found.files = await _ids(session, found, _FILES)
    return found


async def _ids(session: AsyncSession, found: Person, query: str) -> set[UUID]:
    return set(await session.scalars(typed(query), found.parameters()))


def typed(query: str) -> TextClause:
    """A statement with the parameters of a person that occur in it, typed: PostgreSQL cannot guess an empty list."""
    return text(query).bindparams(
        *(bindparam(name, type_=ARRAY(Uuid())) for name in _named(query, SETS)),
        *(bindparam(name, type_=Uuid()) for name in _named(query, ("customer",))),
    )


def _named(query: str, names: Collection[str]) -> list[str]:
    return [name for name in names if f":{name}" in query]
