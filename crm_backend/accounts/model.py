"""The table of channel accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, utc_now


class Account(Identified, Base):
    """One account of one channel. `open_until` is its circuit breaker: nothing is sent before that."""

    __tablename__ = "accounts"

    channel: Mapped[str]
    name: Mapped[str]
    source: Mapped[str] = mapped_column(default="desk")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_error_at: Mapped[datetime | None]
    last_in_at: Mapped[datetime | None]
    last_out_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    check_ok: Mapped[bool | None]
    check_detail: Mapped[str | None]
    shown_as: Mapped[str | None]
    link: Mapped[str | None]
    cursor: Mapped[dict[str, Any] | None]
    """Where reading goes on: what a polling channel has taken in."""

    __table_args__ = (
        UniqueConstraint("channel", "name"),
        CheckConstraint("source in ('desk', 'environment')", name="source"),
    )
