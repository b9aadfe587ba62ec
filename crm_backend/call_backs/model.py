"""The tables of call-backs and appointments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

KINDS = ("call_back", "appointment")


class BookingSchedule(Versioned, Identified, Base):
    """When calls are made, or a shop receives by appointment: windows of `window_minutes` inside the hours of a
    calendar, `capacity` bookings each, from `lead_minutes` ahead until `days_ahead`. Without a shop it is the one for
    calls. `team` is who does the work."""

    __tablename__ = "booking_schedules"

    kind: Mapped[str]
    shop_id: Mapped[UUID | None] = mapped_column(ForeignKey("shops.id", ondelete="CASCADE"))
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id"), index=True)
    window_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    capacity: Mapped[int] = mapped_column(default=2, server_default="2")
    lead_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    days_ahead: Mapped[int] = mapped_column(default=14, server_default="14")
    team: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (
        CheckConstraint("kind in ('call_back', 'appointment')", name="kind"),
        CheckConstraint("(kind = 'appointment') = (shop_id is not null)", name="shop"),
        CheckConstraint("window_minutes between 5 and 480", name="window_minutes"),
        CheckConstraint("capacity between 1 and 1000", name="capacity"),
        CheckConstraint("lead_minutes between 0 and 20160", name="lead_minutes"),
        CheckConstraint("days_ahead between 1 and 90", name="days_ahead"),
        Index("uq_booking_schedules_kind_shop_id", "kind", text("coalesce(shop_id::text, '')"), unique=True),
        Index("ix_booking_schedules_shop_id", "shop_id"),
        Index("ix_booking_schedules_created_at_id", "created_at", "id"),
    )


class Booking(Versioned, Identified, Base):
    """One call or appointment. `reference` is what the customer quotes (`7K2M-Q9TA`), `phone` is in E.164, and the work
    is a case of the schedule's team. Asked again under the same `key` by the same actor, it is the same booking."""

    __tablename__ = "bookings"

    reference: Mapped[str] = mapped_column(unique=True)
    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("booking_schedules.id"))
    kind: Mapped[str]
    shop_id: Mapped[UUID | None] = mapped_column(ForeignKey("shops.id", ondelete="SET NULL"), index=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"), index=True)
    phone: Mapped[str]
    topic: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="booked", server_default="booked")
    actor: Mapped[str]
    key: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (
        UniqueConstraint("actor", "key"),
        CheckConstraint("kind in ('call_back', 'appointment')", name="kind"),
        CheckConstraint("state in ('booked', 'cancelled', 'done', 'missed')", name="state"),
        CheckConstraint("ends_at > starts_at", name="window"),
        Index("ix_bookings_schedule_id_starts_at", "schedule_id", "starts_at"),
        Index("ix_bookings_starts_at_id", "starts_at", "id"),
        Index("ix_bookings_created_at_id", "created_at", "id"),
        Index("ix_bookings_phone", "phone"),
    )
