"""The company's list of tags: made, renamed, coloured, retired, and two made into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit.services import record
from crm_backend.customers import checks
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound, NotNow
from crm_backend.tags.model import COLOURS, ConversationTag

CONFIGURES = "conversations.configure"
LONGEST, MOST = 40, 500
_PLAIN = ("name", "colour", "retired")

_MOVED = text("""
update conversations set tag_ids = case when tag_ids @> array[cast(:kept as uuid)]
    then array_remove(tag_ids, cast(:gone as uuid)) else array_replace(tag_ids, cast(:gone as uuid), :kept) end
where tag_ids <> '{}' and tag_ids @> array[cast(:gone as uuid)]
""")
_NAMED = (
    text("""
update saved_filters set criteria = jsonb_set(criteria, '{tag}', to_jsonb(cast(:kept as text))), version = version + 1
where criteria ->> 'tag' = :gone
"""),
    # An identifier stands in a step, and nowhere else: what is not one cannot look like it.
    text("""
update macros set steps = replace(cast(steps as text), :gone, :kept)::jsonb, version = version + 1
where strpos(cast(steps as text), :gone) > 0
"""),
    text("""
update rules set actions = replace(cast(actions as text), :gone, :kept)::jsonb, version = version + 1
where strpos(cast(actions as text), :gone) > 0
"""),
)
"""Where a tag is told by its identifier."""


class Used(NamedTuple):
    """A tag, and how many conversations have it."""

    tag: ConversationTag
    conversations: int


async def listed(session: AsyncSession, *, actor: Actor, retired: bool | None = None) -> list[ConversationTag]:
    """The tags by name; `retired` narrows. Needs conversations.read."""
    actor.need("conversations.read")
    query = select(ConversationTag).order_by(ConversationTag.key)
    return list(await session.scalars(query if retired is None else query.where(ConversationTag.retired == retired)))


async def used(session: AsyncSession, *, actor: Actor) -> list[Used]:
    """Every tag with how many conversations have it, by name. Needs conversations.read."""
    rows = await session.execute(
        text("select tag, count(*) from conversations, unnest(tag_ids) as tag where tag_ids <> '{}' group by tag")
    )
    counts: dict[UUID, int] = dict(rows.tuples().all())
    return [Used(tag, counts.get(tag.id, 0)) for tag in await listed(session, actor=actor)]


async def read(session: AsyncSession, *, actor: Actor, tag_id: UUID) -> ConversationTag:
    """One tag. Needs conversations.read. Raises NotFound."""
    actor.need("conversations.read")
    row = await session.get(ConversationTag, tag_id)
    if row is None:
        raise NotFound("no such tag")
    return row


async def add(session: AsyncSession, *, actor: Actor, name: str, colour: str = "plain") -> ConversationTag:
    """A new tag. Needs conversations.configure. Raises Invalid (`tag_taken`), NotNow (`tags_too_many`)."""
    actor.need(CONFIGURES)
    if (await session.scalar(select(func.count()).select_from(ConversationTag)) or 0) >= MOST:
        raise NotNow("tags_too_many", most=MOST)
    row = ConversationTag(id=new_id(), colour=_colour(colour), retired=False)
    await _call(session, row, name)
    session.add(row)
    await session.flush()
    record(
        session,
        actor=actor,
        action="created",
        subject=("conversation_tag", row.id),
        new={"name": row.name, "colour": row.colour},
        plain=_PLAIN,
    )
    return row


async def change(
    session: AsyncSession, *, actor: Actor, tag_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> ConversationTag:
    """Changes `name`, `colour` or `retired`. Needs conversations.configure. Raises NotFound, Stale, Invalid."""
    actor.need(CONFIGURES)
    row = await _locked(session, tag_id)
    expect(row, version)
    old = {name: getattr(row, name) for name in _PLAIN}
    for name, value in changes.items():
        match name:
            case "name":
                await _call(session, row, value)
            case "colour":
                row.colour = _colour(value)
            case "retired" if isinstance(value, bool):
                row.retired = value
            case "retired":
                raise Invalid(name, "not_boolean")
            case _:
                raise Invalid(name, "unknown_field")
    await session.flush()
    new = {name: getattr(row, name) for name in _PLAIN}
    if new != old:
        subject = ("conversation_tag", row.id)
        record(session, actor=actor, action="changed", subject=subject, old=old, new=new, plain=_PLAIN)
    return row


async def merge(
    session: AsyncSession, *, actor: Actor, tag_id: UUID, into: UUID, version: int | None = None
) -> ConversationTag:
    """Makes one tag of two: whatever had the first has `into` from then on, filters, macros and rules too. Gives what
    is left. Needs conversations.configure. Raises NotFound, Stale, Invalid for the same tag or none."""
    actor.need(CONFIGURES)
    if into == tag_id:
        raise Invalid("into", "tag_same")
    rows = await session.scalars(
        select(ConversationTag)
        .where(ConversationTag.id.in_((tag_id, into)))
        .order_by(ConversationTag.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    if tag_id not in found:
        raise NotFound("no such tag")
    if into not in found:
        raise Invalid("into", "unknown_tag")
    gone, kept = found[tag_id], found[into]
    expect(gone, version)
    await session.execute(_MOVED, {"gone": gone.id, "kept": kept.id})
    for statement in _NAMED:
        await session.execute(statement, {"gone": str(gone.id), "kept": str(kept.id)})
    old = {"name": gone.name}
    await session.delete(gone)
    await session.flush()
    subject = ("conversation_tag", tag_id)
    record(session, actor=actor, action="merged", subject=subject, old=old, plain=_PLAIN, into=str(into))
    return kept


def _colour(value: object) -> str:
    if value not in COLOURS:
        raise Invalid("colour", "not_choice", expected=", ".join(COLOURS))
    return str(value)


async def _call(session: AsyncSession, row: ConversationTag, name: object) -> None:
    plain = " ".join(checks.text("name", name, longest=LONGEST, needed=True).split())
    taken = select(exists().where(ConversationTag.key == plain.casefold(), ConversationTag.id != row.id))
    with session.no_autoflush:
        if await session.scalar(taken):
            raise Invalid("name", "tag_taken")
    row.name, row.key = plain, plain.casefold()


async def _locked(session: AsyncSession, tag_id: UUID) -> ConversationTag:
    row = await session.get(ConversationTag, tag_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such tag")
    return row
