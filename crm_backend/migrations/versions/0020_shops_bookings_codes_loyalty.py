"""Shops, call-backs and appointments, promotion codes, the loyalty programme; descriptions and attributes of products;
indexes for lists of conversations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import uuid_utils.compat
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EMPTY, LIST = sa.text("'{}'"), sa.text("'[]'")
TABLES = (
    "loyalty_adjustments",
    "loyalty_members",
    "loyalty_levels",
    "loyalty_programme",
    "promo_code_tries",
    "promo_code_uses",
    "promo_codes",
    "bookings",
    "booking_schedules",
    "shops",
)
LISTED = (("conversations", "last_message_at"), ("conversations", "created_at"), ("ratings", "created_at"))
"""What programs list conversations and ratings by."""
LEVELS = (
    (
        "bronze",
        {"fr": "Bronze", "en": "Bronze"},
        0,
        {"fr": ["Un point par euro d’achat"], "en": ["One point for every pound or euro spent"]},
    ),
    (
        "silver",
        {"fr": "Argent", "en": "Silver"},
        300,
        {
            "fr": ["Un point par euro d’achat", "Livraison standard offerte"],
            "en": ["One point for every pound or euro spent", "Free standard delivery"],
        },
    ),
    (
        "gold",
        {"fr": "Or", "en": "Gold"},
        800,
        {
            "fr": ["Un point par euro d’achat", "Livraison express offerte", "Ventes privées en avant-première"],
            "en": ["One point for every pound or euro spent", "Free express delivery", "Early access to private sales"],
        },
    ),
)
"""What a programme begins with; a company changes it before it opens the programme."""


def upgrade() -> None:
    for name in ("descriptions", "attributes"):
        op.add_column("products", sa.Column(name, JSONB(), server_default=EMPTY, nullable=False))
    _shops()
    _bookings()
    _promo_codes()
    _loyalty()
    for table, column in LISTED:
        op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])


def downgrade() -> None:
    for table, column in LISTED:
        op.drop_index(f"ix_{table}_{column}_id", table_name=table)
    for table in TABLES:
        op.drop_table(table)
    for name in ("attributes", "descriptions"):
        op.drop_column("products", name)


def _shops() -> None:
    op.create_table(
        "shops",
        *_identified("shops"),
        *_changing(),
        _word("external_id", nullable=True),
        _word("name"),
        _word("line1"),
        _word("line2", server_default=""),
        _word("city"),
        _word("postcode", server_default=""),
        _word("country"),
        _word("phone", nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("services", JSONB(), server_default=LIST, nullable=False),
        sa.Column("notes", JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _check("shops", "name", "name <> ''"),
        _check("shops", "latitude", "latitude between -90 and 90"),
        _check("shops", "longitude", "longitude between -180 and 180"),
        _check("shops", "position", "(latitude is null) = (longitude is null)"),
        _key("shops", "calendar_id", "calendars"),
        sa.UniqueConstraint("external_id", name=op.f("uq_shops_external_id")),
    )
    op.create_index(op.f("ix_shops_calendar_id"), "shops", ["calendar_id"])
    op.create_index("ix_shops_created_at_id", "shops", ["created_at", "id"])


def _bookings() -> None:
    kinds = "kind in ('call_back', 'appointment')"
    op.create_table(
        "booking_schedules",
        *_identified("booking_schedules"),
        *_changing(),
        _word("kind"),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        _count("window_minutes", 30),
        _count("capacity", 2),
        _count("lead_minutes", 30),
        _count("days_ahead", 14),
        _word("team"),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _check("booking_schedules", "kind", kinds),
        _check("booking_schedules", "shop", "(kind = 'appointment') = (shop_id is not null)"),
        _check("booking_schedules", "window_minutes", "window_minutes between 5 and 480"),
        _check("booking_schedules", "capacity", "capacity between 1 and 1000"),
        _check("booking_schedules", "lead_minutes", "lead_minutes between 0 and 20160"),
        _check("booking_schedules", "days_ahead", "days_ahead between 1 and 90"),
        _key("booking_schedules", "shop_id", "shops", "CASCADE"),
        _key("booking_schedules", "calendar_id", "calendars"),
    )
    whose = sa.text("coalesce(shop_id::text, '')")
    op.create_index("uq_booking_schedules_kind_shop_id", "booking_schedules", ["kind", whose], unique=True)
    op.create_index(op.f("ix_booking_schedules_calendar_id"), "booking_schedules", ["calendar_id"])
    op.create_index("ix_booking_schedules_shop_id", "booking_schedules", ["shop_id"])
    op.create_index("ix_booking_schedules_created_at_id", "booking_schedules", ["created_at", "id"])
    op.create_table(
        "bookings",
        *_identified("bookings"),
        *_changing(),
        _word("reference"),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        _word("kind"),
        *(sa.Column(f"{name}_id", sa.Uuid(), nullable=True) for name in ("shop", "customer", "conversation", "case")),
        _word("phone"),
        _word("topic", server_default=""),
        _word("language"),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        _word("state", server_default="booked"),
        _word("actor"),
        _word("key", nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        _check("bookings", "kind", kinds),
        _check("bookings", "state", "state in ('booked', 'cancelled', 'done', 'missed')"),
        _check("bookings", "window", "ends_at > starts_at"),
        _key("bookings", "schedule_id", "booking_schedules"),
        _key("bookings", "shop_id", "shops", "SET NULL"),
        _key("bookings", "customer_id", "customers", "CASCADE"),
        _key("bookings", "conversation_id", "conversations", "SET NULL"),
        _key("bookings", "case_id", "cases", "SET NULL"),
        sa.UniqueConstraint("reference", name=op.f("uq_bookings_reference")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_bookings_actor_key")),
    )
    for name in ("shop", "customer", "conversation", "case"):
        op.create_index(op.f(f"ix_bookings_{name}_id"), "bookings", [f"{name}_id"])
    op.create_index("ix_bookings_schedule_id_starts_at", "bookings", ["schedule_id", "starts_at"])
    op.create_index("ix_bookings_starts_at_id", "bookings", ["starts_at", "id"])
    op.create_index("ix_bookings_created_at_id", "bookings", ["created_at", "id"])
    op.create_index("ix_bookings_phone", "bookings", ["phone"])


def _promo_codes() -> None:
    op.create_table(
        "promo_codes",
        *_identified("promo_codes"),
        *_changing(),
        _word("code"),
        _word("kind"),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        _word("currency", nullable=True),
        sa.Column("minimum_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_to", INSTANT, nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("per_customer", sa.Integer(), nullable=True),
        sa.Column("categories", JSONB(), server_default=LIST, nullable=False),
        sa.Column("texts", JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _check("promo_codes", "kind", "kind in ('percent', 'amount')"),
        _check("promo_codes", "percent_given", "(kind = 'percent') = (percent is not null)"),
        _check("promo_codes", "amount_given", "(kind = 'amount') = (amount_minor is not null)"),
        _check("promo_codes", "percent", "percent between 1 and 10000"),
        _check("promo_codes", "amount", "amount_minor > 0"),
        _check("promo_codes", "minimum", "minimum_minor >= 0"),
        _check("promo_codes", "currency", "currency is not null or (kind = 'percent' and minimum_minor = 0)"),
        _check("promo_codes", "validity", "valid_to > valid_from"),
        _check("promo_codes", "limits", "usage_limit > 0 and per_customer > 0"),
        sa.UniqueConstraint("code", name=op.f("uq_promo_codes_code")),
    )
    op.create_index("ix_promo_codes_created_at_id", "promo_codes", ["created_at", "id"])
    op.create_table(
        "promo_code_uses",
        *_identified("promo_code_uses"),
        sa.Column("promo_code_id", sa.Uuid(), nullable=False),
        _word("reference"),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        _key("promo_code_uses", "promo_code_id", "promo_codes", "CASCADE"),
        _key("promo_code_uses", "customer_id", "customers", "SET NULL"),
        sa.UniqueConstraint("promo_code_id", "reference", name=op.f("uq_promo_code_uses_promo_code_id_reference")),
    )
    op.create_index(op.f("ix_promo_code_uses_customer_id"), "promo_code_uses", ["customer_id"])
    op.create_index("ix_promo_code_uses_created_at_id", "promo_code_uses", ["created_at", "id"])
    op.create_table(
        "promo_code_tries",
        *_identified("promo_code_tries"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        _key("promo_code_tries", "conversation_id", "conversations", "CASCADE"),
    )
    op.create_index(
        "ix_promo_code_tries_conversation_id_created_at", "promo_code_tries", ["conversation_id", "created_at"]
    )


def _loyalty() -> None:
    programme = op.create_table(
        "loyalty_programme",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("points_per_unit", JSONB(), nullable=False),
        _count("months", 12),
        _count("pending_days", 30),
        *_changing(default=True),
        _check("loyalty_programme", "one", "id = 1"),
        _check("loyalty_programme", "months", "months between 1 and 60"),
        _check("loyalty_programme", "pending_days", "pending_days between 0 and 365"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_programme")),
    )
    levels = op.create_table(
        "loyalty_levels",
        *_identified("loyalty_levels"),
        *_changing(default=True),
        _word("key"),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("from_points", sa.Integer(), nullable=False),
        sa.Column("advantages", JSONB(), server_default=EMPTY, nullable=False),
        _check("loyalty_levels", "from_points", "from_points >= 0"),
        sa.UniqueConstraint("key", name=op.f("uq_loyalty_levels_key")),
        sa.UniqueConstraint("from_points", name=op.f("uq_loyalty_levels_from_points")),
    )
    op.create_table(
        "loyalty_members",
        *_identified("loyalty_members"),
        *_changing(),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        _key("loyalty_members", "customer_id", "customers", "CASCADE"),
        sa.UniqueConstraint("customer_id", name=op.f("uq_loyalty_members_customer_id")),
    )
    op.create_index("ix_loyalty_members_created_at_id", "loyalty_members", ["created_at", "id"])
    op.create_table(
        "loyalty_adjustments",
        *_identified("loyalty_adjustments"),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        _word("kind"),
        sa.Column("points", sa.Integer(), nullable=False),
        _word("reason"),
        _word("actor"),
        _check("loyalty_adjustments", "kind", "kind in ('bonus', 'correction', 'spent')"),
        _check("loyalty_adjustments", "points", "points between -1000000 and 1000000 and points <> 0"),
        _check("loyalty_adjustments", "spent", "kind <> 'spent' or points < 0"),
        _key("loyalty_adjustments", "customer_id", "customers", "CASCADE"),
    )
    op.create_index(
        "ix_loyalty_adjustments_customer_id_created_at", "loyalty_adjustments", ["customer_id", "created_at", "id"]
    )
    names = ("key", "names", "from_points", "advantages")
    begin = {"id": 1, "names": {"fr": "Programme de fidélité", "en": "Loyalty programme"}}
    op.bulk_insert(programme, [{**begin, "points_per_unit": {"EUR": 1, "GBP": 1}}])
    rows = [{"id": uuid_utils.compat.uuid7(), **dict(zip(names, level, strict=True))} for level in LEVELS]
    op.bulk_insert(levels, rows)


def _identified(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _changing(*, default: bool = False) -> list[sa.Column[Any]]:
    now = sa.text("now()") if default else None
    return [
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", INSTANT, server_default=now, nullable=False),
    ]


def _word(name: str, *, nullable: bool = False, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=server_default, nullable=nullable)


def _count(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, target: str, gone: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=gone)
