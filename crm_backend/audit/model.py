"""Who did what to what, and when; written in the transaction of the deed, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified

_NULLABLE = JSONB(none_as_null=True)


class AuditEntry(Identified, Base):
    """One deed, without personal data. `actor` is `agent:<id>`, `key:<id>`, `bot`, `customer`, `system` or
    `command-line`; `origin` is where it was asked from; `old` and `new` are the fields that it changed.

    Entries get their `position` and `hash` shortly after they were committed (sealing.py). Nothing else about them ever
    changes: a trigger of the database refuses it.
    """

    __tablename__ = "audit_log"

    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    origin: Mapped[str] = mapped_column(default="", server_default="")
    old: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    new: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE)
    position: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(position is null) = (hash is null)", name="sealed"),
        CheckConstraint("position >= 1", name="position"),
        Index("ix_audit_log_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_audit_log_actor_id", "actor", "id"),
        Index("ix_audit_log_position", "position", unique=True, postgresql_where=text("position is not null")),
        Index("ix_audit_log_unsealed", "created_at", "id", postgresql_where=text("position is null")),
    )
