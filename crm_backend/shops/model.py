"""The table of shops."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.calendars.model import Calendar
from crm_backend.database import Base, Identified, Versioned, utc_now

SERVICES = ("collection", "returns", "appointments")
"""What may be done in a shop: fetching an order, bringing something back, meeting somebody at a set time."""


class Shop(Versioned, Identified, Base):
    """A shop. It is open as its calendar says; `notes` holds a word for visitors by language (which door, which floor),
    `latitude` and `longitude` are degrees (WGS 84). One that is not `active` is shown to nobody."""

    __tablename__ = "shops"

    external_id: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    country: Mapped[str]
    phone: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    services: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    notes: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    calendar: Mapped[Calendar] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("latitude between -90 and 90", name="latitude"),
        CheckConstraint("longitude between -180 and 180", name="longitude"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="position"),
        Index("ix_shops_created_at_id", "created_at", "id"),
    )
