"""The table of tags for conversations. Which ones a conversation has stands in `conversations.tag_ids`."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned

COLOURS = ("plain", "accent", "waiting", "risk", "late", "done")
"""What a tag may look like: the meanings of the design's tokens."""


class ConversationTag(Identified, Versioned, Base):
    """A tag. `key` is its name as names are compared; a `retired` one stays where it is and is put on nothing more."""

    __tablename__ = "conversation_tags"

    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    colour: Mapped[str] = mapped_column(default="plain", server_default="plain")
    retired: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("colour in ({})".format(", ".join(f"'{each}'" for each in COLOURS)), name="colour"),
    )
