"""Invoices and credit notes as they were issued, and the counters that number them without gaps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class Invoice(Identified, Base):
    """A numbered document. `content` holds everything that it says; a trigger lets nobody change or delete it.

    It outlives its order and its customer: the law has it kept for years (in France ten, code de commerce,
    article L123-22).
    """

    __tablename__ = "invoices"

    kind: Mapped[str]
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("refunds.id", ondelete="SET NULL"), unique=True)
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    total_minor: Mapped[int] = mapped_column(BigInteger)
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]]

    __table_args__ = (
        UniqueConstraint("kind", "year", "sequence"),
        CheckConstraint("kind in ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("(kind = 'credit_note') = (corrects_id is not null)", name="corrects"),
        Index("uq_invoices_order", "order_id", unique=True, postgresql_where=text("kind = 'invoice'")),
        Index("ix_invoices_created_at_id", "created_at", "id"),
    )


class InvoiceCounter(Base):
    """The last number given in a year; its row is locked from the numbering to the end of the transaction."""

    __tablename__ = "invoice_counters"

    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
