"""What the services of cases take and give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class NewCase:
    """A case to be opened. What is None comes from the template, else from the type, else it stays open.

    `acknowledge` says whether the customer is told by mail; None leaves that to the type, and to whether they are being
    spoken to.
    """

    type_key: str | None = None
    subject: str | None = None
    description: str | None = None
    template_key: str | None = None
    customer_id: UUID | None = None
    language: str | None = None
    channel: str | None = None
    category_id: UUID | None = None
    impact: str | None = None
    urgency: str | None = None
    team: str | None = None
    agent_id: UUID | None = None
    tags: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    conversation_id: UUID | None = None
    order_ids: Sequence[UUID] = ()
    parent_id: UUID | None = None
    acknowledge: bool | None = None
    demo: bool = False


@dataclass(frozen=True)
class Step:
    """A step that a case may take: to which status, what that needs, what of it is missing, and whether the one who
    asks may take it."""

    to: str
    names: Mapping[str, str]
    stage: str
    needs: Sequence[str]
    missing: Sequence[str]
    permitted: bool


@dataclass(frozen=True)
class Filters:
    """Which cases a list holds. A filter that is None or empty leaves all; several words of one are alternatives.

    `category_id` stands for its whole subtree. `unassigned` are those without an agent; `open` those neither resolved
    nor closed; `overdue` those of them that are past their due date. `promise` are those with a running clock whose
    time is nearly up or over (`risk`), or over (`late`).
    """

    status: Sequence[str] = ()
    stage: Sequence[str] = ()
    type_key: Sequence[str] = ()
    priority: Sequence[str] = ()
    category_id: UUID | None = None
    team: Sequence[str] = ()
    agent_id: UUID | None = None
    unassigned: bool | None = None
    watcher_id: UUID | None = None
    customer_id: UUID | None = None
    order_id: UUID | None = None
    conversation_id: UUID | None = None
    parent_id: UUID | None = None
    tag: Sequence[str] = ()
    text: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    promise: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    updated_from: datetime | None = None
    updated_until: datetime | None = None
