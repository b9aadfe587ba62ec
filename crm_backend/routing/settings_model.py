"""How work is handed out, as data: teams and who is in them, skills, what a channel weighs, and where agents are."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

MODES = ("manual", "offer", "assign")
STRATEGIES = ("longest_idle", "most_free")
KINDS = ("chat", "messaging", "mail", "case")
SKILL_KINDS = ("language", "topic", "product")
PRESENCES = ("available", "busy", "away", "offline")


def among(column: str, values: tuple[str, ...]) -> str:
    """The SQL that says a column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({listed})"


class Team(Versioned, Base):
    """A team with a queue. Times are in seconds.

    `mode`: agents take from the queue themselves (`manual`), are offered what waits (`offer`), or get it at once
    (`assign`). `everyone`: every agent belongs to it; else only its members. After `missed_limit` offers let pass in a
    row an agent is set away. What an agent held goes back to the queue `vanish_after` seconds after their desk was
    last heard of and no longer counts as open. `offer_again_after` is how long who declined is left alone with it.
    """

    __tablename__ = "teams"

    key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, server_default=sql("now()"))
    names: Mapped[dict[str, str]]
    mode: Mapped[str] = mapped_column(default="offer", server_default="offer")
    strategy: Mapped[str] = mapped_column(default="longest_idle", server_default="longest_idle")
    everyone: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    prefer_last: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    cases: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    offer_seconds: Mapped[int] = mapped_column(default=30, server_default="30")
    offer_again_after: Mapped[int] = mapped_column(default=300, server_default="300")
    missed_limit: Mapped[int] = mapped_column(default=2, server_default="2")
    vanish_after: Mapped[int] = mapped_column(default=60, server_default="60")
    relax_after: Mapped[int | None] = mapped_column(default=120)
    overflow_team: Mapped[str | None] = mapped_column(ForeignKey("teams.key", ondelete="SET NULL"))
    overflow_after: Mapped[int | None]
    calendar_id: Mapped[UUID | None] = mapped_column(ForeignKey("calendars.id", ondelete="RESTRICT"))

    __table_args__ = (
        CheckConstraint(among("mode", MODES), name="mode"),
        CheckConstraint(among("strategy", STRATEGIES), name="strategy"),
        CheckConstraint("overflow_team <> key", name="overflows_elsewhere"),
    )


class TeamMember(Base):
    """An agent of a team that is not everyone's."""

    __tablename__ = "team_members"

    team_key: Mapped[str] = mapped_column(ForeignKey("teams.key", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)


class Skill(Versioned, Identified, Base):
    """Something one has to know for some of the work: a language by its code, a topic of the assistant's, or a category
    of products. Work asks for a skill where there is one of its kind and value; at `level` or better (1 to 5)."""

    __tablename__ = "skills"

    kind: Mapped[str]
    value: Mapped[str]
    level: Mapped[int] = mapped_column(default=1, server_default="1")
    firm: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))

    __table_args__ = (
        CheckConstraint(among("kind", SKILL_KINDS), name="kind"),
        CheckConstraint("level between 1 and 5", name="level"),
        UniqueConstraint("kind", "value"),
    )


class AgentSkill(Base):
    """How well an agent has a skill, from 1 to 5."""

    __tablename__ = "agent_skills"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[UUID] = mapped_column(ForeignKey("skills.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[int]

    __table_args__ = (CheckConstraint("level between 1 and 5", name="level"),)


class ChannelWeight(Versioned, Base):
    """What one conversation on a channel takes of an agent, in hundredths of a chat, and its points of priority, which
    are minutes of waiting. The channel `*` stands for those without a line of their own; `case` for cases.

    `returns`: what an agent who vanished held there goes back to the queue, if the customer waits.
    """

    __tablename__ = "channel_weights"

    channel: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    weight: Mapped[int]
    points: Mapped[float] = mapped_column(default=0.0, server_default="0")
    returns: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))

    __table_args__ = (
        CheckConstraint(among("kind", KINDS), name="kind"),
        CheckConstraint("weight between 1 and 1000", name="weight"),
        CheckConstraint("points between 0 and 60", name="points"),
    )


class AgentPresence(Base):
    """Where an agent is, beside `agents.presence`: why, since when, and on which kinds of channel otherwise.

    `automatic` is why they were set away without being asked (`inactive`, `missed`). `active_at` is when they last
    touched their desk, `seen_at` when a desk of theirs was last open, as handing out found it. `capacity` is in
    hundredths of a chat. Whoever gives an agent something locks this row first.
    """

    __tablename__ = "agent_presence"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(default="", server_default="")
    automatic: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(default=utc_now, server_default=sql("now()"))
    channels: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    active_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    missed: Mapped[int] = mapped_column(default=0, server_default="0")
    capacity: Mapped[int] = mapped_column(default=300, server_default="300")

    __table_args__ = (
        CheckConstraint("automatic in ('inactive', 'missed')", name="automatic"),
        CheckConstraint("capacity between 0 and 10000", name="capacity"),
        Index("ix_agent_presence_seen_at", "seen_at"),
    )
