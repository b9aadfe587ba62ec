"""Orders as the other parts read them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """A read-only value made from a row."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class LineView(View):
    """One line; `names` by language, price of one piece in minor units of the order's currency."""

    names: dict[str, str]
    options: dict[str, str]
    quantity: int
    unit_price_minor: int

    def name(self, language: str) -> str:
        """The product's name in this language, or in whichever there is."""
        return self.names.get(language) or next(iter(self.names.values()), "")


class EventView(View):
    """What the carrier reported."""

    at: datetime
    code: str
    place: str


class ShipmentView(View):
    """One parcel."""

    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    status: str
    shipped_at: datetime | None
    expected_from: date | None
    expected_to: date | None
    delivered_at: datetime | None
    events: list[EventView]


class OrderView(View):
    """An order; `total_minor` in minor units of `currency`."""

    id: UUID
    number: str
    status: str
    placed_at: datetime | None
    total_minor: int
    currency: str
    lines: list[LineView]
    shipments: list[ShipmentView]


class Verification(View):
    """How a try at proving oneself ended; `locked` when no further try is taken."""

    ok: bool
    tries_left: int
    locked: bool
