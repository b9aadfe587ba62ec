"""What happens to cases: kept as history, and told at once to those who follow along."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.cases.model import Case, CaseEvent
from crm_backend.database import new_id

ACTIONS = (
    "opened",
    "changed",
    "status_changed",
    "due_extended",
    "commented",
    "comment_edited",
    "comment_deleted",
    "replied",
    "customer_wrote",
    "answered",
    "acknowledged",
    "linked",
    "unlinked",
    "attached",
    "detached",
    "watched",
    "unwatched",
    "item_added",
    "item_changed",
    "item_removed",
)
"""`replied` is an answer given through the case, `answered` one that an agent gave in a conversation the case is about,
`customer_wrote` a word of the customer there; for these three, `at` is when the message was stored."""

HEARD = ("customer_wrote", "answered")
"""What conversations keep already: nobody did anything to the case."""
PRIVATE = ("reason",)
"""Details that people wrote, which the audit log does not repeat."""
Follower = Callable[[AsyncSession, Case, CaseEvent], Awaitable[None]]
"""Runs in the transaction of the deed, after the case was changed. It may change the case through services, which
happens to the case in turn; what it raises undoes the deed."""
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Has every event told to `follower`, once however often it asks, those who asked first being told first."""
    if follower not in _followers:
        _followers.append(follower)


async def happened(
    session: AsyncSession,
    case: Case,
    *,
    actor: Actor,
    action: str,
    at: datetime,
    changes: dict[str, Any] | None = None,
    **details: Any,
) -> CaseEvent:
    """Writes to the history of a locked case, and tells the followers. Raises KeyError for an unknown action."""
    if action not in ACTIONS:
        raise KeyError(action)
    event = CaseEvent(
        id=new_id(),
        case_id=case.id,
        at=at,
        actor=actor.name,
        action=action,
        changes=changes or {},
        details={name: value for name, value in details.items() if value is not None},
    )
    session.add(event)
    if action not in HEARD:
        audit.record(
            session,
            actor=actor,
            action=f"case_{action}",
            subject=("case", case.id),
            old={name: each["old"] for name, each in event.changes.items()} or None,
            new={name: each["new"] for name, each in event.changes.items()} or None,
            **{name: value for name, value in event.details.items() if name not in PRIVATE},
        )
    await session.flush()
    for follower in _followers:
        await follower(session, case, event)
    return event
