"""Returns and exchanges with their lines, and the pictures that were sent with them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned
from crm_backend.orders.model import Order, OrderLine

STATUSES = ("requested", "labelled", "received", "inspected", "refunded", "exchanged", "refused", "cancelled")
REASONS = ("changed_mind", "wrong_size", "not_as_described", "wrong_item", "damaged", "defective", "late", "other")


class Return(Versioned, Identified, Base):
    """Goods of one order on their way back, to be paid back (`return`) or replaced (`exchange`)."""

    __tablename__ = "returns"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="requested")
    note: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[str]
    carrier: Mapped[str | None]
    label_reference: Mapped[str | None]
    label_url: Mapped[str | None]
    received_at: Mapped[datetime | None]
    inspected_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    replacement_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)

    order: Mapped[Order] = relationship(foreign_keys=[order_id])
    lines: Mapped[list[ReturnLine]] = relationship(
        back_populates="of", cascade="all, delete-orphan", order_by="ReturnLine.position"
    )

    __table_args__ = (
        CheckConstraint("kind in ('return', 'exchange')", name="kind"),
        CheckConstraint("status in ('" + "', '".join(STATUSES) + "')", name="status"),
        Index("ix_returns_created_at_id", "created_at", "id"),
        Index("ix_returns_status_created_at", "status", "created_at", "id"),
    )

    @property
    def reference(self) -> str:
        """What people call it by: on the slip, in the parcel, in conversations."""
        return self.id.hex[-8:].upper()


class ReturnLine(Identified, Base):
    """How many pieces of an order's line come back, why, and, once looked at, how many are taken back.

    `wanted_variant_id` is what is wanted instead; without one, the same again.
    """

    __tablename__ = "return_lines"

    return_id: Mapped[UUID] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"))
    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    quantity: Mapped[int]
    reason: Mapped[str]
    wanted_variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    accepted: Mapped[int | None]
    refused_because: Mapped[str | None]

    of: Mapped[Return] = relationship(back_populates="lines")
    line: Mapped[OrderLine] = relationship()

    __table_args__ = (
        UniqueConstraint("return_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("accepted between 0 and quantity", name="accepted"),
        CheckConstraint("reason in ('" + "', '".join(REASONS) + "')", name="reason"),
    )


class ReturnFile(Base):
    """A picture that shows why something comes back."""

    __tablename__ = "return_files"

    return_id: Mapped[UUID] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(
        ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
