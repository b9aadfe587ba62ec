"""How visits of the contact form ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class FormEnd(Identified, Base):
    """How somebody left the contact form: they `sent` it, or said that an article `answered`. `id` is that of the form
    they were shown. `suggested` says that it had shown them articles; `article_id` is the one that answered, or from
    which they came to write.

    `fate` is what became of an answer: `open` until a day has passed, then `saved` or `returned` (they wrote all the
    same, on whichever channel); `unknown` where there was nothing by which to tell. `who_hash` holds the keyed hashes
    by which they are known again (an address, a browser of the chat, a customer); they go as soon as the fate is known.
    """

    __tablename__ = "form_ends"

    language: Mapped[str]
    outcome: Mapped[str]
    suggested: Mapped[bool]
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"), index=True)
    who_hash: Mapped[str | None]
    fate: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("language in ('fr', 'en')", name="language"),
        CheckConstraint("outcome in ('sent', 'answered')", name="outcome"),
        CheckConstraint("fate in ('open', 'saved', 'returned', 'unknown')", name="fate"),
        CheckConstraint("(outcome = 'answered') = (fate is not null)", name="fated"),
        CheckConstraint("(who_hash is not null) = (fate is not distinct from 'open')", name="hashed"),
        Index("ix_form_ends_created_at_id", "created_at", "id"),
        Index("ix_form_ends_open", "created_at", postgresql_where=sql("fate = 'open'")),
    )
