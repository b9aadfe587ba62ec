"""The tables of calendars."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned


class Calendar(Versioned, Identified, Base):
    """A week of working hours somewhere. `week` is `{"mon": [["09:00", "12:30"], …], …}`; `place` says whose public
    holidays are kept (`FR`, `FR-57`, `GB-ENG`), if any are."""

    __tablename__ = "calendars"

    name: Mapped[str]
    zone: Mapped[str]
    place: Mapped[str | None]
    week: Mapped[dict[str, Any]]

    days: Mapped[list[CalendarDay]] = relationship(
        cascade="all, delete-orphan", order_by="CalendarDay.day", lazy="selectin"
    )

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("uq_calendars_name", text("lower(name)"), unique=True),
    )


class CalendarDay(Base):
    """A day unlike others of its weekday: closed without `spans`, else open at those times, holiday or not."""

    __tablename__ = "calendar_days"

    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="", server_default="")
    spans: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
