"""A delivery on its way to a subscriber."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


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
