"""The tables of promotion codes: the codes, what was bought with them, and what was tried in conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

KINDS = ("percent", "amount")


class PromoCode(Versioned, Identified, Base):
    """A code as it is written on the leaflet, in capitals. It takes `percent` hundredths of a percent off, or an amount
    in minor units of `currency`; `minimum_minor` is in that currency too. It holds from `valid_from` until before
    `valid_to`, for `usage_limit` orders in all and `per_customer` of one customer, where these are given, and for goods
    of `categories` only, where there are any. `texts` says by language what it is for."""

    __tablename__ = "promo_codes"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    percent: Mapped[int | None]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    minimum_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    usage_limit: Mapped[int | None]
    per_customer: Mapped[int | None]
    categories: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    texts: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (
        CheckConstraint("kind in ('percent', 'amount')", name="kind"),
        CheckConstraint("(kind = 'percent') = (percent is not null)", name="percent_given"),
        CheckConstraint("(kind = 'amount') = (amount_minor is not null)", name="amount_given"),
        CheckConstraint("percent between 1 and 10000", name="percent"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("minimum_minor >= 0", name="minimum"),
        CheckConstraint("currency is not null or (kind = 'percent' and minimum_minor = 0)", name="currency"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("usage_limit > 0 and per_customer > 0", name="limits"),
        Index("ix_promo_codes_created_at_id", "created_at", "id"),
    )


class PromoCodeUse(Identified, Base):
    """An order that a code was taken off, as the shop told: `reference` is what it calls that order."""

    __tablename__ = "promo_code_uses"

    promo_code_id: Mapped[UUID] = mapped_column(ForeignKey("promo_codes.id", ondelete="CASCADE"))
    reference: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        UniqueConstraint("promo_code_id", "reference"),
        Index("ix_promo_code_uses_created_at_id", "created_at", "id"),
    )


class PromoCodeTry(Identified, Base):
    """A code that a conversation asked about and that there is not."""

    __tablename__ = "promo_code_tries"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))

    __table_args__ = (Index("ix_promo_code_tries_conversation_id_created_at", "conversation_id", "created_at"),)
