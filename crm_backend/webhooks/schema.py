"""What callers are told of subscriptions and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SubscriptionView(BaseModel):
    """A subscription as it is shown; its secret is shown once, when it is made or changed."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: UUID
    url: str
    description: str
    kinds: list[str]
    enabled: bool
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    stopped: str | None
    previous_until: datetime | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class DeliveryView(BaseModel):
    """One event on its way to a subscriber, or there, or given up."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: UUID
    subscription_id: UUID
    event_id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    seq: int
    body: dict[str, Any]
    state: str
    attempts: int
    available_at: datetime
    status: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None


class Parcel(BaseModel):
    """A leased delivery: what to send where. `secrets` is sealed."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    lease: UUID
    attempts: int
    subscription_id: UUID
    event_id: UUID
    url: str
    secrets: bytes
    previous: bool
    """Whether the secret before is signed with, too."""
    body: dict[str, Any]
