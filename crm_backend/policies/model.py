"""Policies: one rule of the company each, with the days on which it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned

EVERYTHING = "'00000000-0000-0000-0000-000000000000'::uuid"


class Policy(Versioned, Identified, Base):
    """A rule for everything, for a category, or for one product. It holds from `valid_from` until before `valid_to`.

    No two of one kind hold for the same at one instant: the database sees to it.
    """

    __tablename__ = "policies"

    kind: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    category: Mapped[str] = mapped_column(default="")
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="dates"),
        CheckConstraint("category = '' or product_id is null", name="scope"),
        ExcludeConstraint(
            ("kind", "="),
            ("category", "="),
            (text(f"coalesce(product_id, {EVERYTHING})"), "="),
            (text("tstzrange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_policies_one_at_a_time",
        ),
    )
