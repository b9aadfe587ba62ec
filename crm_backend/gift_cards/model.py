"""Gift cards, and every change of what is on them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_backend.database import Base, Identified, Versioned


class GiftCard(Versioned, Identified, Base):
    """A card; of its code there is a fingerprint and the last four letters. `balance_minor` is the sum of its entries,
    in minor units of `currency`."""

    __tablename__ = "gift_cards"

    code_hash: Mapped[str] = mapped_column(unique=True)
    last_letters: Mapped[str]
    currency: Mapped[str]
    balance_minor: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        CheckConstraint("balance_minor >= 0", name="balance"),
        CheckConstraint("length(currency) = 3", name="currency"),
        Index("ix_gift_cards_created_at_id", "created_at", "id"),
        Index("ix_gift_cards_last_letters", "last_letters", "created_at", "id"),
    )


class GiftCardTry(Identified, Base):
    """A code that a conversation asked about, in the turn `turn_id`, and that there is not. Kept as fingerprints: of
    the whole, and (`card_key`) of all but the last four letters, since somebody may have seen that much of a card."""

    __tablename__ = "gift_card_tries"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    writer_id: Mapped[UUID | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"))
    code_key: Mapped[str]
    card_key: Mapped[str]
    turn_id: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        Index("ix_gift_card_tries_conversation_id_created_at", "conversation_id", "created_at"),
        Index("ix_gift_card_tries_writer_id_created_at", "writer_id", "created_at"),
        Index("ix_gift_card_tries_card_key_created_at", "card_key", "created_at"),
    )


class GiftCardEntry(Identified, Base):
    """One change of a balance: what came on the card, or, below zero, what went off it."""

    __tablename__ = "gift_card_entries"

    gift_card_id: Mapped[UUID] = mapped_column(ForeignKey("gift_cards.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str]

    __table_args__ = (
        CheckConstraint("kind in ('issued', 'redeemed', 'refunded')", name="kind"),
        CheckConstraint("amount_minor <> 0 and (amount_minor < 0) = (kind = 'redeemed')", name="amount"),
    )
