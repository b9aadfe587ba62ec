"""The tables of service levels: contracts, policies with their versions, and the clocks of cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

KINDS = ("first_response", "next_response", "resolution")
"""What is promised: a person's first answer, the answer to each further word of the customer, the end."""
_TARGETS = "{0} is null or {0} between 1 and 525600"


class ServiceContract(Versioned, Identified, Base):
    """What one customer bought: from a day to a day (both included), so many cases, so many minutes of work. Without a
    number there is no limit."""

    __tablename__ = "service_contracts"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    included_cases: Mapped[int | None]
    included_minutes: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("included_cases >= 0 and included_minutes >= 0", name="included"),
        Index("ix_service_contracts_customer_id_valid_from", "customer_id", "valid_from"),
    )


class ContractUse(Base):
    """A case that counts on a contract, and the minutes that were worked on it."""

    __tablename__ = "contract_uses"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("service_contracts.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes"),)


class ServicePolicy(Versioned, Identified, Base):
    """What is promised to whom. The conditions that are set must all hold; targets are minutes of business time, None
    promises nothing. `on_warning` and `on_breach` are actions as rules have them (`crm_backend.rules.actions`)."""

    __tablename__ = "service_policies"

    name: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    rank: Mapped[int] = mapped_column(default=100, server_default="100")
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_contracts.id", ondelete="CASCADE"), index=True)
    segment_id: Mapped[UUID | None]
    type_key: Mapped[str | None] = mapped_column(ForeignKey("case_types.key", ondelete="CASCADE"))
    priority: Mapped[str | None]
    channel: Mapped[str | None]
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id", ondelete="RESTRICT"), index=True)
    first_response: Mapped[int | None]
    next_response: Mapped[int | None]
    resolution: Mapped[int | None]
    warn_percent: Mapped[int] = mapped_column(default=80, server_default="80")
    pause_on_third_party: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    bot_counts: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    on_warning: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    on_breach: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))

    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("priority in ('urgent', 'high', 'normal', 'low')", name="priority"),
        CheckConstraint("warn_percent between 1 and 100", name="warn_percent"),
        *(CheckConstraint(_TARGETS.format(kind), name=kind) for kind in KINDS),
        Index("uq_service_policies_name", text("lower(name)"), unique=True),
    )


class ServicePolicyVersion(Base):
    """What a policy said at a time: every change leaves one, and clocks name theirs."""

    __tablename__ = "service_policy_versions"

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("service_policies.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    actor: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CaseClock(Identified, Base):
    """One promise for one case, being kept or broken. `runs` are the stretches in which it ran, `[from, to]`, the last
    one open while it runs: any other target or calendar can be applied to them exactly.

    `check_at` is when the loop has to look next: at the warning, then at the breach; None when there is nothing more to
    say. `late` tells of a met clock whether it was met after its time.
    """

    __tablename__ = "case_clocks"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[str]
    round: Mapped[int]
    state: Mapped[str]
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_policies.id", ondelete="SET NULL"), index=True)
    policy_version: Mapped[int]
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id", ondelete="RESTRICT"), index=True)
    target: Mapped[int]
    warn_percent: Mapped[int]
    pause_on_third_party: Mapped[bool]
    bot_counts: Mapped[bool]
    runs: Mapped[list[Any]]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    check_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("kind in ('first_response', 'next_response', 'resolution')", name="kind"),
        CheckConstraint("state in ('running', 'paused', 'met', 'cancelled')", name="state"),
        UniqueConstraint("case_id", "kind", "round"),
        Index("ix_case_clocks_check_at", "check_at", postgresql_where=text("check_at is not null")),
        Index("ix_case_clocks_warn_at", "warn_at", "case_id", postgresql_where=text("state = 'running'")),
        Index("ix_case_clocks_due_at", "due_at", "case_id", postgresql_where=text("state = 'running'")),
        Index("ix_case_clocks_decided", text("LEAST(met_at, breached_at)")),
        Index("ix_case_clocks_bot_counts", "case_id", postgresql_where=text("bot_counts and state = 'running'")),
    )
