"""Everything known of a customer, and merging."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# unaccent() depends on a dictionary that could be exchanged, so PostgreSQL does not call it immutable; with the
# dictionary named it is as good as that.
PLAIN = """
create function relais_plain(text) returns text language sql immutable strict parallel safe
return lower(public.unaccent('public.unaccent'::regdictionary, $1))
"""
# The part after + names a folder of the same mailbox at every large provider; Google also ignores dots.
MAILBOX = """
create function relais_mailbox(text) returns text language sql immutable strict parallel safe
return case when split_part(lower($1), '@', 2) in ('gmail.com', 'googlemail.com')
  then replace(split_part(split_part(lower($1), '@', 1), '+', 1), '.', '') || '@gmail.com'
  else split_part(split_part(lower($1), '@', 1), '+', 1) || '@' || split_part(lower($1), '@', 2) end
"""
POSTCODE_KEY = "upper(regexp_replace(postcode, '[^0-9A-Za-z]', '', 'g'))"
KNOWN_EMAIL = "kind = 'email' and customer_id is not null"


def upgrade() -> None:
    op.execute(PLAIN)
    op.execute(MAILBOX)
    _profiles()
    _beside()
    _merging()


def _profiles() -> None:
    op.add_column("customers", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("customers", sa.Column("company", sa.String(), server_default="", nullable=False))
    op.add_column("customers", sa.Column("birth_date", sa.Date(), nullable=True))
    op.add_column("customers", sa.Column("time_zone", sa.String(), nullable=True))
    op.add_column("customers", sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True))
    name_key = sa.Computed("relais_plain(first_name || ' ' || last_name)", persisted=True)
    op.add_column("customers", sa.Column("name_key", sa.String(), name_key, nullable=False))
    op.create_index(
        "ix_customers_name_key",
        "customers",
        ["name_key"],
        postgresql_using="gin",
        postgresql_ops={"name_key": "gin_trgm_ops"},
    )
    op.create_index("ix_customers_unmatched", "customers", ["id"], postgresql_where=sa.text("matched_at is null"))
    op.create_index("ix_customers_created_at", "customers", ["created_at", "id"])
    op.add_column("identities", sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_identities_mailbox",
        "identities",
        [sa.text("relais_mailbox(value)")],
        postgresql_where=sa.text(KNOWN_EMAIL),
    )
    op.create_index(
        "ix_identities_email_beginning",
        "identities",
        [sa.text("lower(value) text_pattern_ops")],
        postgresql_where=sa.text(KNOWN_EMAIL),
    )
    op.add_column("addresses", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("addresses", sa.Column("label", sa.String(), server_default="", nullable=False))
    op.create_index("ix_addresses_postcode_key", "addresses", [sa.text(POSTCODE_KEY)])
    op.add_column("contact_preferences", sa.Column("hours_from", sa.Time(), nullable=True))
    op.add_column("contact_preferences", sa.Column("hours_until", sa.Time(), nullable=True))


def _own() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ]


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _to(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"), ondelete="CASCADE")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _beside() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "consent_events",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), server_default="", nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), server_default="", nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_own(),
        _to("consent_events", "customer_id", "customers"),
        _key("consent_events"),
    )
    op.create_index(
        "ix_consent_events_customer_id_purpose_channel_at",
        "consent_events",
        ["customer_id", "purpose", "channel", "at"],
    )
    op.create_index("ix_consent_events_customer_id_at", "consent_events", ["customer_id", "at", "id"])
    op.create_table(
        "tags",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        *_own(),
        _key("tags"),
        sa.UniqueConstraint("key", name=op.f("uq_tags_key")),
    )
    op.create_table(
        "customer_tags",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _to("customer_tags", "customer_id", "customers"),
        _to("customer_tags", "tag_id", "tags"),
        _key("customer_tags", "customer_id", "tag_id"),
    )
    op.create_index(op.f("ix_customer_tags_tag_id"), "customer_tags", ["tag_id"])
    op.create_table(
        "customer_notes",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_by", sa.String(), nullable=True),
        *_own(),
        _version(),
        _to("customer_notes", "customer_id", "customers"),
        _key("customer_notes"),
    )
    op.create_index("ix_customer_notes_customer_id_created_at", "customer_notes", ["customer_id", "created_at", "id"])
    op.create_table(
        "customer_documents",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        *_own(),
        _to("customer_documents", "customer_id", "customers"),
        _to("customer_documents", "attachment_id", "attachments"),
        _key("customer_documents"),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_customer_documents_attachment_id")),
    )
    op.create_index(
        "ix_customer_documents_customer_id_created_at", "customer_documents", ["customer_id", "created_at", "id"]
    )
    op.create_table(
        "customer_groups",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *_own(),
        _version(),
        sa.CheckConstraint("kind in ('household', 'company')", name=op.f("ck_customer_groups_kind")),
        _key("customer_groups"),
        sa.UniqueConstraint("external_id", name=op.f("uq_customer_groups_external_id")),
    )
    op.create_index("ix_customer_groups_name", "customer_groups", [sa.text("relais_plain(name) text_pattern_ops")])
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _to("group_members", "group_id", "customer_groups"),
        _to("group_members", "customer_id", "customers"),
        _key("group_members", "group_id", "customer_id"),
    )
    op.create_index(op.f("ix_group_members_customer_id"), "group_members", ["customer_id"])
    op.create_table(
        "attribute_definitions",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("labels", json, nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_unique", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("choices", json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("limits", json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        *_own(),
        _version(),
        sa.CheckConstraint(
            "kind in ('text', 'number', 'date', 'boolean', 'choice', 'url')", name=op.f("ck_attribute_definitions_kind")
        ),
        sa.CheckConstraint(
            "kind not in ('boolean', 'choice') or not is_unique", name=op.f("ck_attribute_definitions_unique_kind")
        ),
        _key("attribute_definitions"),
        sa.UniqueConstraint("key", name=op.f("uq_attribute_definitions_key")),
    )
    op.create_table(
        "attribute_values",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("value", json, nullable=False),
        sa.Column("unique_key", sa.String(), nullable=True),
        _to("attribute_values", "customer_id", "customers"),
        _to("attribute_values", "definition_id", "attribute_definitions"),
        _key("attribute_values", "customer_id", "definition_id"),
        sa.UniqueConstraint("definition_id", "unique_key", name=op.f("uq_attribute_values_definition_id_unique_key")),
    )
    op.create_index(
        "ix_attribute_values_definition_id_value",
        "attribute_values",
        ["definition_id", sa.text("(value #>> '{}')")],
    )


def _merging() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "merges",
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("gone_external_id", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("evidence", json, nullable=False),
        sa.Column("moved", json, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("outcome", json, nullable=True),
        *_own(),
        _to("merges", "kept_id", "customers"),
        _key("merges"),
    )
    op.create_index("ix_merges_kept_id_created_at", "merges", ["kept_id", "created_at", "id"])
    op.create_index(op.f("ix_merges_gone_id"), "merges", ["gone_id"])
    op.create_index(op.f("ix_merges_gone_external_id"), "merges", ["gone_external_id"])
    op.create_table(
        "merge_steps",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("key", json, nullable=False),
        sa.Column("old", json, nullable=True),
        sa.Column("new", json, nullable=True),
        sa.CheckConstraint("action in ('changed', 'removed', 'made')", name=op.f("ck_merge_steps_action")),
        _to("merge_steps", "merge_id", "merges"),
        _key("merge_steps", "merge_id", "position"),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", json, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.String(), nullable=True),
        *_own(),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_duplicate_pairs_order")),
        sa.CheckConstraint("score between 0 and 100", name=op.f("ck_duplicate_pairs_score")),
        _to("duplicate_pairs", "low_id", "customers"),
        _to("duplicate_pairs", "high_id", "customers"),
        _key("duplicate_pairs"),
    )
    op.create_index(op.f("ix_duplicate_pairs_high_id"), "duplicate_pairs", ["high_id"])
    op.create_index("uq_duplicate_pairs_low_id_high_id", "duplicate_pairs", ["low_id", "high_id"], unique=True)
    op.create_index(
        "ix_duplicate_pairs_open",
        "duplicate_pairs",
        ["score", "id"],
        postgresql_where=sa.text("dismissed_at is null"),
    )


def downgrade() -> None:
    for table in (
        "duplicate_pairs",
        "merge_steps",
        "merges",
        "attribute_values",
        "attribute_definitions",
        "group_members",
        "customer_groups",
        "customer_documents",
        "customer_notes",
        "customer_tags",
        "tags",
        "consent_events",
    ):
        op.drop_table(table)
    op.drop_column("contact_preferences", "hours_until")
    op.drop_column("contact_preferences", "hours_from")
    op.drop_index("ix_addresses_postcode_key", table_name="addresses")
    op.drop_column("addresses", "label")
    op.drop_column("addresses", "version")
    op.drop_index("ix_identities_email_beginning", table_name="identities")
    op.drop_index("ix_identities_mailbox", table_name="identities")
    op.drop_column("identities", "is_primary")
    op.drop_index("ix_customers_created_at", table_name="customers")
    op.drop_index("ix_customers_unmatched", table_name="customers")
    op.drop_index("ix_customers_name_key", table_name="customers")
    for column in ("name_key", "matched_at", "time_zone", "birth_date", "company", "version"):
        op.drop_column("customers", column)
    op.execute("drop function relais_mailbox(text)")
    op.execute("drop function relais_plain(text)")
