"""The table of segments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now


class Segment(Identified, Versioned, Base):
    """Customers whom a rule describes; who they are is asked when it is needed, and always as it is then."""

    __tablename__ = "segments"

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    rule: Mapped[dict[str, Any]]
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, server_default=func.now())

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("uq_segments_name", text("lower(name)"), unique=True),
    )
