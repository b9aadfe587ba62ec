"""People who answer: their accounts and their signed-in sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.access.model import KEY
from crm_backend.database import Base, Identified, Versioned


class Agent(Identified, Versioned, Base):
    """Somebody who answers customers or supervises those who do."""

    __tablename__ = "agents"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="agent")
    language: Mapped[str] = mapped_column(default="fr")
    password_hash: Mapped[str]
    presence: Mapped[str] = mapped_column(default="available")
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint(f"role ~ '{KEY}'", name="role"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("presence in ('available', 'away')", name="presence"),
    )

    @property
    def first_name(self) -> str:
        """What customers are shown."""
        return self.name.split(" ", 1)[0]


class AgentSession(Base):
    """A signed-in browser. Holds the hash of the cookie's token, never the token."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    agent: Mapped[Agent] = relationship(lazy="joined")
