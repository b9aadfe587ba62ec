"""API keys, and the answers that were given to requests with an idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, utc_now


class ApiKey(Identified, Base):
    """What a program shows to use the API. Holds the hash of the key, never the key; `prefix` is its visible
    beginning, `scopes` the permissions it gives, `last_used_at` is exact to a minute."""

    __tablename__ = "api_keys"

    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    per_minute: Mapped[int]
    made_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("per_minute > 0", name="per_minute"),
        Index("ix_api_keys_created_at_id", "created_at", "id"),
    )


class KeptAnswer(Base):
    """The answer to a request that changed something, for when the same caller sends it again with the same key.
    `fingerprint` is the hash of what was asked; `body` is sealed by whoever keeps it."""

    __tablename__ = "kept_answers"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[dict[str, str]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
