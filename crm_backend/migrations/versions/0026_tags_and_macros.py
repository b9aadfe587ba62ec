"""Tags on conversations, and macros."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("tag_ids", ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.create_index(
        "ix_conversations_tag_ids",
        "conversations",
        ["tag_ids"],
        postgresql_using="gin",
        postgresql_where=sa.text("tag_ids <> '{}'"),
    )
    op.create_table(
        "conversation_tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), server_default="plain", nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "colour in ('plain', 'accent', 'waiting', 'risk', 'late', 'done')", name=op.f("ck_conversation_tags_colour")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_tags")),
        sa.UniqueConstraint("key", name=op.f("uq_conversation_tags_key")),
    )
    op.create_table(
        "macros",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("steps", JSONB(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_macros_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macros")),
        sa.UniqueConstraint(
            "agent_id", "name", name=op.f("uq_macros_agent_id_name"), postgresql_nulls_not_distinct=True
        ),
    )


def downgrade() -> None:
    op.drop_table("macros")
    op.drop_table("conversation_tags")
    op.drop_index("ix_conversations_tag_ids", table_name="conversations")
    op.drop_column("conversations", "tag_ids")
