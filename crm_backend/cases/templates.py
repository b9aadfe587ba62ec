"""What cases of one sort begin with, kept ready in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.cases import categories, rows, values
from crm_backend.cases.settings_model import LEVELS, CaseTemplate
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound, NotNow

KINDS = ("text", "number", "boolean", "date", "choice")
MOST_ITEMS = 50
MOST_CHOICES = 50
MOST = 300


async def all_of(session: AsyncSession, *, actor: Actor) -> Sequence[CaseTemplate]:
    """Every template, by its key. Raises NotAllowed."""
    actor.need("cases.read")
    return (await session.scalars(select(CaseTemplate).order_by(CaseTemplate.key))).all()


async def one(session: AsyncSession, key: str, *, actor: Actor) -> CaseTemplate:
    """The template. Raises NotFound, NotAllowed."""
    actor.need("cases.read")
    found = await session.get(CaseTemplate, key)
    if found is None:
        raise NotFound("no such template")
    return found


async def add(session: AsyncSession, *, actor: Actor, key: str, given: Mapping[str, Any]) -> CaseTemplate:
    """A new template: `names`, `type_key`, and what else of the table's columns. Raises Invalid, NotAllowed, NotNow."""
    actor.need("cases.configure")
    key = values.key("key", key)
    if await session.get(CaseTemplate, key) is not None:
        raise NotNow("case_key_taken", key=key)
    if len((await session.scalars(select(CaseTemplate.key).limit(MOST))).all()) >= MOST:
        raise NotNow("case_too_many_settings", most=MOST)
    for needed in ("names", "type_key"):
        if needed not in given:
            raise Invalid(needed, "case_empty")
    texts = {"subjects": {"fr": "", "en": ""}, "descriptions": {"fr": "", "en": ""}}
    made = CaseTemplate(key=key, **texts)
    await _set(session, made, given)
    session.add(made)
    await session.flush()
    audit.record(session, actor=actor, action="added", subject=("case_template", key), new={"type_key": made.type_key})
    return made


async def change(
    session: AsyncSession, key: str, *, actor: Actor, changes: Mapping[str, Any], version: int | None = None
) -> CaseTemplate:
    """Changes a template; cases that began with it stay as they are. Raises NotFound, Stale, Invalid, NotAllowed."""
    actor.need("cases.configure")
    found = await _row(session, key, version)
    old = {name: getattr(found, name, None) for name in changes}
    await _set(session, found, changes)
    await session.flush()
    new = {name: getattr(found, name) for name in changes}
    plain = list(changes)
    told = ({name: values.plain(value) for name, value in each.items()} for each in (old, new))
    before, after = told
    audit.record(
        session, actor=actor, action="changed", subject=("case_template", key), old=before, new=after, plain=plain
    )
    return found


async def remove(session: AsyncSession, key: str, *, actor: Actor, version: int | None = None) -> None:
    """Takes a template away; cases that began with it stay. Raises NotFound, Stale, NotAllowed."""
    actor.need("cases.configure")
    await session.delete(await _row(session, key, version))
    await session.flush()
    audit.record(session, actor=actor, action="removed", subject=("case_template", key))


async def _row(session: AsyncSession, key: str, version: int | None) -> CaseTemplate:
    found = await session.get(CaseTemplate, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such template")
    expect(found, version)
    return found


async def _set(session: AsyncSession, template: CaseTemplate, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        setattr(template, name, await _checked(session, name, value))


async def _checked(session: AsyncSession, name: str, value: Any) -> Any:
    if name == "type_key":
        return (await rows.case_type(session, value)).key
    if name == "category_id":
        return await categories.usable(session, value)
    if name in ("team", "due_days") and value is None:
        return None
    if name not in CHECKS:
        raise Invalid(name, "case_unknown_field")
    return CHECKS[name](name, value)


def _listed(name: str, value: Any) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise Invalid(name, "case_not_list")
    if len(value) > MOST_ITEMS:
        raise Invalid(name, "case_too_many", most=MOST_ITEMS)
    return value


def _fields(given: Sequence[Any]) -> list[dict[str, Any]]:
    made = [_field(f"fields.{at}", each) for at, each in enumerate(given)]
    if len({each["key"] for each in made}) != len(made):
        raise Invalid("fields", "case_twice")
    return made


def _field(place: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid(place, "case_not_text")
    kind = values.one_of(f"{place}.kind", given.get("kind", "text"), KINDS)
    choices = given.get("choices") or []
    if isinstance(choices, str) or len(choices) > MOST_CHOICES or (kind == "choice") != bool(choices):
        raise Invalid(f"{place}.choices", "case_choices")
    return {
        "key": values.key(f"{place}.key", given.get("key")),
        "names": values.both(f"{place}.names", given.get("names")),
        "kind": kind,
        "required": values.boolean(f"{place}.required", given.get("required", False)),
        "choices": [values.line(f"{place}.choices.{at}", each, most=100) for at, each in enumerate(choices)],
    }


def _item(place: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid(place, "case_not_text")
    return {
        "texts": values.both(f"{place}.texts", given.get("texts"), most=300),
        "required": values.boolean(f"{place}.required", given.get("required", False)),
    }


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "names": values.both,
    "subjects": partial(values.both, most=values.LONGEST_SUBJECT, required=False),
    "descriptions": partial(values.both, most=values.LONGEST_TEXT, required=False),
    "impact": partial(values.one_of, choices=LEVELS),
    "urgency": partial(values.one_of, choices=LEVELS),
    "team": partial(values.line, most=40),
    "tags": values.tags,
    "due_days": partial(values.number, least=0, most=3650),
    "active": values.boolean,
    "fields": lambda name, value: _fields(_listed(name, value)),
    "checklist": lambda name, value: [_item(f"{name}.{at}", each) for at, each in enumerate(_listed(name, value))],
}
