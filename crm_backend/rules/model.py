"""The tables of rules: what they say, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned


class Rule(Versioned, Identified, Base):
    """When `event`, if `condition`, then `actions`; in the order of `position`. `stop` ends the list once it matched.
    `wait` goes with the event `case.waited`: the status and the hours, and a calendar if they are hours of work."""

    __tablename__ = "rules"

    name: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    event: Mapped[str]
    wait: Mapped[dict[str, Any] | None]
    condition: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    actions: Mapped[list[Any]]
    stop: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("uq_rules_name", text("lower(name)"), unique=True),
        Index("ix_rules_event_position", "event", "position", postgresql_where=text("enabled")),
    )


class RuleRun(Identified, Base):
    """What a rule that matched did for one event, once. `steps` tells each action and what came of it."""

    __tablename__ = "rule_runs"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    event: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    outcome: Mapped[str]
    steps: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))

    __table_args__ = (
        CheckConstraint("outcome in ('done', 'failed', 'held')", name="outcome"),
        UniqueConstraint("rule_id", "event_id"),
        Index("ix_rule_runs_case_id_created_at", "case_id", "created_at"),
        Index("ix_rule_runs_rule_id_created_at", "rule_id", "created_at"),
    )


class RuleTimer(Base):
    """A rule of time that has gone off for a case, for the stay in a status that began at `since`."""

    __tablename__ = "rule_timers"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
