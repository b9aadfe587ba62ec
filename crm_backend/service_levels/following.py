"""What happens to cases, as it concerns their clocks, and as it is told to rules and webhooks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import events as case_events
from crm_backend.cases.model import Case, CaseEvent
from crm_backend.events import services as events
from crm_backend.service_levels import clocks

DECIDING = ("priority", "type_key", "customer_id")
"""Fields that decide which policy is for a case."""


def listen() -> None:
    """Has every event of a case counted and told, in its own transaction. Once is enough, and twice does no harm."""
    case_events.follow(count)
    case_events.follow(tell)


async def count(session: AsyncSession, case: Case, event: CaseEvent) -> None:
    """What an event of a case means to its clocks."""
    if event.action == "opened":
        await clocks.start(session, case, at=event.at)
    elif event.action == "customer_wrote":
        await clocks.customer_wrote(session, case, at=event.at)
    elif event.action in ("replied", "answered"):
        # What the product says by itself is no person's answer.
        await clocks.answered(session, case.id, at=event.at, by_bot=not event.actor.startswith("agent:"))
    if any(field in event.changes for field in DECIDING) and event.action != "opened":
        await clocks.choose_again(session, case, now=event.at)
    if event.action != "opened" and (stage := event.changes.get("stage")):
        await clocks.change_stage(session, case, old=stage["old"], new=stage["new"], at=event.at)
        if stage["old"] in clocks.OVER and event.details.get("reason") == "customer_wrote":
            # The word that brought it back came while it was over, and has no answer either.
            await clocks.customer_wrote(session, case, at=event.at)


async def tell(session: AsyncSession, case: Case, event: CaseEvent) -> None:
    """An event of a case in the log: names of fields and words of our own lists, never what somebody wrote."""
    for kind, data in _told(case, event):
        await events.emit(session, kind=kind, subject=("case", case.id), data=data, actor=event.actor, now=event.at)


def _told(case: Case, event: CaseEvent) -> list[tuple[str, dict[str, Any]]]:
    changes, found = event.changes, []
    if event.action == "opened":
        customer = str(case.customer_id) if case.customer_id else None
        facts = {"type": case.type_key, "status": case.status, "stage": case.stage, "priority": case.priority}
        return [("case.opened", {**facts, "customer_id": customer, "channel": case.channel})]
    if event.action in ("linked", "unlinked"):
        known = ("kind", "id", "conversation_id", "order_id", "case_id", "other_id")
        details = {name: value for name, value in event.details.items() if name in known}
        return [("case.linked", {**details, "linked": event.action == "linked"})]
    if "status" in changes:
        stage = changes.get("stage") or {"old": case.stage, "new": case.stage}
        told = {"from": changes["status"]["old"], "to": changes["status"]["new"]}
        found.append(("case.status", {**told, "from_stage": stage["old"], "stage": stage["new"]}))
    if "priority" in changes:
        found.append(("case.priority", {"from": changes["priority"]["old"], "to": changes["priority"]["new"]}))
    if "team" in changes or "agent_id" in changes:
        agent = str(case.agent_id) if case.agent_id else None
        before = {f"from_{name}": changes[name]["old"] for name in ("team", "agent_id") if name in changes}
        found.append(("case.assigned", {"team": case.team, "agent_id": agent, **before}))
    special = {"status", "stage", "priority", "team", "agent_id"}
    if others := sorted(name for name in changes if name not in special):
        found.append(("case.changed", {"fields": others}))
    return found
