"""How customers are asked on each channel: reading what holds, and setting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid, NotFound
from crm_backend.knowledge import values
from crm_backend.satisfaction.model import SatisfactionSetting

MAY = "channels.configure"
EVERY_CHANNEL = "*"
LONGEST_DELAY, LONGEST_REST, LONGEST_WORDS = 1_440, 365, 300
_PLAIN = ("channel", "words")


@dataclass(frozen=True)
class Setting:
    """How a channel asks. Without any setting it is not `explicit`: whether it asks is for the caller to say, and then
    it is at once, in our words, after every conversation."""

    enabled: bool = True
    delay: timedelta = timedelta()
    rest: timedelta = timedelta()
    words: Mapping[str, str] = field(default_factory=dict)
    explicit: bool = False


async def of_channel(session: AsyncSession, channel: str) -> Setting:
    """What holds on a channel: its own setting, else that of every channel."""
    row = await session.scalar(
        select(SatisfactionSetting)
        .where(SatisfactionSetting.channel.in_((channel, EVERY_CHANNEL)))
        .order_by(case((SatisfactionSetting.channel == channel, 0), else_=1))
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return Setting()
    return Setting(row.enabled, timedelta(minutes=row.delay_minutes), timedelta(days=row.rest_days), row.words, True)


async def listing(session: AsyncSession, *, actor: Actor) -> list[SatisfactionSetting]:
    """Every setting, that of all channels first. Needs channels.configure."""
    actor.need(MAY)
    first = case((SatisfactionSetting.channel == EVERY_CHANNEL, 0), else_=1)
    return list(await session.scalars(select(SatisfactionSetting).order_by(first, SatisfactionSetting.channel)))


async def put(
    session: AsyncSession, channel: str, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> SatisfactionSetting:
    """Sets how a channel asks, or with `*` every other. Needs channels.configure. Raises Invalid, Stale."""
    actor.need(MAY)
    row = await _held(session, channel)
    old = _told(row) if row else None
    if row is None and version is not None:
        raise NotFound("no such setting any more")
    if row is None:
        await session.execute(insert(SatisfactionSetting).values(channel=channel).on_conflict_do_nothing())
        row = await session.get_one(SatisfactionSetting, channel, with_for_update=True, populate_existing=True)
    else:
        expect(row, version)
    _set(row, given)
    await session.flush()
    _note(session, actor, "changed" if old else "added", row, old=old, new=_told(row))
    return row


async def remove(session: AsyncSession, channel: str, *, actor: Actor, version: int | None = None) -> None:
    """Takes a channel's setting away; that of all channels holds then. Needs channels.configure. Raises NotFound,
    Stale."""
    actor.need(MAY)
    row = await _held(session, channel)
    if row is None:
        raise NotFound("no such setting")
    expect(row, version)
    _note(session, actor, "deleted", row, old=_told(row))
    await session.delete(row)
    await session.flush()


async def _held(session: AsyncSession, channel: str) -> SatisfactionSetting | None:
    """The setting, locked. Raises Invalid for what can be no channel's name."""
    if channel != EVERY_CHANNEL:
        values.key_of("channel", channel, 40)
    return await session.get(SatisfactionSetting, channel, with_for_update=True, populate_existing=True)


def _set(row: SatisfactionSetting, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        match name:
            case "enabled" if isinstance(value, bool):
                row.enabled = value
            case "enabled":
                raise Invalid(name, "not_boolean")
            case "delay_minutes":
                row.delay_minutes = values.integer(name, value, LONGEST_DELAY)
            case "rest_days":
                row.rest_days = values.integer(name, value, LONGEST_REST)
            case "words":
                # Both languages or none: a customer is asked in theirs, and not half in our words.
                row.words = values.names_of(name, value, LONGEST_WORDS) if value else {}
            case _:
                raise Invalid(name, "unknown_field")


def _told(row: SatisfactionSetting) -> dict[str, object]:
    return {
        "channel": row.channel,
        "enabled": row.enabled,
        "delay_minutes": row.delay_minutes,
        "rest_days": row.rest_days,
        "words": row.words,
    }


def _note(
    session: AsyncSession,
    actor: Actor,
    action: str,
    row: SatisfactionSetting,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
) -> None:
    subject = ("satisfaction_setting", row.channel)
    audit.record(session, actor=actor, action=action, subject=subject, plain=_PLAIN, old=old, new=new)
