"""The tables that reports are counted from, and the reports that are mailed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned, utc_now

RHYTHMS = ("daily", "weekly", "monthly")


class ReportContact(Identified, Base):
    """One contact: a stretch of a conversation from the customer's first words until it ended. `number` counts them in
    their conversation. Worked out from what is stored anyway (rolling.py), and kept when the conversation is forgotten:
    then it names neither a conversation nor a person.

    `person_id` is the customer, or the identity of somebody whom nobody knows. `ending` says whether somebody closed it
    or it ended in silence, the assistant having had the last word. `courtesy`: the customer only said thanks or
    goodbye. `asked_again`: an agent asked for something that was known. `agents` is how many people wrote or took it.
    `returned_at` is when this person came back on any channel within seven days of the end, `returned_same_at` the same
    with this topic; `first_of_topic` says that nothing of theirs with this topic began in the seven days before.
    `check_at` is when silence will have ended it.
    """

    __tablename__ = "report_contacts"

    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    number: Mapped[int]
    person_id: Mapped[UUID | None]
    channel: Mapped[str]
    language: Mapped[str]
    topic: Mapped[str | None]
    team: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    customer_messages: Mapped[int]
    bot_messages: Mapped[int]
    agent_messages: Mapped[int]
    stays: Mapped[int]
    agents: Mapped[int]
    abandoned: Mapped[bool]
    courtesy: Mapped[bool]
    asked_again: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))
    first_of_topic: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    returned_at: Mapped[datetime | None]
    returned_same_at: Mapped[datetime | None]
    check_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        CheckConstraint("ending in ('closed', 'silence')", name="ending"),
        CheckConstraint("(ended_at is null) = (ending is null)", name="ended"),
        Index("ix_report_contacts_started_at_id", "started_at", "id"),
        Index("ix_report_contacts_person_id_started_at", "person_id", "started_at"),
        Index("ix_report_contacts_check_at", "check_at", postgresql_where=sql("check_at is not null")),
        Index(
            "ix_report_contacts_nobodys",
            "id",
            postgresql_where=sql("conversation_id is null and person_id is not null"),
        ),
    )


class ReportStay(Base):
    """One stay of a conversation in a team's queue, with what reports divide by. `id` is that of the queue entry.

    `outcome`: `taken`, still `waiting`, `moved` to another queue, or `abandoned`. `first` is the one by which the
    contact came to people at all.
    """

    __tablename__ = "report_stays"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    number: Mapped[int]
    channel: Mapped[str]
    language: Mapped[str]
    topic: Mapped[str | None]
    team: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    reason: Mapped[str]
    entered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]
    first: Mapped[bool]

    __table_args__ = (
        CheckConstraint("outcome in ('taken', 'waiting', 'moved', 'abandoned')", name="outcome"),
        Index("ix_report_stays_entered_at_id", "entered_at", "id"),
        Index("ix_report_stays_conversation_id", "conversation_id"),
    )


class ReportProgress(Base):
    """How far the two tables above follow what happens; one row."""

    __tablename__ = "report_progress"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    heard_at: Mapped[datetime]
    heard_id: Mapped[UUID]
    noted_id: Mapped[UUID]
    done_at: Mapped[datetime | None]
    """When everything that had happened by then was in."""

    __table_args__ = (CheckConstraint("id = 1", name="one"),)


class ReportMailing(Identified, Versioned, Base):
    """A report that goes out by mail: every day, on Mondays or on the first, at `hour` of the company's clock, of the
    day, week or month before. `filters` are what narrows it, `split_by` what its table is divided by. `next_day` is the
    day on which it goes next."""

    __tablename__ = "report_mailings"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    rhythm: Mapped[str]
    hour: Mapped[int]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))
    split_by: Mapped[str] = mapped_column(default="day", server_default="day")
    next_day: Mapped[date]

    __table_args__ = (
        CheckConstraint("rhythm in ('daily', 'weekly', 'monthly')", name="rhythm"),
        CheckConstraint("hour between 0 and 23", name="hour"),
        UniqueConstraint("owner_id", "name"),
        Index("ix_report_mailings_next_day", "next_day"),
    )


class ReportRecipient(Base):
    """Who gets a mailing."""

    __tablename__ = "report_recipients"

    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("report_mailings.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)


class ReportSend(Identified, Base):
    """One mail of a mailing to one agent, for one day: there is at most one. `id` names the mail wherever it is tried,
    so that a mail server which has it already knows it again."""

    __tablename__ = "report_sends"

    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("report_mailings.id", ondelete="CASCADE"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(default="due", server_default="due")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    available_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("mailing_id", "agent_id", "day"),
        CheckConstraint("state in ('due', 'sent', 'failed', 'left_out')", name="state"),
        Index("ix_report_sends_available_at", "available_at", postgresql_where=sql("state = 'due'")),
    )
