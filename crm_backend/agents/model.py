"""People who answer: their accounts and their signed-in sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.access.model import KEY
from crm_backend.database import Base, Identified, Versioned, new_id, utc_now


class Agent(Identified, Versioned, Base):
    """Somebody who answers customers or supervises those who do.

    `password_hash` is empty until an invitation was followed, and for those who sign in elsewhere. `totp` is the sealed
    secret of the second factor, which counts from `totp_since` on; `totp_step` is the last step that a code was taken
    for, so that none works twice (RFC 6238, 5.2).
    """

    __tablename__ = "agents"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="agent")
    language: Mapped[str] = mapped_column(default="fr")
    password_hash: Mapped[str]
    presence: Mapped[str] = mapped_column(default="available")
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    __table_args__ = (
        CheckConstraint(f"role ~ '{KEY}'", name="role"),
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("presence in ('available', 'busy', 'away', 'offline')", name="presence"),
    )

    @property
    def first_name(self) -> str:
        """What customers are shown."""
        return self.name.split(" ", 1)[0]

    @property
    def second_factor(self) -> bool:
        """Whether signing in asks for a code."""
        return self.totp_since is not None

    @property
    def has_password(self) -> bool:
        """Whether there is one; without, they were invited and have not come yet, or sign in elsewhere."""
        return bool(self.password_hash)


class AgentSession(Base):
    """A signed-in browser. Holds the hash of the cookie's token, never the token. `device` is what the browser says of
    itself, `address` where it asks from, `way` how it signed in. While `enrolling` it may do nothing but set up the
    second factor that its agent's role asks for."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id, unique=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    front_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    way: Mapped[str] = mapped_column(default="password", server_default="password")
    enrolling: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    agent: Mapped[Agent] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("way in ('password', 'totp', 'recovery', 'sso')", name="way"),)


class RecoveryCode(Base):
    """A code that stands in once for a lost second factor, by its hash."""

    __tablename__ = "agent_recovery_codes"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AccountLink(Base):
    """A link that was mailed to choose a password by, once; by the hash of its token."""

    __tablename__ = "agent_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]

    agent: Mapped[Agent] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("purpose in ('invitation', 'reset')", name="purpose"),)


class SignInTries(Base):
    """How often signing in failed lately: for an account from one address (`pair`), for an account, from an address.
    `who` is a keyed hash, so that nobody reads here who was tried, also when there is no such account."""

    __tablename__ = "sign_in_tries"

    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind in ('pair', 'account', 'address')", name="kind"),
        Index("ix_sign_in_tries_last_at", "last_at"),
    )


class SignInRules(Versioned, Base):
    """What the company decided about signing in: one row. `second_factor_roles` are keys of roles."""

    __tablename__ = "sign_in_rules"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    second_factor_roles: Mapped[list[Any]]

    __table_args__ = (CheckConstraint("id = 1", name="one"),)
