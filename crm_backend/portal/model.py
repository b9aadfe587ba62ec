"""The table of visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class PortalVisit(Identified, Base):
    """A browser in which a customer is signed in, or a guest sees one order. Of the cookie's token it holds
    a hash. `identity_id` is the address or account that was proved: the visit ends with it."""

    __tablename__ = "portal_visits"

    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    way: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """A form that its customer sent when the visit had ended (`schema.KeptForm`), for the visit that follows."""

    __table_args__ = (
        CheckConstraint("way in ('code', 'link', 'token', 'order')", name="way"),
        CheckConstraint("(way = 'order') = (order_id is not null)", name="guest"),
        CheckConstraint("(way = 'order') = (identity_id is null)", name="proved"),
    )


class PortalToken(Base):
    """A signed word of the company's own site that has let somebody in, until it would end by itself: none does so
    twice. Only a hash of it is kept."""

    __tablename__ = "portal_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
