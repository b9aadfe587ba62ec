"""The table of macros."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now


class Macro(Identified, Versioned, Base):
    """A named sequence of `steps` (steps.py). An agent's own, or everybody's where `agent_id` is empty."""

    __tablename__ = "macros"

    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    name: Mapped[str]
    steps: Mapped[list[Any]]
    author: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now(), onupdate=utc_now)

    __table_args__ = (UniqueConstraint("agent_id", "name", postgresql_nulls_not_distinct=True),)
