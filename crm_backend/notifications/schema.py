"""The values of notifications: the company's rules, and what is about to be sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Start(BaseModel):
    """A channel account that may write first to an address on file of this kind."""

    model_config = ConfigDict(frozen=True)

    kind: str
    channel: str
    account: str


class Rules(BaseModel):
    """When a company writes unasked. Quiet hours may span midnight; times are those of `zone`."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    zone: tzinfo
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    per_week: int = 3

    def quiet_end(self, at: datetime) -> datetime | None:
        """When the quiet hours that hold at this instant end; None when they do not."""
        local = at.astimezone(self.zone)
        start, end, now = self.quiet_from, self.quiet_until, local.time()
        over_midnight = start > end
        quiet = (now >= start or now < end) if over_midnight else start <= now < end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and now >= start else 0)
        return datetime.combine(day, end, tzinfo=self.zone)


class Route(BaseModel):
    """A way to reach a customer. `identity_id` is None for an address on file from which they never wrote."""

    model_config = ConfigDict(frozen=True)

    channel: str
    account: str
    address: str
    kind: str
    value: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Channel, account and address."""
        return self.channel, self.account, self.address

    @property
    def key(self) -> str:
        """How a route is remembered as tried."""
        return f"{self.channel}/{self.account}/{self.address}"


class Planned(BaseModel):
    """A notification that may be sent now, by which way and in which language."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    customer_id: UUID
    kind: str
    facts: dict[str, Any]
    language: str
    route: Route
