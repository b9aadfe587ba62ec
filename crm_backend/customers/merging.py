"""Making one customer of two who are the same person: first to see what would happen, then for good, until undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers.folding import Folding, Row
from crm_backend.customers.merge_rules import COMBINE, RULES
from crm_backend.customers.merges import DuplicatePair, Merge
from crm_backend.customers.model import Customer
from crm_backend.customers.profiles import locked
from crm_backend.customers.records import AttributeDefinition, AttributeValue, ConsentEvent
from crm_backend.database import expect, new_id, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.events import services as events
from crm_backend.value.model import ChangedCustomer

FIELDS = ("first_name", "last_name", "language", "company", "birth_date", "time_zone", "external_id")
"""Of the profile, what either of the two may give. Unless it is chosen, what is filled in with who stays counts."""


@dataclass(frozen=True)
class Field:
    """A field of which the two have different values; `wins` is `kept` or `gone`. Attributes are `attributes.<key>`."""

    name: str
    kept: Any
    gone: Any
    wins: str


@dataclass(frozen=True)
class Preview:
    """What a merge would do: the fields that differ, how many rows of each table would go over, and how many
    conversations would stay behind because somebody else wrote them."""

    fields: list[Field]
    moved: dict[str, int]
    conversations_left: int


async def preview(
    session: AsyncSession, *, actor: Actor, kept_id: UUID, gone_id: UUID, choices: Mapping[str, str] | None = None
) -> Preview:
    """What `merge` with the same arguments would do; nothing is changed. Raises what it raises."""
    actor.need("customers.merge")
    async with session.begin_nested() as tried:
        found = await _fold(session, kept_id, gone_id, choices or {})
        await tried.rollback()
    session.expire_all()
    moved = dict(found.fold.moved)
    return Preview(found.fields, moved, moved.pop("conversations_left", 0))


async def merge(
    session: AsyncSession,
    *,
    actor: Actor,
    kept_id: UUID,
    gone_id: UUID,
    choices: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Merge:
    """Makes the customer `gone_id` a part of `kept_id`: everything that refers to the one refers to the other after.

    `choices` says of a field whose value stays, `kept` or `gone`; `version` is that of who stays. The record of it
    undoes it (undoing.py). Raises NotFound, Stale, Invalid (a choice of what there is not; `same_customer`), NotNow
    (`merged`; `not_demo`).
    """
    actor.need("customers.merge")
    found = await _fold(session, kept_id, gone_id, choices or {}, version=version)
    made = Merge(
        id=new_id(),
        created_at=utc_now(),
        kept_id=kept_id,
        into_id=kept_id,
        gone_id=gone_id,
        gone_external_id=found.gone["external_id"],
        actor=actor.name,
        evidence=found.evidence,
        moved=dict(found.fold.moved),
    )
    # A refusal to be profiled came along, perhaps with no order.
    session.add_all([made, ChangedCustomer(customer_id=kept_id)])
    await session.flush()
    await _keep_record(session, made.id, found.fold)
    chosen = {field.name: field.wins for field in found.fields}
    details: dict[str, Any] = {"merge": str(made.id), "gone": str(gone_id), "moved": made.moved, "chosen": chosen}
    subject, ids = ("customer", kept_id), {"merge_id": str(made.id), "kept_id": str(kept_id), "gone_id": str(gone_id)}
    audit.record(session, actor=actor, action="merged", subject=subject, **details)
    await events.emit(session, kind="customer.merged", subject=subject, data=ids, actor=actor.name)
    await session.flush()
    session.expire_all()
    await session.refresh(made)
    return made


@dataclass(frozen=True)
class _Found:
    fold: Folding
    fields: list[Field]
    gone: Row
    evidence: list[Any]


async def _fold(
    session: AsyncSession, kept_id: UUID, gone_id: UUID, choices: Mapping[str, str], *, version: int | None = None
) -> _Found:
    kept, gone = await _both(session, kept_id, gone_id, version)
    evidence = await _evidence(session, kept_id, gone_id)
    fields = _fields(kept, gone, await _attributes(session, kept_id, gone_id), choices)
    fold = Folding(session, RULES, {**COMBINE, "customers": lambda *_: _taken(fields)})
    await _give_up_attributes(session, fold, kept_id, fields)
    refused = await _refused(session, kept_id, gone_id)
    await fold.absorb(Customer.__table__, gone, kept)  # type: ignore[arg-type]
    if refused:
        await fold.make(ConsentEvent.__table__, _heard(kept_id))  # type: ignore[arg-type]
    return _Found(fold, fields, gone, evidence)


async def _both(session: AsyncSession, kept_id: UUID, gone_id: UUID, version: int | None) -> tuple[Row, Row]:
    if kept_id == gone_id:
        raise Invalid("gone_id", "same_customer")
    await session.flush()
    # Always in this order, so that two merges of the same two wait for each other; nobody adds anything meanwhile.
    ids = sorted((kept_id, gone_id))
    await session.execute(select(Customer.id).where(Customer.id.in_(ids)).order_by(Customer.id).with_for_update())
    both = {each: await locked(session, each) for each in ids}
    expect(both[kept_id], version)
    if both[kept_id].demo != both[gone_id].demo:
        raise NotNow("not_demo")
    rows = {
        each: await session.scalar(text("select to_jsonb(t) from customers t where id = :id"), {"id": each})
        for each in ids
    }
    return rows[kept_id], rows[gone_id]


def _fields(kept: Row, gone: Row, attributes: dict[str, tuple[Any, Any]], choices: Mapping[str, str]) -> list[Field]:
    values = {name: (kept[name], gone[name]) for name in FIELDS} | attributes
    for name, choice in choices.items():
        if name not in values:
            raise Invalid(f"choices.{name[:80]}", "unknown_field")
        if choice not in ("kept", "gone"):
            raise Invalid(f"choices.{name}", "not_choice", expected="kept, gone")
    found = []
    for name, (ours, theirs) in values.items():
        if ours != theirs:
            filled = "kept" if ours not in (None, "") else "gone"
            found.append(Field(name, ours, theirs, choices.get(name, filled)))
    return found


def _taken(fields: list[Field]) -> Row:
    """What changes with who stays. Duplicates are looked for anew: there is more to compare."""
    values = {each.name: each.gone for each in fields if each.wins == "gone" and each.name in FIELDS}
    return {**values, "updated_at": utc_now().isoformat(), "matched_at": None}


async def _attributes(session: AsyncSession, kept_id: UUID, gone_id: UUID) -> dict[str, tuple[Any, Any]]:
    rows = await session.execute(
        select(AttributeDefinition.key, AttributeValue.customer_id, AttributeValue.value)
        .join(AttributeValue, AttributeValue.definition_id == AttributeDefinition.id)
        .where(AttributeValue.customer_id.in_((kept_id, gone_id)))
        .order_by(AttributeDefinition.position, AttributeDefinition.key)
    )
    found: dict[str, dict[UUID, Any]] = {}
    for key, customer_id, value in rows:
        found.setdefault(f"attributes.{key}", {})[customer_id] = value
    return {name: (values.get(kept_id), values.get(gone_id)) for name, values in found.items()}


async def _give_up_attributes(session: AsyncSession, fold: Folding, kept_id: UUID, fields: list[Field]) -> None:
    """Where the value of who goes wins, that of who stays makes room."""
    won = {each.name.removeprefix("attributes.") for each in fields if each.wins == "gone"}
    rows = await session.execute(
        select(AttributeValue.customer_id, AttributeValue.definition_id)
        .join(AttributeDefinition, AttributeDefinition.id == AttributeValue.definition_id)
        .where(AttributeValue.customer_id == kept_id, AttributeDefinition.key.in_(won))
    )
    for customer_id, definition_id in rows.all():
        key = {"customer_id": str(customer_id), "definition_id": str(definition_id)}
        await fold.remove(AttributeValue.__table__, key)  # type: ignore[arg-type]


async def _refused(session: AsyncSession, kept_id: UUID, gone_id: UUID) -> bool:
    """Whether messages unasked end for who stays because who goes wanted none."""
    rows = await session.execute(
        text("select customer_id, unasked from contact_preferences where customer_id in (:kept, :gone)"),
        {"kept": kept_id, "gone": gone_id},
    )
    wants = dict(rows.tuples().all())
    return wants.get(kept_id, True) and not wants.get(gone_id, True)


def _heard(kept_id: UUID) -> Row:
    now = utc_now()
    return {
        "id": str(new_id()),
        "created_at": now,
        "customer_id": str(kept_id),
        "purpose": "notices",
        "given": False,
        "how": "merge",
        "actor": "system",
        "at": now,
        "channel": "",
        "wording": "",
    }


async def _evidence(session: AsyncSession, kept_id: UUID, gone_id: UUID) -> list[Any]:
    low, high = sorted((kept_id, gone_id))
    found = await session.scalar(
        select(DuplicatePair.evidence).where(DuplicatePair.low_id == low, DuplicatePair.high_id == high)
    )
    return found or []


async def _keep_record(session: AsyncSession, merge_id: UUID, fold: Folding) -> None:
    steps = [
        {
            "merge_id": str(merge_id), "position": position, "subject": step.table, "action": step.action,
            "key": step.key, "old": step.old, "new": step.new,
        }
        for position, step in enumerate(fold.steps)
    ]  # fmt: skip
    await session.execute(
        text(
            "insert into merge_steps select * from jsonb_populate_recordset(null::merge_steps, cast(:steps as jsonb))"
        ),
        {"steps": json.dumps(steps)},
    )
