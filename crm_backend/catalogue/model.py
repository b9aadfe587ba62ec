"""Products and their variants."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned, utc_now


class Product(Versioned, Identified, Base):
    """Something the company sells; `names` holds one name a language, and a language may be missing.

    `vat_rate` is in hundredths of a percent, where it is not the one of the policy. `return_exclusion` says why the
    law lets it not be taken back once delivered: `hygiene` (unsealed) or `made_to_measure`
    (directive 2011/83/EU, article 16, e and c). `descriptions` holds a text a language, and `attributes` what may be
    compared: by language, values under the same keys (`{"en": {"material": "oak", "care": "oil it once a year"}}`).
    `image` is the address of a picture, and `pages` holds that of the shop's page a language.
    """

    __tablename__ = "products"

    external_id: Mapped[str | None] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    descriptions: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    image: Mapped[str | None]
    pages: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    category: Mapped[str] = mapped_column(default="")
    vat_rate: Mapped[int | None]
    return_exclusion: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    variants: Mapped[list[Variant]] = relationship(back_populates="product", cascade="all, delete-orphan")

    __table_args__ = (
        Index("ix_products_created_at_id", "created_at", "id"),
        CheckConstraint("vat_rate between 0 and 10000", name="vat_rate"),
        CheckConstraint("return_exclusion in ('hygiene', 'made_to_measure')", name="return_exclusion"),
    )


class Variant(Versioned, Identified, Base):
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
        Index("ix_variants_created_at_id", "created_at", "id"),
    )
