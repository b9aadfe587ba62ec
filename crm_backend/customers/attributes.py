"""The fields that a company adds to its customers: defining, changing and removing them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.attribute_kinds import limits_of, readable, unique_key
from crm_backend.customers.records import ATTRIBUTE_KINDS, AttributeDefinition, AttributeValue
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

MOST = 200
MOST_CHOICES = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
FIELDS = ("key", "kind", "labels", "required", "is_unique", "choices", "limits", "position")


async def define(session: AsyncSession, *, actor: Actor, values: Mapping[str, Any]) -> AttributeDefinition:
    """A new field with these of FIELDS: `key`, `kind` and `labels` (`fr` and `en`) at least. Raises Invalid, NotNow
    (`enough_there`)."""
    actor.need("attributes.configure")
    for name in ("key", "kind", "labels"):
        if name not in values:
            raise Invalid(name, "missing")
    if (await session.scalar(select(func.count()).select_from(AttributeDefinition)) or 0) >= MOST:
        raise NotNow("enough_there", most=MOST)
    checked = await _checked(session, values, None)
    definition = AttributeDefinition(**checked)
    _together(definition)
    session.add(definition)
    await session.flush()
    _record(session, actor, "defined", definition, None, checked)
    return definition


async def redefine(
    session: AsyncSession,
    *,
    actor: Actor,
    definition_id: UUID,
    values: Mapping[str, Any],
    version: int | None = None,
) -> AttributeDefinition:
    """The field with these of FIELDS changed: another `key` or label renames it, and values stay. Its kind does not
    change. Raises NotFound, Stale, Invalid; NotNow when customers have values that the new rules do not take
    (`values_in_the_way`, with how many)."""
    actor.need("attributes.configure")
    definition = await locked(session, definition_id)
    expect(definition, version)
    checked = await _checked(session, values, definition)
    old = {name: getattr(definition, name) for name in checked}
    for name, value in checked.items():
        setattr(definition, name, value)
    _together(definition)
    await _fits(session, definition, checked)
    if definition.is_unique != old.get("is_unique", definition.is_unique):
        await _keys(session, definition)
    await session.flush()
    _record(session, actor, "redefined", definition, old, checked)
    return definition


async def remove(
    session: AsyncSession, *, actor: Actor, definition_id: UUID, version: int | None = None, values_too: bool = False
) -> int:
    """Removes the field; with `values_too` also what customers have there. How many values went.

    Raises NotFound, Stale, NotNow (`values_in_the_way`)."""
    actor.need("attributes.configure")
    definition = await locked(session, definition_id)
    expect(definition, version)
    count = await _count(session, definition_id)
    if count and not values_too:
        raise NotNow("values_in_the_way", count=count)
    key = definition.key
    await session.delete(definition)
    await session.flush()
    subject = ("attribute", definition_id)
    audit.record(session, actor=actor, action="removed", subject=subject, old={"key": key}, values=count)
    return count


async def definitions(session: AsyncSession, *, actor: Actor) -> list[AttributeDefinition]:
    """All of them, in the order they are shown."""
    actor.need("customers.read")
    in_order = select(AttributeDefinition).order_by(AttributeDefinition.position, AttributeDefinition.key)
    return list(await session.scalars(in_order))


async def locked(session: AsyncSession, definition_id: UUID) -> AttributeDefinition:
    """The definition, locked. Raises NotFound."""
    found = await session.get(AttributeDefinition, definition_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such attribute")
    return found


async def _checked(
    session: AsyncSession, values: Mapping[str, Any], before: AttributeDefinition | None
) -> dict[str, Any]:
    kind = before.kind if before else str(values.get("kind"))
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise Invalid(name, "unknown_field")
        if name == "key":
            checked[name] = await _free_key(session, value, before)
        elif name == "kind":
            checked[name] = _kind(value, before)
        elif name == "limits":
            checked[name] = limits_of(kind, value)
        else:
            checked[name] = _PLAIN[name](name, value)
    return checked


def _kind(value: object, before: AttributeDefinition | None) -> str:
    if value not in ATTRIBUTE_KINDS:
        raise Invalid("kind", "not_choice", expected=", ".join(ATTRIBUTE_KINDS))
    if before is not None and value != before.kind:
        raise Invalid("kind", "kind_stays")
    return str(value)


def _flag(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(field, "not_boolean")
    return value


def _position(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000:
        raise Invalid(field, "not_integer")
    return value


async def _free_key(session: AsyncSession, value: object, before: AttributeDefinition | None) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise Invalid("key", "attribute_key")
    holder = await session.scalar(select(AttributeDefinition.id).where(AttributeDefinition.key == value))
    if holder is not None and (before is None or holder != before.id):
        raise Invalid("key", "taken")
    return value


def _labels(field: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) != set(checks.LANGUAGES):
        raise Invalid(field, "both_languages")
    return {language: checks.text(f"{field}.{language}", value[language], needed=True) for language in checks.LANGUAGES}


def _choices(_: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or len(value) > MOST_CHOICES:
        raise Invalid("choices", "not_list")
    found: dict[str, dict[str, Any]] = {}
    for index, each in enumerate(value):
        where = f"choices.{index}"
        if not isinstance(each, Mapping) or set(each) != {"value", "labels"}:
            raise Invalid(where, "not_object")
        key = each["value"]
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise Invalid(f"{where}.value", "attribute_key")
        if key in found:
            raise Invalid(f"{where}.value", "given_twice")
        found[key] = {"value": key, "labels": _labels(f"{where}.labels", each["labels"])}
    return list(found.values())


_PLAIN: dict[str, Callable[[str, object], Any]] = {
    "labels": _labels,
    "required": _flag,
    "is_unique": _flag,
    "choices": _choices,
    "position": _position,
}


def _together(definition: AttributeDefinition) -> None:
    if definition.kind == "choice" and not definition.choices:
        raise Invalid("choices", "missing")
    if definition.kind != "choice" and definition.choices:
        raise Invalid("choices", "only_for_choice")
    if definition.is_unique and definition.kind in ("boolean", "choice"):
        raise Invalid("is_unique", "never_unique")


async def _fits(session: AsyncSession, definition: AttributeDefinition, checked: dict[str, Any]) -> None:
    """Raises NotNow when values there are would not be taken any more."""
    if not {"choices", "limits", "is_unique"} & checked.keys():
        return
    seen: set[str] = set()
    wrong = 0
    rows = await session.stream_scalars(
        select(AttributeValue.value).where(AttributeValue.definition_id == definition.id)
    )
    async for value in rows:
        key = unique_key(definition.kind, value)
        wrong += not readable(definition, value) or (definition.is_unique and key in seen)
        seen.add(key)
    if wrong:
        raise NotNow("values_in_the_way", count=wrong)


async def _keys(session: AsyncSession, definition: AttributeDefinition) -> None:
    """Fills in, or empties, what keeps values of the field apart."""
    if not definition.is_unique:
        every = update(AttributeValue).where(AttributeValue.definition_id == definition.id)
        await session.execute(every.values(unique_key=None))
        return
    rows = await session.scalars(
        select(AttributeValue).where(AttributeValue.definition_id == definition.id).with_for_update()
    )
    for row in rows:
        row.unique_key = unique_key(definition.kind, row.value)


async def _count(session: AsyncSession, definition_id: UUID) -> int:
    counted = select(func.count()).where(AttributeValue.definition_id == definition_id)
    return await session.scalar(counted) or 0


def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    definition: AttributeDefinition,
    old: dict[str, Any] | None,
    new: dict[str, Any],
) -> None:
    subject = ("attribute", definition.id)
    audit.record(session, actor=actor, action=action, subject=subject, old=old, new=new, plain=FIELDS)
