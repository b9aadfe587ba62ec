"""The tables of customers' value: figures kept as orders change, and what is computed from them on a schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

STAGES = ("prospect", "new", "active", "declining", "lost")
"""A customer's stages of life, in the order in which the rules are tried."""
NOT_COUNTED = ("cancelled", "returned")
"""Orders in these states are no purchases. What was lost on its way was bought all the same."""
_STAGE = "stage in ('" + "', '".join(STAGES) + "')"


class CustomerValue(Versioned, Base):
    """What one customer's orders say. `currency` is the one of most of their orders; amounts are in its minor units.

    Figures of the window (`window_…`) are over the last `value_settings.window_days`, the others over all time. What is
    not known is null, never zero.
    """

    __tablename__ = "customer_values"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str | None]
    orders: Mapped[int] = mapped_column(default=0, server_default="0")
    order_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """Days (UTC) with at least one order: what the model takes as one purchase."""
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    currency_orders: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the orders, those in `currency`."""
    spent_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    window_orders: Mapped[int] = mapped_column(default=0, server_default="0")
    window_spent_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    figures_at: Mapped[datetime | None]

    recency_score: Mapped[int | None] = mapped_column(SmallInteger)
    frequency_score: Mapped[int | None] = mapped_column(SmallInteger)
    monetary_score: Mapped[int | None] = mapped_column(SmallInteger)

    stage: Mapped[str | None]
    stage_since: Mapped[datetime | None]

    alive: Mapped[float | None]
    """Probability that they are a customer still; unknown after a single day of orders, of which the model says 1."""
    leaving_risk: Mapped[float | None]
    """Probability that no order comes within the horizon."""
    expected_orders: Mapped[float | None]
    expected_order_minor: Mapped[int | None] = mapped_column(BigInteger)
    lifetime_value_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Discounted turnover expected within the horizon."""
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("value_models.id", ondelete="SET NULL"))

    vip_by_rule: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    vip_by_hand: Mapped[bool | None]
    """What somebody decided, which counts more than the rule."""
    vip_note: Mapped[str] = mapped_column(default="", server_default="")
    vip_by: Mapped[str | None]
    vip_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(_STAGE, name="stage"),
        CheckConstraint("recency_score between 1 and 5", name="recency_score"),
        CheckConstraint("frequency_score between 1 and 5", name="frequency_score"),
        CheckConstraint("monetary_score between 1 and 5", name="monetary_score"),
        Index("ix_customer_values_stage", "stage"),
        Index("ix_customer_values_lifetime_value_minor", "currency", "lifetime_value_minor"),
        Index("ix_customer_values_model_id", "model_id"),
    )

    @property
    def vip(self) -> bool:
        """Whether they are a VIP, by hand or else by rule."""
        return self.vip_by_rule if self.vip_by_hand is None else self.vip_by_hand


class ChangedCustomer(Base):
    """A customer whose figures may no longer hold, put here by triggers on orders and customers.

    Appended to only and deleted when done: nobody who changes an order waits for another.
    """

    __tablename__ = "changed_customers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    customer_id: Mapped[UUID]
    since: Mapped[datetime] = mapped_column(default=utc_now, server_default=func.now())


class StageChange(Identified, Base):
    """A customer came into a stage; `previous` is null for the first."""

    __tablename__ = "stage_changes"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    stage: Mapped[str]
    previous: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(_STAGE, name="stage"),
        Index("ix_stage_changes_customer_id_at", "customer_id", "at"),
    )


class ScoreCut(Base):
    """Where the fifths of a measure lie: `cut1` to `cut4` are the values at 20, 40, 60 and 80 %.

    `currency` is empty for recency (seconds since 1970 of the last order) and frequency (orders in the window).
    """

    __tablename__ = "score_cuts"

    measure: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    cut1: Mapped[float]
    cut2: Mapped[float]
    cut3: Mapped[float]
    cut4: Mapped[float]
    customers: Mapped[int]
    computed_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (CheckConstraint("measure in ('recency', 'frequency', 'monetary')", name="measure"),)


class ValueModel(Identified, Base):
    """A model as it was fitted, or why it could not be: then `parameters` is null and `reason` says it."""

    __tablename__ = "value_models"

    kind: Mapped[str]
    currency: Mapped[str] = mapped_column(default="", server_default="")
    """Of the amounts; empty for the model of orders, which knows none."""
    parameters: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    statistics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None]
    as_of: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("kind in ('bg_nbd', 'gamma_gamma')", name="kind"),
        Index("ix_value_models_kind_currency_as_of", "kind", "currency", "as_of"),
    )


class ValueSettings(Versioned, Base):
    """What the company decided: one row. A rule that is null is the default of `crm_backend.value.rules`."""

    __tablename__ = "value_settings"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1, autoincrement=False)
    window_days: Mapped[int] = mapped_column(default=730, server_default="730")
    horizon_days: Mapped[int] = mapped_column(default=365, server_default="365")
    yearly_discount: Mapped[float] = mapped_column(default=0.1, server_default="0.1")
    """What money is worth less in a year: 0.1 is ten per cent."""
    every_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    """How often fifths, models and products bought together are computed anew."""
    stage_rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    vip_rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    pair_orders: Mapped[int] = mapped_column(default=5, server_default="5")
    """Fewest orders that two products have to share to be offered with each other."""
    pair_confidence: Mapped[float] = mapped_column(default=0.05, server_default="0.05")
    pair_lift: Mapped[float] = mapped_column(default=1.2, server_default="1.2")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, server_default=func.now())

    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("window_days between 30 and 3650", name="window_days"),
        CheckConstraint("horizon_days between 30 and 1825", name="horizon_days"),
        CheckConstraint("yearly_discount between 0 and 1", name="yearly_discount"),
        CheckConstraint("every_hours between 1 and 720", name="every_hours"),
        CheckConstraint("pair_orders between 2 and 1000000", name="pair_orders"),
        CheckConstraint("pair_confidence between 0 and 1", name="pair_confidence"),
        CheckConstraint("pair_lift between 0 and 1000", name="pair_lift"),
    )


class ValueRun(Base):
    """When a computation of the schedule ran last. `lease_until` is set while a server is at it."""

    __tablename__ = "value_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
