"""Writing to the audit log."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.audit.model import AuditEntry


def record(session: AsyncSession, *, actor: str, action: str, subject: tuple[str, object], **details: Any) -> None:
    """Adds one entry to the caller's transaction. `subject` is (kind, identifier)."""
    kind, identifier = subject
    session.add(AuditEntry(actor=actor, action=action, subject_kind=kind, subject_id=str(identifier), details=details))
