"""The tables of merging: who may be the same person, which two were made one, and every step of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class Merge(Identified, Base):
    """Two customers that became one. `gone_id` and `into_id` are who they were then; `kept_id` is who holds it all now,
    which a later merge of theirs changes."""

    __tablename__ = "merges"

    kept_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    into_id: Mapped[UUID]
    gone_id: Mapped[UUID] = mapped_column(index=True)
    gone_external_id: Mapped[str | None] = mapped_column(index=True)
    """The company's number of who is gone: it still leads to who was kept."""
    actor: Mapped[str]
    evidence: Mapped[list[Any]]
    moved: Mapped[dict[str, Any]]
    """How many rows of each table went over."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    outcome: Mapped[dict[str, Any] | None]
    """What undoing it could not put back because it had changed."""

    __table_args__ = (Index("ix_merges_kept_id_created_at", "kept_id", "created_at", "id"),)


class MergeStep(Base):
    """One row that a merge moved, changed, made or removed, as it was and as it became. Undone from the last."""

    __tablename__ = "merge_steps"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str]
    """The name of the table."""
    action: Mapped[str]
    key: Mapped[dict[str, Any]]
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any] | None]

    __table_args__ = (CheckConstraint("action in ('changed', 'removed', 'made')", name="action"),)


class DuplicatePair(Identified, Base):
    """Two customers who may be one; `low_id` is the smaller identifier. `score` runs from 0 to 100."""

    __tablename__ = "duplicate_pairs"

    low_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
    evidence: Mapped[list[Any]]
    found_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("low_id < high_id", name="order"),
        CheckConstraint("score between 0 and 100", name="score"),
        Index("uq_duplicate_pairs_low_id_high_id", "low_id", "high_id", unique=True),
        Index("ix_duplicate_pairs_open", "score", "id", postgresql_where=text("dismissed_at is null")),
    )
