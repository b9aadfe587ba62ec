"""Orders, their lines, their shipments and what the carrier reported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.customers.model import Customer
from crm_backend.database import Base, Identified, Versioned, utc_now

STATUSES = (
    "placed",
    "paid",
    "preparing",
    "shipped",
    "out_for_delivery",
    "delivered",
    "cancelled",
    "lost",
    "returned",
)


class Order(Versioned, Identified, Base):
    """An order with the address it goes to. `number` is as the company writes it, `number_key` as people type it.

    `total_minor` is what is paid, all taxes included: the lines, plus `shipping_minor`, less `discount_minor`.
    `replaces_id` is the order that this one replaces after an exchange.
    """

    __tablename__ = "orders"

    external_id: Mapped[str | None] = mapped_column(unique=True)
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    status: Mapped[str]
    placed_at: Mapped[datetime | None]
    total_minor: Mapped[int] = mapped_column(BigInteger)
    shipping_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    discount_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    currency: Mapped[str]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    ship_name: Mapped[str] = mapped_column(default="")
    ship_line1: Mapped[str] = mapped_column(default="")
    ship_line2: Mapped[str] = mapped_column(default="")
    ship_city: Mapped[str] = mapped_column(default="")
    ship_region: Mapped[str] = mapped_column(default="")
    ship_postcode: Mapped[str] = mapped_column(default="")
    ship_country: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="OrderLine.position"
    )
    shipments: Mapped[list[Shipment]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="Shipment.created_at"
    )

    __table_args__ = (
        CheckConstraint("status in ('" + "', '".join(STATUSES) + "')", name="status"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("shipping_minor >= 0 and discount_minor >= 0", name="parts"),
        Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
        Index("ix_orders_created_at_id", "created_at", "id"),
        # Lists go by the day of the order, or, where a shop did not tell it, by the day we heard of it.
        Index("ix_orders_placed", text("coalesce(placed_at, created_at)"), "id"),
        Index("ix_orders_status_placed", "status", text("coalesce(placed_at, created_at)"), "id"),
        Index("ix_orders_country_placed", "ship_country", text("coalesce(placed_at, created_at)"), "id"),
        Index("ix_orders_updated_at_id", "updated_at", "id"),
    )


class OrderLine(Identified, Base):
    """One variant on an order, with names, options and price as they were when it was bought.

    `vat_rate` is in hundredths of a percent; without one, that of the product or of the policy holds.
    """

    __tablename__ = "order_lines"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"), index=True)
    names: Mapped[dict[str, str]]
    options: Mapped[dict[str, str]] = mapped_column(default=dict)
    quantity: Mapped[int] = mapped_column(default=1)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    vat_rate: Mapped[int | None]

    order: Mapped[Order] = relationship(back_populates="lines")

    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
    )


class Shipment(Identified, Base):
    """A parcel of an order."""

    __tablename__ = "shipments"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    tracking_url: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="preparing")
    shipped_at: Mapped[datetime | None]
    expected_from: Mapped[date | None]
    expected_to: Mapped[date | None]
    delivered_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="shipments")
    events: Mapped[list[TrackingEvent]] = relationship(
        back_populates="shipment", cascade="all, delete-orphan", order_by="TrackingEvent.at"
    )

    __table_args__ = (
        UniqueConstraint("order_id", "tracking_number"),
        CheckConstraint(
            "status in ('preparing', 'shipped', 'out_for_delivery', 'delivered', 'lost', 'returned')", name="status"
        ),
    )


class TrackingEvent(Identified, Base):
    """What the carrier reported: `code` is one of ours and is put into words per language."""

    __tablename__ = "tracking_events"

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    code: Mapped[str]
    place: Mapped[str] = mapped_column(default="")

    shipment: Mapped[Shipment] = relationship(back_populates="events")

    __table_args__ = (
        UniqueConstraint("shipment_id", "code", "at"),
        Index("ix_tracking_events_shipment_id_at", "shipment_id", "at"),
        CheckConstraint(
            "code in ('announced', 'picked_up', 'in_transit', 'at_depot', 'out_for_delivery', 'attempted',"
            " 'at_pickup_point', 'delivered', 'delayed', 'lost', 'returning', 'returned')",
            name="code",
        ),
    )


class VerificationAttempt(Identified, Base):
    """One try at proving who one is by the facts of an order: whose try it was, how it ended, and what limits count.

    Of the e-mail there is a fingerprint only; the postcode is not kept.
    """

    __tablename__ = "verification_attempts"

    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[UUID | None] = mapped_column(unique=True)
    number_key: Mapped[str]
    email_key: Mapped[str | None]
    ok: Mapped[bool]

    __table_args__ = (
        Index("ix_verification_attempts_number_key_created_at", "number_key", "created_at"),
        Index("ix_verification_attempts_email_key_created_at", "email_key", "created_at"),
    )


class Command(Identified, Base):
    """A change that was asked for under a key of the caller's: asked again, it is answered and not done again.

    `fingerprint` tells whether the same was asked, `result` names what came of it (`{"refund": id}`).
    """

    __tablename__ = "order_commands"

    actor: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    fingerprint: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (UniqueConstraint("actor", "key"),)
