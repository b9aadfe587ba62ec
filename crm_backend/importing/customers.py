"""Importing customers, with the addresses they are reached at, where they live, and where they prefer to be told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.customers.successors import merged_numbers
from crm_backend.database import new_id
from crm_backend.importing.batch import Batch, Row
from crm_backend.importing.phones import normalised
from crm_backend.importing.upsert import identifiers, upsert
from crm_backend.notifications.model import ContactPreference

_ADDRESS = ("line1", "line2", "city", "region", "postcode", "country")
_PERSON = ("first_name", "last_name", "language")


async def store_customers(session: AsyncSession, batch: Batch) -> None:
    """Inserts or updates by external identifier. E-mail addresses and telephones are added, never taken away."""
    await batch.refuse_repeats(session, "external_id", lambda row: str(row.record["external_id"]), "the customer")
    rows = [
        {"id": new_id(), "external_id": row.record["external_id"], **{name: row.record[name] for name in _PERSON}}
        for row in batch
    ]
    # Who was merged into another is no customer of their own any more: what they are
    # reached at is the other's too, whose name and home stay as they are.
    merged = await merged_numbers(session, [str(row["external_id"]) for row in rows])
    rows = [row for row in rows if row["external_id"] not in merged]
    written = await upsert(session, Customer, rows, key=["external_id"], update=batch.given(_PERSON))
    ids = await identifiers(session, Customer.external_id, Customer, [str(row["external_id"]) for row in rows])
    for row in batch:
        key = (row.record["external_id"],)
        batch.mark(row, created=key in written.created, updated=key in written.updated)
    await _store_identities(session, batch, ids | merged)
    await _store_addresses(session, batch, ids)
    await _store_wishes(session, batch, ids)
    await session.execute(
        update(Customer)
        .where(Customer.id.in_((ids | merged).values()), Customer.matched_at.is_not(None))
        .values(matched_at=None, updated_at=Customer.updated_at)
    )


async def _store_identities(session: AsyncSession, batch: Batch, ids: dict[str, UUID]) -> None:
    wanted: dict[tuple[UUID, str, str], Row] = {}
    for row in batch:
        customer_id = ids[row.record["external_id"]]
        for email in row.record["email"]:
            wanted[customer_id, "email", email] = row
        for phone in row.record["phone"]:
            wanted[customer_id, "phone", normalised(phone, country=row.record["country"])] = row
    rows = [
        {"id": new_id(), "customer_id": customer_id, "kind": kind, "value": value, "proof": "none"}
        for customer_id, kind, value in wanted
    ]
    written = await upsert(session, Identity, rows, key=["customer_id", "kind", "value"], update=())
    for key in written.created:
        batch.mark(wanted[key], updated=wanted[key].number not in batch.created)


async def _store_addresses(session: AsyncSession, batch: Batch, ids: dict[str, UUID]) -> None:
    """Makes the customer's default address what the file has; one without any in the file keeps theirs."""
    given = batch.given(_ADDRESS)
    filled = [row for row in batch if row.record["external_id"] in ids and any(row.record[name] for name in given)]
    with_address = {ids[row.record["external_id"]]: row for row in filled}
    stored = await _default_addresses(session, list(with_address))
    rows, owner = [], {}
    for customer_id, row in with_address.items():
        identifier = stored.get(customer_id) or new_id()
        owner[identifier] = row
        rows.append({"id": identifier, "customer_id": customer_id, **{name: row.record[name] for name in _ADDRESS}})
    written = await upsert(session, Address, rows, key=["id"], update=given)
    for (identifier,) in written.created | written.updated:
        batch.mark(owner[identifier], updated=owner[identifier].number not in batch.created)


async def _store_wishes(session: AsyncSession, batch: Batch, ids: dict[str, UUID]) -> None:
    """Where they prefer to be written to. Whether they want to be at all is theirs alone to say."""
    said = [row for row in batch if row.record["external_id"] in ids and row.record["channel"]]
    wished = {ids[row.record["external_id"]]: row for row in said}
    if not wished:
        return
    values = [{"customer_id": customer_id, "channel": row.record["channel"]} for customer_id, row in wished.items()]
    made = insert(ContactPreference).values(values)
    new = made.excluded.channel
    written = await session.scalars(
        made.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={"channel": new, "updated_at": func.now()},
            where=ContactPreference.channel.is_distinct_from(new),
        ).returning(ContactPreference.customer_id)
    )
    for customer_id in written:
        batch.mark(wished[customer_id], updated=wished[customer_id].number not in batch.created)


async def _default_addresses(session: AsyncSession, customers: list[UUID]) -> dict[UUID, UUID]:
    found = await session.execute(
        select(Address.customer_id, Address.id)
        .where(Address.customer_id == func.any(customers), Address.is_default)
        .order_by(Address.created_at.desc(), Address.id.desc())
    )
    return dict(found.tuples().all())
