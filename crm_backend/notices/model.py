"""The table of notices to agents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class AgentNotice(Identified, Base):
    """One thing an agent is told of an object, once for each `cause` (a clock, an event). `texts` are by language."""

    __tablename__ = "agent_notices"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    cause: Mapped[UUID]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("agent_id", "kind", "cause"),
        Index("ix_agent_notices_agent_id_created_at", "agent_id", "created_at"),
        Index("ix_agent_notices_unseen", "agent_id", postgresql_where=text("seen_at is null")),
    )
