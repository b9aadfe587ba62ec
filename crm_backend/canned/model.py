"""The table of canned replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now


class CannedReply(Identified, Versioned, Base):
    """A reply with placeholders, by language. `shortcut` is what an agent types to find it; `teams` are those that see
    it, all when empty."""

    __tablename__ = "canned_replies"

    shortcut: Mapped[str] = mapped_column(unique=True)
    titles: Mapped[dict[str, str]]
    texts: Mapped[dict[str, str]]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    teams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    archived: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    author: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now(), onupdate=utc_now)

    __table_args__ = (
        Index("ix_canned_replies_tags", "tags", postgresql_using="gin"),
        Index("ix_canned_replies_teams", "teams", postgresql_using="gin"),
    )
