"""The tables of what colleagues tell each other of a conversation: private notes, mentions in them, and reminders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned

SOONEST, LATEST = 1, 1440
"""Minutes after which a mention that was not read may be mailed."""
USUAL = 15


class PrivateNote(Identified, Versioned, Base):
    """What an agent wrote in a conversation for colleagues. It is no message: no channel, no assistant and no copy of
    the messages ever sees it. It stands after the message `after_seq`. `client_id` keeps a repeat from being a second.
    """

    __tablename__ = "conversation_notes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    client_id: Mapped[UUID]
    after_seq: Mapped[int]
    text: Mapped[str]
    edited_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("agent_id", "client_id"),
        Index("ix_conversation_notes_conversation_id_created_at", "conversation_id", "created_at"),
        Index("ix_conversation_notes_words", sql("relais_words(text)"), postgresql_using="gin"),
    )


class Mention(Base):
    """An agent named in a note, by `handle`: their own, or their team's. Unread until `read_at`; while `mail_at` is
    set, a mail about it is to be sent then."""

    __tablename__ = "note_mentions"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("conversation_notes.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    handle: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]
    mail_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    mailed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_note_mentions_unread", "agent_id", "conversation_id", postgresql_where=sql("read_at is null")),
        Index("ix_note_mentions_mail_at", "mail_at", postgresql_where=sql("mail_at is not null")),
    )


class MentionSettings(Base):
    """How an agent wants to hear of mentions: by `mail` too, when they have not read one after so many minutes. Who has
    no row is mailed after USUAL minutes."""

    __tablename__ = "mention_settings"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    mail: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))
    minutes: Mapped[int] = mapped_column(default=USUAL, server_default=str(USUAL))

    __table_args__ = (CheckConstraint(f"minutes between {SOONEST} and {LATEST}", name="minutes"),)


class Reminder(Identified, Versioned, Base):
    """What an agent wants to be reminded of, at `due_at`, in a conversation. `told_at` is when they were."""

    __tablename__ = "reminders"

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[UUID]
    text: Mapped[str]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("agent_id", "client_id"),
        Index("ix_reminders_open", "agent_id", "due_at", postgresql_where=sql("done_at is null")),
        Index("ix_reminders_due", "due_at", postgresql_where=sql("told_at is null and done_at is null")),
    )
