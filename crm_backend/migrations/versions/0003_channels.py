"""Accounts, files, participants and what platforms tell of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_ok", sa.Boolean(), nullable=True),
        sa.Column("check_detail", sa.String(), nullable=True),
        sa.Column("shown_as", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("cursor", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source in ('desk', 'environment')", name=op.f("ck_accounts_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("channel", "name", name=op.f("uq_accounts_channel_name")),
    )
    op.create_table(
        "join_codes",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_join_codes_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_join_codes_code_hash")),
    )
    op.create_index(op.f("ix_join_codes_conversation_id"), "join_codes", ["conversation_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_participants_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_participants_identity_id_identities")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "identity_id", "channel", "account", name=op.f("pk_participants")),
    )
    op.create_index("ix_participants_identity_id", "participants", ["identity_id", "channel", "last_at"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refused", sa.String(), nullable=True),
        sa.Column("uploaded_by", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("remote", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('image', 'document', 'audio', 'video', 'other')", name=op.f("ck_attachments_kind")
        ),
        sa.CheckConstraint("state in ('pending', 'kept', 'refused', 'lost')", name=op.f("ck_attachments_state")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id_messages"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"], unique=False)
    op.create_index(
        "ix_attachments_pending",
        "attachments",
        ["available_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_attachments_unused",
        "attachments",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("message_id is null"),
    )
    op.create_table(
        "sent_parts",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_sent_parts_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel", "account", "platform_id", name=op.f("pk_sent_parts")),
    )
    op.create_index(op.f("ix_sent_parts_message_id"), "sent_parts", ["message_id"], unique=False)
    op.add_column("conversations", sa.Column("account", sa.String(), server_default="main", nullable=False))
    op.add_column("conversations", sa.Column("team", sa.String(), server_default="support", nullable=False))
    op.add_column("conversations", sa.Column("subject", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("continues_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_conversations_continues_id_conversations"),
        "conversations",
        "conversations",
        ["continues_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column("identities", sa.Column("shown_name", sa.String(), nullable=True))
    op.add_column("identities", sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_identities_email",
        "identities",
        [sa.text("lower(value)")],
        postgresql_where=sa.text("kind = 'email'"),
    )
    op.create_index(
        "uq_identities_writer",
        "identities",
        ["kind", "value"],
        unique=True,
        postgresql_where=sa.text("kind in ('email', 'phone') and customer_id is null"),
    )
    op.add_column("messages", sa.Column("place", sa.Float(), nullable=True))
    op.execute("update messages set place = seq")
    op.alter_column("messages", "place", nullable=False)
    op.add_column("messages", sa.Column("platform_order", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("identity_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("account", sa.String(), server_default="main", nullable=False))
    op.add_column(
        "messages",
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index("ix_messages_conversation_id_place", "messages", ["conversation_id", "place"], unique=False)
    op.create_foreign_key(op.f("fk_messages_identity_id_identities"), "messages", "identities", ["identity_id"], ["id"])
    op.execute(
        "update messages set identity_id = c.identity_id from conversations c"
        " where c.id = messages.conversation_id and messages.author = 'customer'"
    )
    op.execute(
        "insert into participants (conversation_id, identity_id, channel, account, address, last_at)"
        " select id, identity_id, channel, 'main', address, last_message_at from conversations"
    )
    op.drop_constraint(op.f("ck_identities_kind"), "identities", type_="check")
    op.drop_index("uq_identities_channel_account", table_name="identities")
    op.create_index(
        "uq_identities_channel_account",
        "identities",
        ["kind", "value"],
        unique=True,
        postgresql_where=sa.text("kind not in ('email', 'phone', 'external')"),
    )
    op.add_column("outbox", sa.Column("account", sa.String(), server_default="main", nullable=False))
    op.add_column("outbox", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_failed", "outbox", ["failed_at"], unique=False, postgresql_where=sa.text("state = 'failed'")
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_failed", table_name="outbox", postgresql_where=sa.text("state = 'failed'"))
    op.drop_column("outbox", "failed_at")
    op.drop_column("outbox", "account")
    op.drop_constraint(op.f("fk_messages_identity_id_identities"), "messages", type_="foreignkey")
    op.drop_index("ix_messages_conversation_id_place", table_name="messages")
    op.drop_column("messages", "details")
    op.drop_column("messages", "account")
    op.drop_column("messages", "identity_id")
    op.drop_column("messages", "platform_order")
    op.drop_column("messages", "place")
    op.drop_index("uq_identities_channel_account", table_name="identities")
    op.create_index(
        "uq_identities_channel_account",
        "identities",
        ["kind", "value"],
        unique=True,
        postgresql_where=sa.text("kind in ('browser', 'telegram', 'whatsapp')"),
    )
    op.create_check_constraint(
        op.f("ck_identities_kind"),
        "identities",
        "kind in ('email', 'phone', 'browser', 'telegram', 'whatsapp', 'external')",
    )
    op.drop_index("ix_identities_email", table_name="identities")
    op.drop_index(
        "uq_identities_writer",
        table_name="identities",
        postgresql_where=sa.text("kind in ('email', 'phone') and customer_id is null"),
    )
    op.drop_column("identities", "unreachable_since")
    op.drop_column("identities", "shown_name")
    op.drop_constraint(op.f("fk_conversations_continues_id_conversations"), "conversations", type_="foreignkey")
    op.drop_column("conversations", "continues_id")
    op.drop_column("conversations", "subject")
    op.drop_column("conversations", "team")
    op.drop_column("conversations", "account")
    op.drop_index(op.f("ix_sent_parts_message_id"), table_name="sent_parts")
    op.drop_table("sent_parts")
    op.drop_index("ix_attachments_unused", table_name="attachments", postgresql_where=sa.text("message_id is null"))
    op.drop_index("ix_attachments_pending", table_name="attachments", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index(op.f("ix_attachments_message_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_participants_identity_id", table_name="participants")
    op.drop_table("participants")
    op.drop_index(op.f("ix_join_codes_conversation_id"), table_name="join_codes")
    op.drop_table("join_codes")
    op.drop_table("accounts")
