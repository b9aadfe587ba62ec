"""Customers, the addresses they are reached at, and where they live."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_backend.database import Base, Identified, Versioned, utc_now

SHARED_KINDS = ("email", "phone", "external")
"""Kinds of identity that several customers may have on file. Every other kind is an account on a channel, which one
person has alone. Who writes from a shared one is an identity without customer, next to those on file."""
ACCOUNT = "account"
"""The kind of identity of somebody signed in on the company's own site; its value is their number there."""


POSTCODE_KEY = "upper(regexp_replace(postcode, '[^0-9A-Za-z]', '', 'g'))"
NAME_KEY = "relais_plain(first_name || ' ' || last_name)"


class Customer(Identified, Versioned, Base):
    """Somebody the company knows."""

    __tablename__ = "customers"

    external_id: Mapped[str | None] = mapped_column(unique=True)
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    company: Mapped[str] = mapped_column(default="", server_default="")
    """For whom they work, as they say it; companies that are customers are groups."""
    birth_date: Mapped[date | None]
    time_zone: Mapped[str | None]
    """A name of the IANA database, such as `Europe/Paris`; None when they live by the company's clock."""
    matched_at: Mapped[datetime | None]
    """When duplicates of this customer were last looked for; None when something to compare has changed since."""
    erased_at: Mapped[datetime | None]
    """When this person was erased: what is left is a number that kept orders refer to."""
    name_key: Mapped[str] = mapped_column(Computed(NAME_KEY, persisted=True), deferred=True)
    """The name without case and accents, for searching."""

    identities: Mapped[list[Identity]] = relationship(back_populates="customer")
    addresses: Mapped[list[Address]] = relationship(back_populates="customer", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("language in ('fr', 'en')", name="language"),
        Index("ix_customers_last_name_first_name", "last_name", "first_name"),
        Index("ix_customers_name_key", "name_key", postgresql_using="gin", postgresql_ops={"name_key": "gin_trgm_ops"}),
        Index(
            "ix_customers_company",
            text("relais_plain(company) gin_trgm_ops"),
            postgresql_using="gin",
            postgresql_where=text("company <> ''"),
        ),
        Index("ix_customers_unmatched", "id", postgresql_where=text("matched_at is null")),
        Index("ix_customers_created_at", "created_at", "id"),
    )

    @property
    def name(self) -> str:
        """First and last name as one would address an envelope."""
        return f"{self.first_name} {self.last_name}".strip()


class Identity(Identified, Base):
    """One address by which a person is reached or recognised. `customer_id` is null while nobody knows whose it is."""

    __tablename__ = "identities"

    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    value: Mapped[str]
    proof: Mapped[str] = mapped_column(default="none")
    proved_at: Mapped[datetime | None]
    shown_name: Mapped[str | None]
    """How the person calls themselves there."""
    unreachable_since: Mapped[datetime | None]
    """Blocked, bounced or gone: nothing is sent there until they write."""
    is_primary: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Which of a customer's addresses of this kind is shown and written to first."""
    own_word: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether nobody but its customer said that it is theirs: until it is proved, who writes from there is not them."""

    customer: Mapped[Customer | None] = relationship(back_populates="identities")

    __table_args__ = (
        CheckConstraint("proof in ('none', 'channel', 'verified')", name="proof"),
        UniqueConstraint("customer_id", "kind", "value"),
        Index(
            "uq_identities_channel_account",
            "kind",
            "value",
            unique=True,
            postgresql_where=text("kind not in ('email', 'phone', 'external')"),
        ),
        Index(
            "uq_identities_writer",
            "kind",
            "value",
            unique=True,
            postgresql_where=text("kind in ('email', 'phone') and customer_id is null"),
        ),
        Index("ix_identities_kind_value", "kind", "value"),
        Index(
            "ix_identities_shown_name",
            text("relais_plain(shown_name) gin_trgm_ops"),
            postgresql_using="gin",
            postgresql_where=text("shown_name <> ''"),
        ),
        Index("ix_identities_email", text("lower(value)"), postgresql_where=text("kind = 'email'")),
        Index(
            "ix_identities_mailbox",
            text("relais_mailbox(value)"),
            postgresql_where=text("kind = 'email' and customer_id is not null"),
        ),
        Index(
            "ix_identities_email_beginning",
            text("lower(value) text_pattern_ops"),
            postgresql_where=text("kind = 'email' and customer_id is not null"),
        ),
    )


class Address(Identified, Versioned, Base):
    """A postal address of a customer; orders keep a copy of the one they go to."""

    __tablename__ = "addresses"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    line1: Mapped[str]
    line2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    is_default: Mapped[bool] = mapped_column(default=True)
    label: Mapped[str] = mapped_column(default="", server_default="")
    """What the customer calls it: home, office."""

    customer: Mapped[Customer] = relationship(back_populates="addresses")

    __table_args__ = (Index("ix_addresses_postcode_key", text(POSTCODE_KEY)),)
