"""Products and their variants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, utc_now


class Product(Identified, Base):
    """Something the company sells; `names` holds one name a language, and a language may be missing."""

    __tablename__ = "products"

    external_id: Mapped[str | None] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    category: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    variants: Mapped[list[Variant]] = relationship(back_populates="product", cascade="all, delete-orphan")


class Variant(Identified, Base):
    """A product in one colour, size or material: what is put on an order line."""

    __tablename__ = "variants"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    options: Mapped[dict[str, str]] = mapped_column(default=dict)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    available: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    product: Mapped[Product] = relationship(back_populates="variants")

    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("length(currency) = 3", name="currency"),
    )
