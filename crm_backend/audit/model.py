"""Who did what to what, and when; written in the transaction of the deed, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class AuditEntry(Identified, Base):
    """One deed, without personal data. `actor` is `agent:<id>`, `bot`, `customer`, `system` or `command-line`."""

    __tablename__ = "audit_log"

    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (Index("ix_audit_log_subject_kind_subject_id", "subject_kind", "subject_id"),)
