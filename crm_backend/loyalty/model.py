"""The tables of the loyalty programme: how it works, its levels, its members, and points given or taken by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

KINDS = ("bonus", "correction", "spent")


class LoyaltyProgramme(Versioned, Base):
    """How the programme works: one row. `points_per_unit` is points for each whole unit of a currency (`{"EUR": 1}`);
    orders in other currencies bring none. They are the member's `pending_days` after delivery, when nothing can be sent
    back any more. Levels go by the points of the last `months`."""

    __tablename__ = "loyalty_programme"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1, autoincrement=False)
    enabled: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    points_per_unit: Mapped[dict[str, Any]] = mapped_column(JSONB)
    months: Mapped[int] = mapped_column(default=12, server_default="12")
    pending_days: Mapped[int] = mapped_column(default=30, server_default="30")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, server_default=func.now())

    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("months between 1 and 60", name="months"),
        CheckConstraint("pending_days between 0 and 365", name="pending_days"),
    )


class LoyaltyLevel(Versioned, Identified, Base):
    """A level, reached with `from_points`; `advantages` lists by language what it brings."""

    __tablename__ = "loyalty_levels"

    key: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    from_points: Mapped[int] = mapped_column(unique=True)
    advantages: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, server_default=func.now())

    __table_args__ = (CheckConstraint("from_points >= 0", name="from_points"),)


class LoyaltyMember(Versioned, Identified, Base):
    """A customer who joined; `left_at` is set once they left. Orders placed from `joined_at` on bring points."""

    __tablename__ = "loyalty_members"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), unique=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (Index("ix_loyalty_members_created_at_id", "created_at", "id"),)


class LoyaltyAdjustment(Identified, Base):
    """Points that no order brought. What is `spent` counts for the balance only; a bonus or a correction for the level
    too."""

    __tablename__ = "loyalty_adjustments"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    kind: Mapped[str]
    points: Mapped[int]
    reason: Mapped[str]
    actor: Mapped[str]

    __table_args__ = (
        CheckConstraint("kind in ('bonus', 'correction', 'spent')", name="kind"),
        CheckConstraint("points between -1000000 and 1000000 and points <> 0", name="points"),
        CheckConstraint("kind <> 'spent' or points < 0", name="spent"),
        Index("ix_loyalty_adjustments_customer_id_created_at", "customer_id", "created_at", "id"),
    )
