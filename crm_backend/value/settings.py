"""What the company decides about value: windows, horizons, rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import expect
from crm_backend.errors import Invalid
from crm_backend.segments import services as segments
from crm_backend.value import rules
from crm_backend.value.model import ValueSettings

LIMITS: dict[str, tuple[type, float, float]] = {
    "window_days": (int, 30, 3_650),
    "horizon_days": (int, 30, 1_825),
    "yearly_discount": (float, 0, 1),
    "every_hours": (int, 1, 720),
    "pair_orders": (int, 2, 1_000_000),
    "pair_confidence": (float, 0, 1),
    "pair_lift": (float, 0, 1_000),
}
"""What each number may be: its type, the least and the most."""


async def get(session: AsyncSession) -> ValueSettings:
    """The settings as they are, or their defaults, which are kept from then on."""
    found = await session.get(ValueSettings, 1)
    if found is None:
        await session.execute(text("insert into value_settings (id) values (1) on conflict do nothing"))
        found = await session.get_one(ValueSettings, 1)
    return found


async def shown(session: AsyncSession, actor: Actor) -> ValueSettings:
    """The settings for somebody to see. Raises NotAllowed."""
    actor.need("segments.read")
    return await get(session)


async def change(
    session: AsyncSession, actor: Actor, given: Mapping[str, Any], *, version: int | None
) -> ValueSettings:
    """Changes what is given: the numbers of `LIMITS`, `stage_rules` (by stage; null for the default) and `vip_rule`.

    It holds for a customer from when they are computed next: the whole round begins within a minute. Raises Invalid
    with the place of what is wrong, Stale, NotAllowed.
    """
    actor.need("segments.write")
    await get(session)
    found = await session.get_one(ValueSettings, 1, with_for_update=True, populate_existing=True)
    expect(found, version)
    known = await segments.fields(session)
    new: dict[str, Any] = {}
    for name, value in given.items():
        if name == "stage_rules":
            new[name] = rules.checked_stages(value, known)
        elif name == "vip_rule":
            new[name] = rules.checked_vip(value, known)
        elif name in LIMITS:
            new[name] = _number(name, value)
        else:
            raise Invalid(str(name)[:40], "unknown_key")
    old = {name: getattr(found, name) for name in new}
    for name, value in new.items():
        setattr(found, name, value)
    await session.flush()
    audit.record(session, actor=actor, action="value_settings_changed", subject=("value_settings", 1), old=old, new=new)
    await session.execute(text("update value_runs set finished_at = null"))
    return found


def _number(name: str, value: object) -> int | float:
    kind, least, most = LIMITS[name]
    if type(value) is not int and not (kind is float and type(value) is float and math.isfinite(value)):
        raise Invalid(name, "whole_number_needed" if kind is int else "number_needed")
    assert isinstance(value, int | float)
    if not least <= value <= most:
        raise Invalid(name, "value_out_of_range", least=least, most=most)
    return value
