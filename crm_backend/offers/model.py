"""The table of products bought together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, utc_now


class ProductPair(Base):
    """An association rule: who buys `product_id` buys `with_id` in the same order, in `confidence` of cases.

    Agrawal, Imieliński and Swami, "Mining association rules between sets of items in large databases" (1993), for sets
    of one product each; lift after Brin, Motwani, Ullman and Tsur (1997).
    """

    __tablename__ = "product_pairs"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    with_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    orders: Mapped[int]
    """Orders that hold both."""
    support: Mapped[float]
    """Their share of all orders."""
    confidence: Mapped[float]
    """Their share of the orders that hold `product_id`."""
    lift: Mapped[float]
    """How many times as often as if each were bought regardless of the other."""
    computed_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        CheckConstraint("product_id <> with_id", name="two"),
        Index("ix_product_pairs_with_id", "with_id"),
    )
