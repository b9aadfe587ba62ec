"""How customers are asked on each channel: reading what holds, and setting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.each_or_all import OTHERS, EachOrAll
from crm_backend.errors import Invalid
from crm_backend.satisfaction.model import SatisfactionSetting

MAY = "channels.configure"
LONGEST_DELAY, LONGEST_REST, LONGEST_WORDS = 1_440, 365, 300
_SETTINGS = EachOrAll(
    SatisfactionSetting,
    key="channel",
    subject="satisfaction_setting",
    fields=("channel", "enabled", "delay_minutes", "rest_days", "words"),
    plain=("channel", "words"),
)


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
    row = await _SETTINGS.holding(session, channel)
    if row is None:
        return Setting()
    return Setting(row.enabled, timedelta(minutes=row.delay_minutes), timedelta(days=row.rest_days), row.words, True)


async def listing(session: AsyncSession, *, actor: Actor) -> list[SatisfactionSetting]:
    """Every setting, that of all channels first. Needs channels.configure."""
    actor.need(MAY)
    return await _SETTINGS.listing(session)


async def put(
    session: AsyncSession, channel: str, *, actor: Actor, given: Mapping[str, Any], version: int | None = None
) -> SatisfactionSetting:
    """Sets how a channel asks, or with `*` every other. Needs channels.configure. Raises Invalid, NotFound when a
    setting was to be changed that is gone, Stale."""
    actor.need(MAY)
    _check(channel)
    return await _SETTINGS.put(session, channel, actor=actor, version=version, change=lambda row: _set(row, given))


async def remove(session: AsyncSession, channel: str, *, actor: Actor, version: int | None = None) -> None:
    """Takes a channel's setting away; that of all channels holds then. Needs channels.configure. Raises Invalid,
    NotFound, Stale."""
    actor.need(MAY)
    _check(channel)
    await _SETTINGS.remove(session, channel, actor=actor, version=version)


def _check(channel: str) -> None:
    """Raises Invalid for what can be no channel's name."""
    if channel != OTHERS:
        values.key_of("channel", channel, 40)


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
