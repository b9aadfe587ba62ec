"""The tables of the question how it was: its settings on each channel, and when it is, or was, asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Versioned


class SatisfactionSetting(Versioned, Base):
    """How customers are asked on a channel, or on every channel without a setting of its own (`*`).

    `delay_minutes` after the closing, in `words` by language (our own where one is missing), and nobody twice within
    `rest_days`, whatever the channel.
    """

    __tablename__ = "satisfaction_settings"

    channel: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    delay_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    rest_days: Mapped[int] = mapped_column(default=0, server_default="0")
    words: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=sql("'{}'"))

    __table_args__ = (
        CheckConstraint("delay_minutes between 0 and 1440", name="delay"),
        CheckConstraint("rest_days between 0 and 365", name="rest"),
    )


class SatisfactionAsk(Base):
    """That the customer of a conversation is to be asked at `due_at`, for the closing at `closed_at`; or was asked."""

    __tablename__ = "satisfaction_asks"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    closed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_satisfaction_asks_due_at", "due_at", postgresql_where=sql("asked_at is null")),)
