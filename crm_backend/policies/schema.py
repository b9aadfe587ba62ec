"""What is allowed, as the other parts read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Decision(BaseModel):
    """Whether something may be done now. `until` is the instant by which it has, or had, to be done, where there is
    one; `reason` and `facts` say why not (`words.why` puts them into a sentence)."""

    model_config = ConfigDict(frozen=True)

    allowed: bool
    until: datetime | None = None
    reason: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class LineAllowed(BaseModel):
    """What may be done with one line; `returnable` is how many pieces have not come back."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    position: int
    returnable: int
    back: Decision
    """Sending pieces back, or having them exchanged."""
    warranty: Decision
    """Having faulty pieces taken back."""


class Allowed(BaseModel):
    """What may be done with an order at an instant."""

    model_config = ConfigDict(frozen=True)

    order_id: UUID
    number: str
    at: datetime
    cancel: Decision
    change_address: Decision
    back: Decision
    warranty: Decision
    refund: Decision
    refundable_minor: int
    """What has been paid and not gone back."""
    currency: str
    lines: list[LineAllowed]
