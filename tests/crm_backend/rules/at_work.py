"""Rules that were added and have worked, for the tests of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.database import utc_now
from crm_backend.events import services as events
from crm_backend.rules import running, services
from crm_backend.rules.model import Rule, RuleRun

TEXTS = {"fr": "Bonjour {first_name}, le dossier {case} avance.", "en": "Hello {first_name}, {case} is under way."}


async def rule(session: AsyncSession, *actions: dict[str, Any], event: str = "case.opened", **more: Any) -> Rule:
    count = await session.scalar(select(func.count()).select_from(Rule))
    fields = {"name": f"Rule {count}", "event": event, "actions": list(actions), **more}
    return await services.add(session, actor=COMMAND_LINE, fields=fields)


async def work(session: AsyncSession) -> int:
    """Works through every event that waits; how many there were."""
    for count in range(100):
        event = await events.claim(session, consumer="rules")
        if event is None:
            return count
        await running.run(session, event, now=utc_now())
        await events.done(session, event, consumer="rules")
    raise AssertionError("rules go on for ever")


async def runs(session: AsyncSession) -> list[tuple[str, list[str]]]:
    rows = await session.scalars(select(RuleRun).order_by(RuleRun.id))
    return [(each.outcome, [step.get("refused") or step["do"] for step in each.steps]) for each in rows]
