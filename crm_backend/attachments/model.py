"""The table of files; their bytes are kept outside the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, utc_now


class Attachment(Identified, Base):
    """A file of a message. `pending` ones wait to be fetched from the platform that named them."""

    __tablename__ = "attachments"

    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(default="other")
    name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="application/octet-stream")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    inline: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="kept")
    refused: Mapped[str | None]
    uploaded_by: Mapped[str | None]
    """Who may attach it to a message: `agent:<id>`, `turn:<id>` for what the assistant made in that turn, or what a
    channel names its writer by."""
    held_by: Mapped[str | None]
    """What keeps it beside a message, such as `case:<id>`: while it says so, the file does not go."""
    channel: Mapped[str | None]
    account: Mapped[str | None]
    remote: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('pending', 'kept', 'refused', 'lost')", name="state"),
        CheckConstraint("kind in ('image', 'document', 'audio', 'video', 'other')", name="kind"),
        Index("ix_attachments_pending", "available_at", postgresql_where=sql("state = 'pending'")),
        Index("ix_attachments_unused", "created_at", postgresql_where=sql("message_id is null and held_by is null")),
    )
