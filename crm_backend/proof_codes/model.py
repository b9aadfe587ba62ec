"""The table of codes that prove an address."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified


class ProofCode(Identified, Base):
    """A code that was asked for in a conversation, in the turn `turn_id` of the assistant or, where it was not asked,
    by `message_id`, a message or the request of a page; good there alone, once, until `expires_at`.

    One to `prove` shows whose address on file (`identity_id`) the writer reads; one to `change`, that they read a new
    one; one to `answer`, that they read where a person's answer is to go. Of the address and the code there are
    fingerprints only. Without `code_hash` nothing was sent: nobody is known there, which who asked is not told. `wrong`
    counts other codes that were typed while this was the latest; `heard_turn_id` is the last turn that brought one, and
    `heard` what it was told.
    """

    __tablename__ = "proof_codes"

    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    browser_key: Mapped[str | None]
    asked_from: Mapped[str | None]
    """The place it was asked from (`places`), for a day."""
    writer_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"))
    turn_id: Mapped[UUID | None] = mapped_column(unique=True)
    message_id: Mapped[UUID | None] = mapped_column(unique=True)
    purpose: Mapped[str]
    kind: Mapped[str]
    address_key: Mapped[str]
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"), index=True)
    code_hash: Mapped[str | None]
    link_hash: Mapped[str | None] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    heard_turn_id: Mapped[UUID | None]
    heard: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("purpose in ('prove', 'change', 'answer')", name="purpose"),
        CheckConstraint("kind in ('email', 'phone')", name="kind"),
        CheckConstraint("heard in ('ok', 'wrong', 'expired', 'used', 'replaced', 'locked')", name="heard"),
        CheckConstraint(
            "num_nonnulls(conversation_id, browser_key) = 1"
            " and num_nonnulls(conversation_id) = num_nonnulls(turn_id, message_id)",
            name="asked_in",
        ),
        Index("ix_proof_codes_browser_key_created_at", "browser_key", "created_at"),
        Index("ix_proof_codes_asked_from_created_at", "asked_from", "created_at"),
        Index("ix_proof_codes_conversation_id_created_at", "conversation_id", "created_at"),
        Index("ix_proof_codes_writer_id_created_at", "writer_id", "created_at"),
        Index("ix_proof_codes_address_key_created_at", "address_key", "created_at"),
    )
