"""Payments of orders, and refunds with the payments they go back to. Amounts are in minor units."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned, utc_now

GIFT_CARD = "gift_card"
METHODS = ("card", "paypal", "bank_transfer", "direct_debit", "cash", "cheque", "instalments", GIFT_CARD, "other")


class Payment(Identified, Base):
    """What was paid at once by one means. `reference` is what the means calls it, for money to find its way back;
    `refunded_minor` is how much of it has."""

    __tablename__ = "payments"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    method: Mapped[str]
    reference: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str]
    gift_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("gift_cards.id"), index=True)
    paid_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        UniqueConstraint("order_id", "method", "reference"),
        CheckConstraint("method in ('" + "', '".join(METHODS) + "')", name="method"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("refunded_minor between 0 and amount_minor", name="refunded"),
        CheckConstraint("(method = 'gift_card') = (gift_card_id is not null)", name="gift_card"),
    )


class Refund(Versioned, Identified, Base):
    """Money that goes back. It is `requested` until every part has arrived where it was paid from, then `done`."""

    __tablename__ = "refunds"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    return_id: Mapped[UUID | None] = mapped_column(ForeignKey("returns.id", ondelete="SET NULL"), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="requested")
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]

    parts: Mapped[list[RefundPart]] = relationship(
        back_populates="refund", cascade="all, delete-orphan", order_by="RefundPart.position"
    )

    __table_args__ = (
        CheckConstraint("status in ('requested', 'done')", name="status"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_refunds_status_created_at", "status", "created_at", "id"),
        Index("ix_refunds_created_at_id", "created_at", "id"),
    )


class RefundPart(Identified, Base):
    """What of a refund goes back to one payment. `reference` is what the means calls it once it is `done`."""

    __tablename__ = "refund_parts"

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refunds.id", ondelete="CASCADE"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(default="requested")
    reference: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]

    refund: Mapped[Refund] = relationship(back_populates="parts")
    payment: Mapped[Payment] = relationship()

    __table_args__ = (
        UniqueConstraint("refund_id", "payment_id"),
        CheckConstraint("status in ('requested', 'done')", name="status"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )
