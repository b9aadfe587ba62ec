"""What a company decides about its cases: types, categories, statuses and the steps between them, priorities, codes by
which cases end, and templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

LEVELS = ("low", "medium", "high")
"""Of impact and of urgency, the least first."""
PRIORITIES = ("urgent", "high", "normal", "low")
"""The most pressing first."""
STAGES = ("active", "waiting_customer", "waiting_other", "resolved", "closed")
"""What a status means to clocks and lists, whatever it is called: we work on it; the customer has to do something;
somebody else has; done unless the customer objects; over."""


GIVEN = ("complaint", "incident", "privacy_request", "request", "return")
"""Types of which customers open cases themselves, with the assistant or on a page, and are told the number: they stay
in use, and customers see them."""


def among(column: str, values: tuple[str, ...]) -> str:
    """The condition that a column holds one of these words."""
    return f"{column} in ('" + "', '".join(values) + "')"


class CaseType(Versioned, Base):
    """A kind of case. `names` are by language.

    `due_months` is a term set by law, counted from the day it was opened, which may be made longer once by
    `extend_months`. `customers_see` says whether customers find theirs among their requests and are told of them;
    `acknowledge` whether they are told by mail that it was opened; `close_after_days` how long a resolved one waits for
    a word from the customer before it closes (None: it does not close by itself).
    """

    __tablename__ = "case_types"

    key: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    team: Mapped[str] = mapped_column(default="support", server_default="support")
    due_months: Mapped[int | None]
    extend_months: Mapped[int | None]
    customers_see: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    acknowledge: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    close_after_days: Mapped[int | None] = mapped_column(default=7, server_default="7")

    __table_args__ = (
        CheckConstraint("due_months between 1 and 120", name="due_months"),
        CheckConstraint("extend_months between 1 and 120", name="extend_months"),
        CheckConstraint("close_after_days between 0 and 3650", name="close_after_days"),
    )


class CaseStatus(Versioned, Base):
    """A station of the workflow. `stage` is what it means, one of `STAGES`."""

    __tablename__ = "case_statuses"

    key: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    stage: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (CheckConstraint(among("stage", STAGES), name="stage"),)


class CaseTransition(Identified, Base):
    """A step that a case may take. Without `type_key` it is for every type that has no steps of its own.

    `needs` are what the step asks for (`workflow.NEEDS`), `permission` who may take it.
    """

    __tablename__ = "case_transitions"

    type_key: Mapped[str | None] = mapped_column(ForeignKey("case_types.key", ondelete="CASCADE"))
    from_status: Mapped[str] = mapped_column(ForeignKey("case_statuses.key", ondelete="CASCADE"))
    to_status: Mapped[str] = mapped_column(ForeignKey("case_statuses.key", ondelete="CASCADE"))
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    permission: Mapped[str] = mapped_column(default="cases.write", server_default="cases.write")

    __table_args__ = (
        CheckConstraint("from_status <> to_status", name="goes_somewhere"),
        Index("uq_case_transitions_step", text("coalesce(type_key, '')"), "from_status", "to_status", unique=True),
    )


class CasePriority(Base):
    """One field of the matrix: the priority of a case with this impact and this urgency."""

    __tablename__ = "case_priorities"

    impact: Mapped[str] = mapped_column(primary_key=True)
    urgency: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[str]

    __table_args__ = (
        CheckConstraint(among("impact", LEVELS), name="impact"),
        CheckConstraint(among("urgency", LEVELS), name="urgency"),
        CheckConstraint(among("priority", PRIORITIES), name="priority"),
    )


class CaseResolution(Versioned, Base):
    """A code that says how a case ended."""

    __tablename__ = "case_resolutions"

    key: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class CaseCategory(Versioned, Identified, Base):
    """What a case is about: a node of a tree."""

    __tablename__ = "case_categories"

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_categories.id", ondelete="RESTRICT"), index=True)
    names: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (CheckConstraint("parent_id <> id", name="not_its_own_parent"),)


class CaseTemplate(Versioned, Base):
    """What a case begins with: texts in both languages, fields to fill in, and a checklist.

    `fields` are `{key, names, kind, required}`, `checklist` is `{texts, required}`.
    """

    __tablename__ = "case_templates"

    key: Mapped[str] = mapped_column(primary_key=True)
    names: Mapped[dict[str, str]]
    type_key: Mapped[str] = mapped_column(ForeignKey("case_types.key", ondelete="RESTRICT"))
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_categories.id", ondelete="SET NULL"))
    subjects: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    descriptions: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    impact: Mapped[str] = mapped_column(default="medium", server_default="medium")
    urgency: Mapped[str] = mapped_column(default="medium", server_default="medium")
    team: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    fields: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    checklist: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    due_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    __table_args__ = (
        CheckConstraint(among("impact", LEVELS), name="impact"),
        CheckConstraint(among("urgency", LEVELS), name="urgency"),
        CheckConstraint("due_days between 0 and 3650", name="due_days"),
    )
