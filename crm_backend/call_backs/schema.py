"""What booking takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Asked:
    """A call or an appointment that somebody asks for. `starts_at` begins a window, `phone` is as it was typed, read
    as one of `country` unless it begins with `+`; the customer is the conversation's, where there is one."""

    kind: str
    starts_at: datetime
    phone: str
    topic: str = ""
    language: str = "fr"
    country: str = "FR"
    shop_id: UUID | None = None
    conversation_id: UUID | None = None
    customer_id: UUID | None = None
