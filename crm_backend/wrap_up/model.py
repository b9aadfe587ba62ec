"""The tables of wrapping up: reasons for closing, the rules of each team, and what was noted of each conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

MODES = ("off", "optional", "required")


class ClosingReason(Identified, Versioned, Base):
    """Why a conversation was, in the company's words. Reasons under another make a tree; `teams` are those that are
    offered it, all when empty. An archived one is offered no more and stays where it was chosen."""

    __tablename__ = "closing_reasons"

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("closing_reasons.id", ondelete="RESTRICT"), index=True)
    names: Mapped[dict[str, str]]
    teams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    archived: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))

    __table_args__ = (CheckConstraint("parent_id <> id", name="under_another"),)


class WrapUpRule(Versioned, Base):
    """What is asked of the agents of a team, or of every team without a rule of its own (`*`).

    `mode`: nothing, notes that may be left out, or a reason that must be chosen. For `seconds` after the closing the
    conversation still takes up the agent's room, unless they are done before.
    """

    __tablename__ = "wrap_up_rules"

    team: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(default="optional", server_default="optional")
    seconds: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("mode in ('off', 'optional', 'required')", name="mode"),
        CheckConstraint("seconds between 0 and 3600", name="seconds"),
    )


class WrapUp(Identified, Versioned, Base):
    """What an agent noted of a conversation they closed. It is there from the closing on, with the summary that was
    drawn from the transcript; `edited` tells whether a person has been over it.

    Until `until`, by the database's clock, and while it has no end, it takes up the agent's room. `ended_by` says
    whether they were done, left it out, or closed the conversation once more (`replaced`). What is still to be done is
    the case `case_id`, or a reminder at `reminder_at`.
    """

    __tablename__ = "wrap_ups"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    team: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]
    required: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    reason_id: Mapped[UUID | None] = mapped_column(ForeignKey("closing_reasons.id", ondelete="RESTRICT"), index=True)
    summary: Mapped[str] = mapped_column(default="", server_default="")
    edited: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))
    reminder_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=sql("now()"))

    __table_args__ = (
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("ended_by in ('done', 'skipped', 'replaced')", name="ended_by"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
        Index("uq_wrap_ups_open", "conversation_id", unique=True, postgresql_where=sql("ended_at is null")),
        Index("ix_wrap_ups_open_of_agent", "agent_id", "until", postgresql_where=sql("ended_at is null")),
        Index("ix_wrap_ups_conversation_id_created_at", "conversation_id", "created_at"),
        Index("ix_wrap_ups_created_at_id", "created_at", "id"),
        Index("ix_wrap_ups_case_id", "case_id", postgresql_where=sql("case_id is not null")),
    )
