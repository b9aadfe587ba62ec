"""The record of erasures, and how long what is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now


class Erasure(Identified, Base):
    """That a person was erased: who did it, and what was deleted, emptied and kept, in counts. Names nobody."""

    __tablename__ = "erasures"

    customer_id: Mapped[UUID]
    actor: Mapped[str]
    reason: Mapped[str]
    report: Mapped[dict[str, Any]]

    __table_args__ = (
        CheckConstraint("reason in ('asked', 'retention')", name="reason"),
        Index("ix_erasures_customer_id", "customer_id"),
        Index("ix_erasures_created_at", "created_at", "id"),
    )


class RetentionRule(Versioned, Base):
    """For how long one kind of thing is kept. `kind` is one of `retention.KINDS`."""

    __tablename__ = "retention_rules"

    kind: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    days: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (CheckConstraint("days > 0", name="days"),)


class RetentionRun(Base):
    """One night's work: what each rule let go."""

    __tablename__ = "retention_runs"

    day: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
